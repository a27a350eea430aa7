import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunFilter } from '../../src/core/audit/filter.ts';
import { ChainWriter } from '../../src/node/audit/chainWriter.ts';
import { LogFile } from '../../src/node/audit/logFile.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import type { AuditRecord, NewEvent } from '../../src/shared/auditEvent.ts';
import { Random } from '../support/logWorldRandom.ts';
import { eventsOfRun } from '../support/manyEvents.ts';
import { temporaryFolder } from '../support/tree.ts';

// What the index finds is held against what a look at every event finds, one after the other.

const HOSTILE = [
  ...['NOT', 'AND', 'OR', 'NEAR', 'NEAR(a b, 2)', 'a* ^b', '"quoted"', "it''s", '"', '*', '-', '^', '(', ')', '{text}'],
  ...['text:', 'paths : x', 'rowid', '+', '; DROP TABLE search; --', '\\', '%', '_', '\0nul', 'naïve', 'CAFÉ', 'über'],
  ...[
    'Straße',
    'данные',
    'ДАННЫЕ',
    '日本語',
    'x².5',
    '🦊',
    '٤٢',
    '\u202Eabc',
    '\r\n',
    'select',
    'null',
    'a.b-c_d',
    'O’Hara',
  ],
];
const PLAIN = ['ledger', 'ledgers', 'invoice', 'retry', 'cache', 'cached', 'token'];
const NAMES = ['src', 'auth', 'lib', 'a b', 'naïve', 'x.test.ts', "it's", 'NOT', '*', 'Ünder_score', '-rf'];
const TOOLS = ['read_file', 'edit_file', 'run_command', `odd"tool'*`];
const EFFECTS = ['read', 'write', 'execute'];
const ORIGINS = ['https://api.example.com', 'http://127.0.0.1:11434', 'https://[::1]:8443', 'nowhere'];
const DIGEST = 'cd'.repeat(32);

function words(random: Random, most: number): string {
  const all = Array.from({ length: random.int(1, most) }, () => random.pick(random.next() < 0.5 ? PLAIN : HOSTILE));
  return all.join(random.pick([' ', '\n', ', ', '/']));
}

function path(random: Random): string {
  return `${random.pick(['/w/', '/', ''])}${Array.from({ length: random.int(1, 4) }, () => random.pick(NAMES)).join('/')}`;
}

function eventOf(random: Random, run: string): NewEvent {
  const common = { run, turn: 1, action: `${run}-a${random.int(1, 4)}` };
  const paths = Array.from({ length: random.int(0, 2) }, () => path(random));
  switch (random.int(0, 5)) {
    case 0: {
      const [tool, effect] = [random.pick(TOOLS), random.pick(EFFECTS)];
      const resources = paths.map((one) => ({ path: one, access: 'read' }));
      return {
        ...common,
        type: 'proposed',
        data: { tool, effect, digest: DIGEST },
        payload: {
          title: words(random, 4),
          action: { tool, effect, resources, arguments: { text: words(random, 3) } },
        },
      };
    }
    case 1:
      return {
        ...common,
        type: 'decided',
        data: { verdict: random.pick(['allow', 'ask', 'deny']), rule: random.pick(['workspace-read', 'NOT', 'x"y']) },
        payload: { decision: { reason: words(random, 3) } },
      };
    case 2:
      return {
        ...common,
        type: 'answered',
        data: { choice: random.pick(['approve', 'deny']), by: random.pick(['person', 'cancelled', 'interruption']) },
        payload: { reason: words(random, 2) },
      };
    case 3:
      return {
        run,
        type: 'egress',
        data: { purpose: 'model', origin: random.pick(ORIGINS), method: 'POST', bytes: 5 },
        payload: { path: '/v1', contentOf: paths },
      };
    case 4:
      return {
        ...common,
        type: 'finished',
        data: { status: 'done', durationMs: 1 },
        payload: { output: random.next() < 0.1 ? 'far '.repeat(30_000) + words(random, 2) : words(random, 8) },
      };
    default:
      return { run, type: 'model_replied', data: { calls: 0 }, payload: { text: words(random, 6) } };
  }
}

function history(random: Random): NewEvent[] {
  const left = Array.from({ length: random.int(4, 14) }, (_, at): NewEvent[] =>
    random.next() < 0.3
      ? eventsOfRun(at, random.int(12, 40))
      : [
          {
            ...{ type: 'run_started', run: `r${at}` },
            data: { version: '1', policy: DIGEST, provider: 'demo', model: 'demo' },
            payload: { task: words(random, 5), folder: '/w', destination: 'nowhere', user: 'u', host: 'h' },
          },
          ...Array.from({ length: random.int(0, 25) }, () => eventOf(random, `r${at}`)),
        ],
  );
  const all: NewEvent[] = [];
  while (left.some((events) => events.length > 0)) {
    const [event] = random.pick(left.filter((events) => events.length > 0)).splice(0, 1);
    if (event) all.push(event);
    if (random.next() < 0.05)
      all.push({ type: 'policy_changed', run: 'policy', data: { policy: DIGEST }, payload: { folder: '/w/src/auth' } });
  }
  return all;
}

async function logOf(events: readonly NewEvent[]): Promise<{ file: string; store: AuditStore }> {
  const file = join(await temporaryFolder(), 'audit.db');
  const log = new LogFile(file);
  const chain = new ChainWriter(log, dirname(file), process.pid);
  log.use('write', (connection) => {
    chain.transaction(connection, () => {
      for (const event of events) chain.append(connection, event);
    });
  });
  log.close();
  const store = new AuditStore(file, identityOf(process.pid));
  onTestFinished(() => {
    store.close();
  });
  return { file, store };
}

/** As words are taken out of a text. */
function tokens(text: string): string[] {
  const plain = text.normalize('NFD').replace(/\p{Mn}/gu, '');
  return plain.toLowerCase().match(/[\p{L}\p{N}\p{Co}]+/gu) ?? [];
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

function hasText({ data, payload }: NewEvent, text: string): boolean {
  const searched = strings(data).concat(strings(payload)).join('\n').slice(0, 100_000);
  const [there, wanted] = [new Set(tokens(searched)), tokens(text)];
  const last = /[\p{L}\p{N}]$/u.test(text) ? wanted.pop() : undefined;
  return (
    wanted.every((word) => there.has(word)) && (last === undefined || [...there].some((word) => word.startsWith(last)))
  );
}

/** An event as any may be: its parts looked up by name. */
type Written = Pick<AuditRecord, 'type' | 'data'> & Partial<Pick<AuditRecord, 'payload'>>;

function hasPath({ type, payload }: Written, wanted: string): boolean {
  const action = type === 'proposed' ? (payload?.['action'] as { resources: { path: string }[] }) : undefined;
  const paths = [...(action?.resources ?? []).map((one) => one.path), ...strings(payload?.['contentOf'])];
  return paths.some((one) => ` ${tokens(one).join(' ')} `.includes(` ${tokens(wanted).join(' ')} `));
}

function has({ type, data }: Written, kind: 'decision' | 'tool' | 'effect' | 'host', value: string): boolean {
  if (kind === 'tool' || kind === 'effect') return type === 'proposed' && data[kind] === value;
  if (kind === 'host') {
    const origin = type === 'egress' ? String(data['origin']) : '';
    const host = origin.split('://').at(-1) ?? '';
    return origin !== '' && [origin, host, host.replace(/:[0-9]+$/, '')].includes(value);
  }
  if (type === 'decided') return data['verdict'] === value;
  const said = type === 'answered' && data['by'] === 'person';
  return said && value === (data['choice'] === 'deny' ? 'refused' : 'approved');
}

function naive(events: readonly NewEvent[], { text, path: wanted, ...kinds }: RunFilter): string[] {
  const runs = events.filter(({ type }) => type === 'run_started').map(({ run }) => run);
  return runs.reverse().filter((run) => {
    const own = events.filter((event) => event.run === run);
    return (
      (text === undefined || own.some((event) => hasText(event, text))) &&
      (wanted === undefined || own.some((event) => hasPath(event, wanted))) &&
      (['decision', 'tool', 'effect', 'host'] as const).every((kind) => {
        const value = kinds[kind];
        return value === undefined || own.some((event) => has(event, kind, value));
      })
    );
  });
}

/** A filter that may be met; of its words at least one is a word. */
function filterOf(random: Random): RunFilter {
  const isIn = (): boolean => random.next() < 0.3;
  const text = words(random, 3);
  const cut = text.slice(0, random.int(1, text.length));
  const part = path(random).split('/').slice(random.int(1, 2)).join('/');
  return {
    ...(isIn() && tokens(cut).length > 0 && { text: cut }),
    ...(isIn() && tokens(part).length > 0 && { path: part }),
    ...(isIn() && { decision: random.pick(['allow', 'ask', 'deny', 'approved', 'refused'] as const) }),
    ...(isIn() && { tool: random.pick([...TOOLS, 'no_tool']) }),
    ...(isIn() && { effect: random.pick(EFFECTS) }),
    ...(isIn() && { host: random.pick(['api.example.com', '127.0.0.1', '127.0.0.1:11434', '[::1]', ...ORIGINS]) }),
  };
}

function found(store: AuditStore, filter: RunFilter, limit: number): string[] {
  while (store.advance() > 0);
  const runs: string[] = [];
  for (let before: number | undefined, calls = 0; calls < 100; calls += 1) {
    const page = store.find(filter, limit, before);
    expect(page.runs.length).toBeLessThanOrEqual(limit);
    expect(page.behind).toBe(0);
    runs.push(...page.runs.map(({ run }) => run));
    if (page.next === undefined) return runs;
    expect(page.next).toBeLessThan(before ?? Infinity);
    before = page.next;
  }
  throw new Error('the pages have no end');
}
const SEED = Number(process.env['SEED'] ?? 20_261_123);

test.each([0, 1, 2, 3, 4, 5])('log %i: what is found is what a look at every event finds', async (number) => {
  const random = new Random(SEED + number);
  const events = history(random);
  const { store } = await logOf(events);
  let met = 0;
  for (let trial = 0; trial < 120; trial += 1) {
    const filter = filterOf(random);
    const expected = naive(events, filter);
    expect(found(store, filter, random.int(1, 5)), JSON.stringify(filter)).toEqual(expected);
    if (expected.length > 0 && Object.keys(filter).length > 0) met += 1;
    const { text } = filter;
    if (text === undefined) continue;
    const run = random.pick(events.filter(({ type }) => type === 'run_started')).run;
    const actions = events
      .filter((event) => event.run === run && hasText(event, text))
      .flatMap((one) => one.action ?? []);
    expect(new Set(store.matching(run, text)), `${run}: ${text}`).toEqual(new Set(actions));
  }
  expect(met).toBeGreaterThan(20);
});

test('whatever is typed is words and never a query: it finds, or it does not, and never fails', async () => {
  const random = new Random(SEED);
  const { store } = await logOf(history(random));
  for (const odd of [...HOSTILE, ...HOSTILE.map((one) => `${one} ledger`), ...HOSTILE.map((one) => `"${one}`)]) {
    expect(() => store.find({ text: odd }, 5)).not.toThrow();
    expect(() => store.find({ path: odd, tool: odd, effect: odd, host: odd }, 5)).not.toThrow();
    expect(() => store.matching('r1', odd)).not.toThrow();
    expect(() => store.matching(odd, odd)).not.toThrow();
    expect(() => store.values(odd)).not.toThrow();
  }
});

test('a damaged index, an emptied and a deleted one: made anew, and the log is as it was', async () => {
  const events = history(new Random(SEED + 50));
  const { file, store } = await logOf(events);
  const expected = naive(events, { text: 'ledger' });
  expect(found(store, { text: 'ledger' }, 3)).toEqual(expected);
  store.close();
  const bytes = readFileSync(file);
  const index = join(dirname(file), 'audit-search.db');
  const whole = readFileSync(index);
  const middle = Buffer.concat([whole.subarray(0, 5000), Buffer.alloc(whole.length - 5000, 0xa5)]);
  for (const content of [
    Buffer.from('no database'.repeat(500)),
    Buffer.alloc(0),
    middle,
    whole.subarray(0, 6000),
    undefined,
  ]) {
    if (content) writeFileSync(index, content);
    else rmSync(index);
    const again = new AuditStore(file, identityOf(process.pid));
    expect(found(again, { text: 'ledger' }, 3)).toEqual(expected);
    again.close();
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(existsSync(join(dirname(file), 'damaged'))).toBe(false);
  }
});

test('the index belongs to the log: with another log in its place it is made anew', async () => {
  const { file, store } = await logOf(history(new Random(SEED + 51)));
  expect(store.find({ text: 'ledger' }, 3).runs.length).toBeGreaterThan(0);
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
  const run = 'another';
  const payload = { task: 'only zebra', folder: '/w', destination: 'nowhere', user: 'u', host: 'h' };
  store.append({
    type: 'run_started',
    run,
    data: { version: '1', policy: DIGEST, provider: 'd', model: 'd' },
    payload,
  });
  expect(found(store, { text: 'ledger' }, 3)).toEqual([]);
  expect(found(store, { text: 'zebra' }, 3)).toEqual([run]);
});
