import { commitment } from '../../src/node/audit/chain.ts';
import { accountKey, fingerprint, processKey } from '../../src/node/audit/keys.ts';
import { canonicalJson } from '../../src/shared/json.ts';
import { change, forged, WHOLE, type Done, type Trial, type Variant } from './logAttacksTrial.ts';
import { bodyOf, introduction, renumber, resign, type Row, type Signer } from './logAttacksRows.ts';

type Edit = (rows: Row[], at: number, trial: Trial) => boolean;

/** What somebody with a key may want of the past. */
const EDITS: Record<string, Edit> = {
  modified: (rows, at, { random }) => {
    change(rows[at], random);
    return true;
  },
  'another payload': (rows, at) => {
    const row = rows.slice(at).find(({ payload }) => payload !== null);
    if (!row) return false;
    row.payload = canonicalJson({ text: 'other' });
    row.body = canonicalJson({ ...bodyOf(row), commitment: commitment(row.salt ?? '', row.payload) });
    return true;
  },
  deleted: (rows, at) => rows.splice(at, 1).length > 0 && at < rows.length,
  inserted: (rows, at, { random }) => rows.splice(at, 0, forged(rows[at - 1], random)).length === 0,
  reordered: (rows, at) => {
    const [one, two] = [rows[at], rows[at + 1]];
    if (!one || !two) return false;
    [rows[at], rows[at + 1]] = [two, one];
    return true;
  },
};

const names = Object.keys(EDITS);

/** With the key of the process that writes now: everything after its introduction can be made again. */
const withProcessKey = names.map((name): Variant => ({
  name: `${name}, signed with the key of the process`,
  keys: 'process',
  on: WHOLE,
  apply(trial) {
    const { held, world, log, random } = trial;
    const from = held.rows.findIndex((row) => bodyOf(row).type === 'writer' && bodyOf(row).writer === world.current.id);
    if (from === -1 || from + 1 >= held.rows.length) return false;
    const at = random.int(from + 1, held.rows.length - 1);
    if (EDITS[name]?.(held.rows, at, trial) !== true) return false;
    resign(held.rows, at, world.current, log);
    return { how: 'rows' };
  },
}));

/** With the account's key: a process of one's own, from any place on or from the beginning. */
const withAccountKey = names.flatMap((name): Variant[] =>
  [false, true].map((isWhole) => ({
    name: `${name}, signed with the account's key ${isWhole ? 'from the beginning' : 'from there on'}`,
    keys: 'account',
    on: WHOLE,
    apply(trial) {
      const { held, world, log, random } = trial;
      const at = random.int(2, held.rows.length - 1);
      if (EDITS[name]?.(held.rows, at, trial) !== true) return false;
      const from = isWhole ? 1 : at;
      const signer = introduce(held.rows, from, world.data, log);
      resign(held.rows, from + 1, signer, log);
      return { how: 'rows' };
    },
  })),
);

export function introduce(rows: Row[], at: number, data: string, log: string): Signer {
  const key = processKey();
  const signer = { id: fingerprint(key.publicKey), publicKey: key.publicKey, sign: (text: string) => key.sign(text) };
  const { time } = bodyOf(rows[Math.min(at, rows.length - 1)] as Row);
  const account = accountKey(data);
  rows.splice(at, 0, introduction(rows[at - 1], signer, { id: '', sign: (text) => account.sign(text) }, log, time));
  return signer;
}

/** Payloads away, with an erasure that the stolen key signs: the log says so itself, and at its very end. */
const erasure: Variant = {
  name: 'payloads erased, signed with the key of the process',
  keys: 'process',
  on: WHOLE,
  apply({ held: { rows }, world, log, random }): Done | false {
    const last = rows.at(-1);
    const gone = rows.slice(random.int(0, rows.length - 1)).filter(({ payload }) => payload !== null);
    if (!last || gone.length === 0) return false;
    for (const row of gone) [row.payload, row.salt] = [null, null];
    const ranges = gone.map(({ seq }) => [seq, seq]);
    const common = { v: 1, time: bodyOf(last).time, writer: world.current.id, run: 'log' };
    const data = { scope: 'run', payloads: gone.length, ranges };
    for (const event of [
      { ...common, seq: last.seq + 1, type: 'erasure', data },
      { ...common, seq: last.seq + 2, type: 'head', data: {} },
    ])
      rows.push({ seq: event.seq, body: canonicalJson(event), hash: '', salt: null, payload: null });
    renumber(rows, rows.length - 2);
    resign(rows, rows.length - 2, world.current, log);
    return { how: 'rows', first: last.seq + 1 };
  },
};

export const resignAttacks: readonly Variant[] = [...withProcessKey, ...withAccountKey, erasure];
