import { commitment, MOST_UNSIGNED } from '../../src/node/audit/chain.ts';
import { canonicalJson } from '../../src/shared/json.ts';
import { databaseAttacks } from './logAttacksFiles.ts';
import { fileAttacks } from './logAttacksReplace.ts';
import { resignAttacks } from './logAttacksKeys.ts';
import { bodyOf, rehash, renumber, type Held, type Row } from './logAttacksRows.ts';
import { change, forged, ROWS, WHOLE, type Target, type Trial, type Variant } from './logAttacksTrial.ts';

function naive(name: string, apply: (rows: Row[], trial: Trial) => boolean, on?: readonly Target[]): Variant {
  return { name, keys: 'none', ...(on && { on }), apply: (trial) => apply(trial.held.rows, trial) && ROWS };
}

/** The same with all hashes made again; and once more without the signatures that would not fit. */
function careful(name: string, apply: (rows: Row[], trial: Trial) => number | false): Variant[] {
  const with_ = (isStripped: boolean): Variant['apply'] => {
    return ({ held, ...trial }) => {
      const { rows } = held;
      const first = firstHash(held);
      const at = apply(rows, { held, ...trial });
      if (at === false) return false;
      if (isStripped) for (let row = rows.length - 1; row >= at; row -= 1) if (isHead(rows[row])) rows.splice(row, 1);
      renumber(rows, at);
      rehash(rows, at, first);
      return ROWS;
    };
  };
  return [
    { name: `${name}, all hashes made again`, keys: 'none', apply: with_(false) },
    { name: `${name}, hashes made again, signatures removed`, keys: 'none', on: WHOLE, apply: with_(true) },
  ];
}

function firstHash({ before }: Held): string | undefined {
  const header = JSON.parse(before[0] ?? '{}') as { from?: { hash?: string } };
  return header.from?.hash;
}

function isHead(row: Row | undefined): boolean {
  return row !== undefined && bodyOf(row).type === 'head';
}

/** A place among the rows; not the first, which says whose log it is. */
function place(rows: Row[], { random }: Trial): number {
  return random.int(1, rows.length - 1);
}

function withPayload(rows: Row[], { random }: Trial): Row[] {
  const from = random.int(0, rows.length - 1);
  return [...rows.slice(from), ...rows.slice(0, from)].filter(({ payload }) => payload !== null);
}

export const ATTACKS: Record<string, readonly Variant[]> = {
  modify: [
    naive('a field', (rows, trial) => {
      change(rows[place(rows, trial)], trial.random);
      return true;
    }),
    naive('a payload', (rows, trial) => {
      const [row] = withPayload(rows, trial);
      if (row) row.payload = canonicalJson({ text: `other ${trial.random.int(1, 1e9)}` });
      return row !== undefined;
    }),
    naive('only the hash', (rows, trial) => {
      const row = rows[place(rows, trial)];
      if (row) row.hash = row.hash.replace(/^./, (digit) => (digit === '0' ? '1' : '0'));
      return true;
    }),
    naive('the signature of a head', (rows, { random }) => {
      const heads = rows.filter(isHead);
      const row = heads.length === 0 ? undefined : random.pick(heads);
      if (row)
        row.body = canonicalJson({ ...bodyOf(row), data: { signature: Buffer.alloc(64, 7).toString('base64') } });
      return row !== undefined;
    }),
    naive('payloads of two events exchanged', (rows, trial) => {
      const [one, two] = withPayload(rows, trial);
      if (!one || !two) return false;
      [one.payload, two.payload, one.salt, two.salt] = [two.payload, one.payload, two.salt, one.salt];
      return true;
    }),
    naive('salts exchanged', (rows, trial) => {
      const [one, two] = withPayload(rows, trial);
      if (!one || !two) return false;
      [one.salt, two.salt] = [two.salt, one.salt];
      return true;
    }),
    ...careful('a field', (rows, trial) => {
      const at = place(rows, trial);
      change(rows[at], trial.random);
      return at;
    }),
    ...careful('a payload with its commitment', (rows, trial) => {
      const [row] = withPayload(rows, trial);
      if (!row) return false;
      row.payload = canonicalJson({ text: `other ${trial.random.int(1, 1e9)}` });
      row.body = canonicalJson({ ...bodyOf(row), commitment: commitment(row.salt ?? '', row.payload) });
      return rows.indexOf(row);
    }),
    ...databaseAttacks.modify,
  ],
  delete: [
    naive('an event', (rows, { random }) => rows.splice(random.int(1, rows.length - 2), 1).length > 0),
    naive('a stretch', (rows, { random }) => {
      // Something is left after it: a cut-off end is another attack.
      const at = random.int(1, rows.length - 2);
      return rows.splice(at, random.int(1, Math.min(12, rows.length - at - 1))).length > 0;
    }),
    naive('an event, the rest moved up', (rows, trial) => {
      const at = place(rows, trial);
      rows.splice(at, 1);
      renumber(rows, at);
      return true;
    }),
    naive(
      'a payload, without a word',
      (rows, trial) => {
        const [row] = withPayload(rows, trial);
        if (row) [row.payload, row.salt] = [null, null];
        return row !== undefined;
      },
      WHOLE,
    ),
    naive(
      'payloads, with an erasure forged at the end',
      (rows, { random }) => {
        const [last, writer] = [rows.at(-1), rows.at(-1) && bodyOf(rows.at(-1) as Row).writer];
        const gone = rows.slice(random.int(0, rows.length - 20)).filter(({ payload }) => payload !== null);
        if (!last || writer === undefined || gone.length === 0) return false;
        for (const row of gone) [row.payload, row.salt] = [null, null];
        const data = { scope: 'person', payloads: gone.length, ranges: [[1, last.seq]] };
        const body = { ...bodyOf(last), seq: last.seq + 1, type: 'erasure', run: 'log', writer, data };
        const { v, seq, time, type, run } = body as typeof body & { v: number };
        const text = canonicalJson({ v, seq, time, writer, type, run, data });
        rows.push({ seq, body: text, hash: '', salt: null, payload: null });
        rehash(rows, rows.length - 1);
        return true;
      },
      WHOLE,
    ),
    ...careful('an event', (rows, trial) => {
      const at = place(rows, trial);
      rows.splice(at, 1);
      return at;
    }),
    ...careful('a whole run', (rows, { random, world }) => {
      const run = random.pick(world.runs);
      const at = rows.findIndex((row) => bodyOf(row).run === run);
      if (at < 1) return false;
      const rest = rows.filter((row) => bodyOf(row).run !== run);
      rows.splice(0, rows.length, ...rest);
      return Math.min(at, rows.length - 1);
    }),
    ...databaseAttacks.delete,
  ],
  insert: [
    naive('an event with its number', (rows, trial) => {
      const at = place(rows, trial);
      rows.splice(at, 0, forged(rows[at - 1], trial.random));
      renumber(rows, at);
      return true;
    }),
    ...careful('an event', (rows, trial) => {
      const at = place(rows, trial);
      rows.splice(at, 0, forged(rows[at - 1], trial.random));
      return at;
    }),
    ...careful('more events at the end than go unsigned', (rows, { random }) => {
      const at = rows.length;
      for (let more = 0; more <= MOST_UNSIGNED; more += 1) rows.push(forged(rows.at(-1), random));
      return at;
    }),
    ...databaseAttacks.insert,
  ],
  reorder: [
    naive('two neighbours', (rows, trial) => {
      const at = place(rows, trial) - 1;
      const [one, two] = [rows[at], rows[at + 1]];
      if (!one || !two) return false;
      [one.seq, two.seq] = [two.seq, one.seq];
      rows.sort((a, b) => a.seq - b.seq);
      return true;
    }),
    ...careful('two events', (rows, trial) => {
      const [a, b] = [place(rows, trial), place(rows, trial)];
      const [one, two] = [rows[a], rows[b]];
      if (!one || !two || a === b) return false;
      [rows[a], rows[b]] = [two, one];
      return Math.min(a, b);
    }),
    ...careful('a block moved', (rows, trial) => {
      const from = place(rows, trial);
      const block = rows.splice(from, trial.random.int(1, 10));
      const to = trial.random.int(1, rows.length);
      rows.splice(to, 0, ...block);
      return from === to ? false : Math.min(from, to);
    }),
    ...careful('payloads and all of neighbours', (rows, trial) => {
      const at = place(rows, trial);
      const [one, two] = [rows[at], rows[at - 1]];
      if (!one || !two) return false;
      [rows[at - 1], rows[at]] = [one, two];
      return at - 1;
    }),
  ],
  duplicate: [
    naive('an event after itself', (rows, trial) => {
      const at = place(rows, trial);
      rows.splice(at, 0, ...rows.slice(at, at + 1).map((row) => ({ ...row })));
      renumber(rows, at);
      return true;
    }),
    ...careful('an event after itself', (rows, trial) => {
      const at = place(rows, trial);
      rows.splice(at, 0, ...rows.slice(at, at + 1).map((row) => ({ ...row })));
      return at + 1;
    }),
    ...careful('a block at the end', (rows, trial) => {
      const [at, from] = [rows.length, place(rows, trial)];
      const block = rows.slice(from, from + trial.random.int(9, 20)).map((row) => ({ ...row }));
      rows.push(...block);
      return block.length > MOST_UNSIGNED && at;
    }),
    ...careful('a signature', (rows, { random }) => {
      const heads = rows.filter(isHead);
      if (heads.length === 0) return false;
      const at = rows.indexOf(random.pick(heads));
      rows.splice(at + 1, 0, ...rows.slice(at, at + 1).map((row) => ({ ...row })));
      return at + 1;
    }),
  ],
  truncate: fileAttacks.truncate,
  replace: fileAttacks.replace,
  're-sign': resignAttacks,
};
