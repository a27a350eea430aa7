import { expect, test } from 'vitest';
import { ExposureFold } from '../../src/core/exposure/exposureFold.ts';
import { alarmWords, limitsWords, summaryWords, unknownWords } from '../../src/core/exposure/exposureWords.ts';
import { ExposureSchema, type Exposure } from '../../src/shared/exposure.ts';
import type { Json } from '../../src/shared/json.ts';
import { command, connection, finished, prompt, recorded, RUN, started } from '../support/sentEvents.ts';

function exposureOf(...events: Parameters<typeof recorded>[0][]): Exposure {
  const fold = new ExposureFold(RUN);
  for (const event of recorded(events.flat())) fold.add(event);
  return ExposureSchema.parse(fold.result());
}

const purposeOf = ({ destinations: [destination] }: Exposure) => {
  const purpose = destination?.purposes[0];
  if (!purpose) throw new Error('nothing was sent');
  return purpose;
};

test('prompts: bytes, and of each file in which requests and turns it was', () => {
  const found = exposureOf([
    started(),
    prompt(1, 100, []),
    prompt(2, 250, ['/w/a.ts', '?/w/src/']),
    prompt(3, 400, ['/w/a.ts', '?/w/src/', '/w/b/']),
    finished(77),
  ]);
  expect(found.destinations).toHaveLength(1);
  expect(found.destinations[0]).toMatchObject({ destination: 'api.example.com', place: 'elsewhere' });
  expect(purposeOf(found)).toMatchObject({
    ...{
      purpose: 'model',
      knows: 'content',
      sendings: 3,
      sent: { bytes: 750, isLeast: false },
      received: { bytes: 77, isLeast: false },
    },
    content: [
      { entry: '/w/a.ts', sendings: 2, firstTurn: 2, lastTurn: 3 },
      { entry: '/w/b/', sendings: 1, firstTurn: 3, lastTurn: 3 },
      { entry: '?/w/src/', sendings: 2, firstTurn: 2, lastTurn: 3 },
    ],
    unnamed: 0,
  });
  expect(found).toMatchObject({
    state: 'finished',
    answered: 77,
    task: 'Sum it up',
    texts: { recorded: 4, erased: 0 },
  });
  expect(summaryWords(found)).toBe('Something was sent to 1 destination elsewhere.');
});

test('answers of models: of one alone they are its own; of several they are counted together; without an end, at least', () => {
  const one = prompt(1, 1, []);
  const received = (...events: Parameters<typeof recorded>[0][]) => purposeOf(exposureOf(...events)).received;
  const again = { ...started(), type: 'run_continued' as const };
  expect(received([started(), one])).toEqual({ bytes: 0, isLeast: true });
  expect(received([started(), one, finished(5), again, one, finished(6)])).toEqual({ bytes: 11, isLeast: false });
  expect(received([started(), one, again, one, finished(6)])).toEqual({ bytes: 6, isLeast: true });
  const two = [started(), one, prompt(1, 1, [], 'https://b.test'), finished(5)];
  expect(received(two)).toBeNull();
  expect(limitsWords(exposureOf(two))[0]).toBe('Answers of models brought 5 bytes.');
});

test('a command: bytes of its end, told by the command; what it held is said to be unknown', () => {
  const found = exposureOf([
    started(),
    ...command('c', 'curl x'),
    ...connection({ id: 'n', host: 'api.test', port: 8080, connections: 2, within: 'c' }),
    finished(),
  ]);
  expect(found.destinations[0]).toMatchObject({ destination: 'api.test:8080' });
  const purpose = purposeOf(found);
  expect(purpose).toMatchObject({
    ...{ knows: 'bytes', sendings: 2, sent: { bytes: 100, isLeast: false }, received: { bytes: 20, isLeast: false } },
    addresses: ['192.0.2.7'],
    senders: [{ action: 'n', turn: 1, title: 'Run curl x', sendings: 2, sent: 100, received: 20, end: 'ended' }],
  });
  expect(unknownWords(purpose)[0]).toBe(
    'What went there cannot be known. It could be anything that the command could read.',
  );
});

test('begun without an end: "at least", open while the run goes on and interrupted afterwards', () => {
  const open = connection({ id: 'n', host: 'api.test', end: false });
  const goesOn = exposureOf([started(), ...open]);
  expect(goesOn.state).toBe('active');
  expect(purposeOf(goesOn)).toMatchObject({
    sent: { bytes: 0, isLeast: true },
    senders: [{ sent: null, end: 'open' }],
  });
  expect(limitsWords(goesOn)[0]).toBe('The run goes on: this is what has left so far.');
  const interrupted = exposureOf([started(), ...open, { type: 'interrupted', data: { reason: 'gone' } }]);
  expect(interrupted.state).toBe('interrupted');
  expect(purposeOf(interrupted).senders[0]).toMatchObject({ sent: null, received: null, end: 'interrupted' });
  const marked = exposureOf([
    started(),
    ...open,
    { type: 'interrupted', action: 'n', data: { after: 'started' } },
    finished(),
  ]);
  expect(purposeOf(marked)).toMatchObject({ sent: { isLeast: true }, senders: [{ end: 'interrupted' }] });
  // An end that says no bytes knows none.
  const silent = exposureOf([started(), ...connection({ id: 'n', host: 'api.test', facts: null }), finished()]);
  expect(purposeOf(silent)).toMatchObject({ sent: { bytes: 0, isLeast: true }, received: { isLeast: true } });
});

test('what was refused left nothing, and is listed apart: by policy, a person, nobody, and what was not reached', () => {
  const wanted = (id: string, host: string) => connection({ id, host }).slice(0, 2);
  const [proposed, decided] = wanted('a', 'evil.test');
  const found = exposureOf([
    started(),
    ...(proposed && decided ? [proposed, { ...decided, data: { verdict: 'deny', rule: 'denied_domains' } }] : []),
    ...wanted('b', 'b.test'),
    { type: 'answered', action: 'b', turn: 1, data: { choice: 'deny', by: 'person' } },
    ...wanted('c', 'c.test'),
    { type: 'answered', action: 'c', turn: 1, data: { choice: 'deny', by: 'nobody' } },
    ...connection({ id: 'd', host: 'd.test', connections: 0 }),
    { type: 'proposed', action: 'e', turn: 2, data: { tool: 'http_request' }, payload: { arguments: '{}' } },
    {
      type: 'decided',
      action: 'e',
      turn: 2,
      data: { verdict: 'deny', rule: 'tools.api_calls.enabled', tool: 'http_request' },
    },
    { type: 'finished', action: 'e', turn: 2, data: { status: 'denied', durationMs: 0 } },
    finished(),
  ]);
  expect(found.destinations).toEqual([]);
  expect(found.refused.map(({ destination, by, rule, purpose }) => [destination, by, rule, purpose])).toEqual([
    ['evil.test', 'policy', 'denied_domains', 'connection of a command'],
    ['b.test', 'person', 'allowed_domains', 'connection of a command'],
    ['c.test', 'nobody', 'allowed_domains', 'connection of a command'],
    ['d.test', 'other', 'not reached', 'connection of a command'],
    [null, 'policy', 'tools.api_calls.enabled', 'request by a tool'],
  ]);
  expect(summaryWords(found)).toBe('Nothing was sent anywhere by this run.');
});

test('a request of a tool: its body as it went, and what came back', () => {
  const of = { action: 'r', turn: 1 };
  const events = (facts?: object) => [
    started(),
    {
      type: 'proposed' as const,
      ...of,
      data: { tool: 'http_request', effect: 'request' },
      payload: { title: 'Send POST https://api.test/x', action: { request: { host: 'api.test', port: 443 } } } as never,
    },
    { type: 'started' as const, ...of, data: { tool: 'http_request', effect: 'request' } },
    {
      type: 'egress' as const,
      ...of,
      data: {
        purpose: 'request by a tool',
        origin: 'https://api.test',
        method: 'POST',
        bytes: 12,
        address: '192.0.2.1',
      },
      payload: { path: '/x', contentOf: ['?/w/'] } as never,
    },
    {
      type: 'finished' as const,
      ...of,
      data: { status: facts ? 'done' : 'failed', durationMs: 1, ...(facts && { facts }) },
    },
    finished(),
  ];
  expect(purposeOf(exposureOf(events({ status: 200, sent: 12, received: 9 })))).toMatchObject({
    ...{ sent: { bytes: 12, isLeast: false }, received: { bytes: 9, isLeast: false }, methods: ['POST'] },
    senders: [{ title: 'Send POST https://api.test/x', sent: 12, received: 9, end: 'ended' }],
  });
  expect(purposeOf(exposureOf(events()))).toMatchObject({
    ...{ sent: { bytes: 12, isLeast: false }, received: { bytes: 0, isLeast: true } },
    senders: [{ end: 'failed' }],
  });
});

test('where it went: this machine, the editor, elsewhere; one host is one destination whatever was spoken there', () => {
  const places = exposureOf([
    started(),
    prompt(1, 1, [], 'http://127.0.0.1:11434'),
    prompt(1, 1, [], 'http://[::1]:11434'),
    prompt(1, 1, [], 'vscode-lm:copilot'),
    prompt(1, 1, [], 'https://a.test'),
    prompt(1, 1, [], 'tcp://a.test:443'),
    prompt(1, 1, [], 'http://a.test'),
  ]).destinations.map(({ destination, place }) => [destination, place]);
  expect(places).toEqual([
    ['127.0.0.1:11434', 'machine'],
    ['[::1]:11434', 'machine'],
    ['a.test', 'elsewhere'],
    ['a.test:80', 'elsewhere'],
    ['vscode-lm:copilot', 'editor'],
  ]);
});

test('commands outside the sandbox: what they sent nobody saw, and that is said first', () => {
  const found = exposureOf([started(), ...command('c', 'make', { outside: true }), finished()]);
  expect(found.outside).toBe(1);
  expect(alarmWords(found)).toBe('1 command ran outside the sandbox. What they sent, and where, nobody saw.');
  expect(summaryWords(found)).toBe('Oversign itself sent nothing for this run.');
});

test('erased and cut payloads: what is missing is counted, and the bytes stay', () => {
  const cut = prompt(2, 30, ['/w/a']);
  const found = exposureOf([
    { ...started(), erased: true },
    { ...prompt(1, 20, []), erased: true },
    { ...cut, payload: { path: '/v1', contentOf: ['/w/a'], cut: { contentOf: { bytes: 9, sha256: 'x' } } } },
    finished(),
  ]);
  expect(found).toMatchObject({ task: null, folder: null, texts: { recorded: 3, erased: 2 } });
  expect(purposeOf(found)).toMatchObject({ sent: { bytes: 50 }, unnamed: 2, content: [{ entry: '/w/a' }] });
  expect(limitsWords(found).join(' ')).toContain('2 of 3 texts were erased from the log.');
});

test('hostile events: other types, numbers without end, texts of any length, names of objects', () => {
  const hostile = exposureOf([
    started({ task: { a: 1 }, folder: 7 }),
    {
      type: 'egress',
      data: { purpose: '__proto__', origin: 'constructor', method: ['x'], bytes: -5 },
      payload: { contentOf: 'no list' },
    },
    {
      type: 'egress',
      data: { purpose: 'model', origin: 'x'.repeat(100_000), bytes: 1e308 },
      payload: { contentOf: [{}, 5, '__proto__', 'y'.repeat(100_000)] },
    },
    { type: 'egress', data: { bytes: Number.MAX_SAFE_INTEGER }, payload: {} },
    { type: 'egress', data: { bytes: Number.MAX_SAFE_INTEGER }, payload: {} },
    { type: 'egress', action: 'toString', data: { origin: 'tcp://\u202Eevil:1' }, payload: null as never },
    {
      type: 'proposed',
      action: '__proto__',
      data: { effect: 'connect', within: 9 },
      payload: { action: { host: 5 } },
    },
    { type: 'finished', action: '__proto__', data: { facts: 'none' } },
    { type: 'run_finished', data: { state: 'constructor', received: 'much' } },
  ]);
  expect(hostile.state).toBe('finished');
  expect(hostile.destinations.map(({ destination }) => destination.length).every((length) => length < 400)).toBe(true);
  const sum = hostile.destinations.flatMap(({ purposes }) => purposes).find(({ purpose }) => purpose === '');
  expect(sum?.sent.bytes).toBe(Number.MAX_SAFE_INTEGER);
});

test('a run of a hundred thousand connections, and of endless hosts and files, holds no more than its bounds', () => {
  const fold = new ExposureFold(RUN);
  const feed = (events: Parameters<typeof recorded>[0]): void => {
    for (const event of recorded(events)) fold.add(event);
  };
  feed([started()]);
  const began = performance.now();
  for (let at = 0; at < 10_000; at += 1)
    feed(connection({ id: `n${at}`, host: `h${at % 3000}.test`, connections: 10 }));
  for (let at = 0; at < 5000; at += 1) feed([prompt(at, 1, [`/w/f${at}`])]);
  expect(performance.now() - began).toBeLessThan(10_000);
  const found = fold.result();
  const all = found.destinations.flatMap(({ purposes }) => purposes);
  expect(found.destinations.length).toBeLessThanOrEqual(1000);
  expect(all.reduce((sum, { sendings }) => sum + sendings, found.others.sendings)).toBe(105_000);
  expect(found.others.sent.isLeast).toBe(true);
  expect(JSON.stringify(found).length).toBeLessThan(8 << 20);
});

test('what was refused of pages and databases: with the host that it would have gone to; a file of the workspace is none', () => {
  const denied = (id: string, effect: string, of: Json) => [
    {
      ...{ type: 'proposed' as const, action: id, turn: 1, data: { tool: 't', effect } },
      payload: { title: 'x', action: of },
    },
    { type: 'decided' as const, action: id, turn: 1, data: { verdict: 'deny', rule: 'denied_domains' } },
    { type: 'finished' as const, action: id, turn: 1, data: { status: 'denied', durationMs: 0 } },
  ];
  const server = { engine: 'postgresql', host: 'db.test', port: 5432 };
  const found = exposureOf([
    started(),
    ...denied('a', 'browse', { request: { host: 'page.test', port: 443 } }),
    ...denied('b', 'query', { database: server }),
    ...denied('c', 'modify', { database: server }),
    ...denied('d', 'query', { database: { engine: 'sqlite', path: '/w/a.db' } }),
    finished(),
  ]);
  expect(found.refused.map(({ action, purpose, destination }) => [action, purpose, destination])).toEqual([
    ['a', 'web page by a tool', 'page.test'],
    ['b', 'statement to a database', 'db.test:5432'],
    ['c', 'statement to a database', 'db.test:5432'],
  ]);
});
