import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { verifyInWorker } from '../../src/node/audit/verify/verifyInWorker.ts';
import { attributesOf, LONG_MS, NOW, OtlpReceiver, OtlpWorld, type DatabaseRow } from '../support/otlpReceiver.ts';

const FLUSH_MS = 50_000;

let world: OtlpWorld;

beforeEach(async () => {
  world = await OtlpWorld.make();
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

/** From the first event on, each once and in order. */
function counted(all: readonly number[], upTo: number): void {
  expect(all).toEqual(Array.from({ length: upTo }, (_, index) => index + 1));
}

test('many events go in order and whole, in batches', async () => {
  const before = await world.notices(1300);
  const exporter = await world.flushed();
  counted(world.receiver.seqs.slice(0, before), before);
  expect(world.receiver.taken.length).toBeGreaterThan(2);
  expect(Math.max(...world.receiver.taken.map(({ records }) => records.length))).toBe(512);
  expect(exporter.state).toMatchObject({ sentUpTo: world.receiver.seqs.length, time: new Date(NOW).toISOString() });
  expect(exporter.state.problem).toBeUndefined();
});

test('large events go in requests of less than a megabyte; one that would be larger is cut when it is recorded', async () => {
  const large = (bytes: number): Promise<unknown> =>
    world.client.append({
      type: 'model_replied',
      run: 'run-1',
      data: { calls: 0 },
      payload: { text: 'x'.repeat(bytes) },
    });
  for (let count = 0; count < 12; count += 1) await large(200_000);
  await large(2_000_000);
  await large(10);
  const before = world.rows().length;
  await world.flushed({ payloads: true });
  counted(world.receiver.seqs.slice(0, before), before);
  const tooLarge = world.receiver.taken.filter(({ bytes }) => bytes > 1_000_000);
  expect(tooLarge).toEqual([]);
  expect(world.receiver.taken.length).toBeGreaterThan(2);
});

test('sendings are recorded, go along with what follows, and are no reason to send', async () => {
  const exporter = world.exporter();
  const stop = world.client.onAppend(() => {
    exporter.notify();
  });
  await world.notices(1);
  await exporter.flush(FLUSH_MS);
  const { length } = world.receiver.seen;
  const sendings = (): DatabaseRow[] => world.rows().filter(({ body }) => body.includes('"audit export"'));
  expect(sendings()).toHaveLength(length);
  expect(JSON.parse(sendings()[0]?.body ?? '')).toMatchObject({
    type: 'egress',
    data: {
      purpose: 'audit export',
      origin: world.receiver.endpoint,
      method: 'POST',
      bytes: world.receiver.seen[0]?.bytes,
    },
  });
  for (let again = 0; again < 3; again += 1) await exporter.flush(FLUSH_MS);
  expect(world.receiver.seen).toHaveLength(length);
  expect(exporter.state.pending).toBe(0);
  await world.notices(1);
  await exporter.flush(FLUSH_MS);
  stop();
  const arrived = world.receiver.seqs;
  counted(arrived, arrived.length);
  const sent = world.receiver.records.filter(({ body }) => body.stringValue?.includes('"audit export"'));
  expect(sent.length).toBeGreaterThan(0);
});

test('events that come soon after each other go in one request', async () => {
  const exporter = world.exporter();
  await world.notices(3);
  exporter.notify();
  exporter.notify();
  await world.receiver.until(() => world.receiver.taken.length > 0);
  await exporter.flush(FLUSH_MS);
  expect(world.clock.waits[0]).toBe(500);
  expect(world.receiver.seen).toHaveLength(1);
});

test('a collector that fails and works again misses nothing; waits grow up to a minute', async () => {
  const before = await world.notices(20);
  const statuses = [503, 502, 504, 429, 503, 503, 503];
  world.receiver.reply = (number) => {
    const status = statuses[number - 1];
    return status === undefined ? 'take' : { status };
  };
  const exporter = world.exporter();
  exporter.notify();
  await world.receiver.until(() => world.receiver.taken.length > 0);
  await exporter.flush(FLUSH_MS);
  expect(world.clock.pauses).toEqual([1500, 3000, 6000, 12_000, 24_000, 45_000, 45_000]);
  counted(world.receiver.seqs.slice(0, before), before);
  expect(exporter.state.problem).toBeUndefined();
});

test.each([
  [0, [1000, 30_000]],
  [0.999_999, [2000, 60_000]],
])('with chance at %d waits are of one second to a minute', async (chance, [least = 0, most = 0]) => {
  await world.notices(1);
  world.clock.random = () => chance;
  world.receiver.reply = (number) => (number < 12 ? { status: 503 } : 'take');
  world.exporter().notify();
  await world.receiver.until(() => world.receiver.taken.length > 0);
  expect(Math.round(Math.min(...world.clock.pauses))).toBe(least);
  expect(Math.round(Math.max(...world.clock.pauses))).toBe(most);
});

test('what is wrong now is said, and what is said for how long is honoured', async () => {
  await world.notices(5);
  const replies = [
    { 'retry-after': '7' },
    { 'retry-after': new Date(NOW + 30_000).toUTCString() },
    { 'retry-after': '0' },
  ];
  world.receiver.reply = (number) => {
    const headers = replies[number - 1];
    return headers ? { status: 429, headers } : 'take';
  };
  const exporter = world.exporter();
  const problems: (string | undefined)[] = [];
  world.clock.onWait = () => problems.push(exporter.state.problem);
  exporter.notify();
  await world.receiver.until(() => world.receiver.taken.length > 0);
  expect(world.clock.pauses).toEqual([7000, 30_000, 6000]);
  expect(problems[1]).toBe(
    `The collector at ${world.receiver.endpoint}/v1/logs does not take the audit log now (429). It is sent again later; nothing is lost.`,
  );
});

test('a collector that is down at first gets everything when it is there', async () => {
  const before = await world.notices(5);
  const { port, endpoint } = world.receiver;
  const exporter = world.exporter({ endpoint });
  await world.receiver[Symbol.asyncDispose]();
  await exporter.flush(FLUSH_MS);
  expect(exporter.state.problem).toContain(`${endpoint}/v1/logs cannot be reached (ECONNREFUSED)`);
  expect(exporter.state).toMatchObject({ sentUpTo: 0 });
  world.receiver = await OtlpReceiver.start(port);
  await world.receiver.until(() => world.receiver.taken.length > 0);
  await exporter.flush(FLUSH_MS);
  counted(world.receiver.seqs.slice(0, before), before);
  expect(exporter.state.problem).toBeUndefined();
});

test.each(['cut before the answer', 'cut in the answer'] as const)(
  'a connection that is %s loses nothing',
  async (how) => {
    await world.notices(600);
    const before = world.rows().length;
    world.receiver.reply = (number) => (number === 2 || number === 3 ? how : 'take');
    const exporter = world.exporter();
    exporter.notify();
    await world.receiver.until(() => world.receiver.seqs.length >= before);
    counted(world.receiver.seqs.slice(0, before), before);
  },
);

test('a collector that refuses is reported, and left alone for ten minutes', async () => {
  await world.notices(5);
  world.receiver.reply = (number) => (number === 1 ? { status: 400, body: 'bad' } : 'take');
  const exporter = await world.flushed();
  expect(exporter.state.problem).toBe(
    `The collector at ${world.receiver.endpoint}/v1/logs refused the audit log (400): it does not understand OTLP logs as protobuf; update it, or check the address.`,
  );
  expect(world.clock.pauses).toEqual([LONG_MS]);
  await world.notices(1);
  await exporter.flush(FLUSH_MS);
  expect(world.receiver.seen).toHaveLength(1);
  world.clock.release();
  await world.receiver.until(() => world.receiver.taken.length > 0);
  await exporter.flush(FLUSH_MS);
  expect(exporter.state.problem).toBeUndefined();
  counted(world.receiver.seqs, world.receiver.seqs.length);
});

test.each([
  [{ status: 500 }, 'refused the audit log (500)'],
  [{ status: 307, headers: { location: '/other' } }, 'answered with a redirect'],
  [{ status: 200, headers: { 'content-type': 'text/html' }, body: '<p>Welcome' }, 'no OTLP receiver'],
  [
    { status: 200, headers: { 'content-type': 'application/x-protobuf' }, body: Buffer.of(10, 200) },
    'no OTLP receiver',
  ],
  [{ status: 200, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' }, 'no OTLP receiver'],
])('%j does not count as received', async (reply, words) => {
  await world.notices(1);
  world.receiver.reply = () => reply;
  const exporter = await world.flushed();
  expect(exporter.state.problem).toContain(words);
  expect(exporter.state.sentUpTo).toBe(0);
  expect(world.clock.pauses).toEqual([LONG_MS]);
});

test.each([
  [{ status: 204 }, undefined],
  [{ status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }, undefined],
  [
    {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: '{"partialSuccess":{"rejectedLogRecords":"2"}}',
    },
    'rejected 2 log records',
  ],
])('%j counts as received', async (reply, words) => {
  await world.notices(1);
  world.receiver.reply = () => reply;
  const exporter = await world.flushed();
  expect(exporter.state.sentUpTo).toBe(3);
  if (words === undefined) expect(exporter.state.problem).toBeUndefined();
  else expect(exporter.state.problem).toContain(words);
});

test('what a collector takes and rejects is counted, and not sent again', async () => {
  const before = await world.notices(600);
  world.receiver.reply = (number) => (number < 3 ? { rejected: number } : 'take');
  const exporter = await world.flushed();
  expect(exporter.state.problem).toContain('rejected 3 log records');
  counted(world.receiver.seqs, world.receiver.seqs.length);
  expect(world.receiver.seqs.length).toBeGreaterThanOrEqual(before);
});

test('headers are sent, and their values are shown nowhere', async () => {
  await world.notices(1);
  const secret = 'Bearer s3cr3t-t0ken';
  const exporter = world.exporter({
    headers: { Authorization: secret, 'X-Scope': 'team', 'Content-Type': 'text/plain' },
  });
  world.receiver.reply = (number) => (number === 1 ? { status: 401, body: `${secret} is wrong` } : 'take');
  await exporter.flush(FLUSH_MS);
  expect(world.receiver.problems).toEqual([]);
  expect(world.receiver.seen[0]?.headers).toMatchObject({ authorization: secret, 'x-scope': 'team' });
  expect(exporter.state.problem).toContain('(401): check the header that gives access');
  const shown = [JSON.stringify(exporter.state), JSON.stringify(world.rows())];
  for (const headers of [{ Authorization: `${secret}\n\u0100` }, { 'bad name': secret }] as Record<string, string>[]) {
    const wrong = world.exporter({ headers });
    await wrong.flush(FLUSH_MS);
    expect(wrong.state.problem).toContain('that HTTP does not allow');
    shown.push(JSON.stringify(wrong.state));
  }
  const withHost = world.exporter({ headers: { 'Content-Length': '5', 'Transfer-Encoding': secret } });
  await withHost.flush(FLUSH_MS);
  expect(withHost.state.problem).toBeDefined();
  shown.push(JSON.stringify(withHost.state));
  for (const text of shown) expect(text).not.toContain('s3cr3t');
});

test.each([
  ['ftp://x', 'does not start with https'],
  ['http://collector.example', 'is not encrypted'],
  ['https://user:s3cr3t@x', 'user name or password'],
  ['ftp://user:s3cr3t@x', 'user name or password'],
  ['nowhere', 'is not a web address'],
  ['https://x/?key=1', 'holds a "?"'],
])('%s is no address to export to', async (endpoint, words) => {
  const exporter = world.exporter({ endpoint });
  exporter.notify();
  await exporter.flush(FLUSH_MS);
  expect(exporter.state.problem).toContain(words);
  expect(exporter.state.problem).not.toContain('s3cr3t');
});

test('an address may have /v1/logs, a slash at its end, or neither: it is the same destination', async () => {
  await world.notices(1);
  for (const path of ['', '/', '/v1/logs', '/v1/logs/']) {
    const exporter = world.exporter({ endpoint: world.receiver.endpoint + path });
    await exporter.flush(FLUSH_MS);
    expect(exporter.state.problem).toBeUndefined();
  }
  expect(world.receiver.seen).toHaveLength(1);
  expect(world.receiver.problems).toEqual([]);
});

test('where the sending cannot be recorded nothing is sent', async () => {
  await world.notices(1);
  let works = false;
  const exporter = await world.flushed(
    {},
    { permit: (sending) => (works ? world.recordSending(sending) : Promise.reject(new Error('the log is full'))) },
  );
  expect(exporter.state.problem).toContain('the log is full');
  expect(world.receiver.seen).toEqual([]);
  works = true;
  await world.receiver.until(() => world.receiver.taken.length > 0);
  await exporter.flush(FLUSH_MS);
  expect(exporter.state.problem).toBeUndefined();
});

test('a new start goes on where the last one was; each destination has its own place', async () => {
  await world.notices(3);
  const first = world.exporter();
  await first.flush(FLUSH_MS);
  await first.close();
  const upTo = world.receiver.seqs.length;
  await world.notices(2);
  const next = world.exporter();
  expect(next.state).toEqual({ sentUpTo: upTo, time: new Date(NOW).toISOString() });
  await next.flush(FLUSH_MS);
  counted(world.receiver.seqs, world.receiver.seqs.length);
  expect(world.receiver.seqs.length).toBeGreaterThan(upTo);
  const other = await OtlpReceiver.start();
  await world.flushed({ endpoint: other.endpoint });
  expect(attributesOf(other.records[0] ?? { attributes: [] })['oversign.seq']).toBe(1);
  await other[Symbol.asyncDispose]();
});

test('an exporter that is closed in the middle of a sending ends, and the next one sends it', async () => {
  const before = await world.notices(3);
  world.receiver.reply = (number) => (number === 1 ? new Promise(() => undefined) : 'take');
  const exporter = world.exporter();
  exporter.notify();
  await world.receiver.until(() => world.receiver.seen.length === 1);
  await exporter.flush(1);
  await exporter.close();
  exporter.notify();
  await exporter.flush(FLUSH_MS);
  expect(world.receiver.taken).toEqual([]);
  await world.flushed();
  counted(world.receiver.seqs.slice(0, before), before);
});

test('a log that was replaced by a new one is sent from its beginning', async () => {
  await world.notices(5);
  const exporter = await world.flushed();
  const [old] = world.receiver.records.map((record) => attributesOf(record)['oversign.log']);
  world.receiver.taken.length = 0;
  for (const suffix of ['', '-wal', '-shm']) rmSync(world.client.file + suffix, { force: true });
  const before = await world.notices(2);
  await exporter.flush(FLUSH_MS);
  counted(world.receiver.seqs.slice(0, before), before);
  const logs = new Set(world.receiver.records.map((record) => attributesOf(record)['oversign.log']));
  expect(logs.size).toBe(1);
  expect(logs).not.toContain(old);
});

test.each(['', '{"log":', '{"log":"x","seq":-1}'])(
  'a place that is damaged (%j) means to begin again',
  async (text) => {
    await world.notices(2);
    await world.flushed();
    const count = world.receiver.records.length;
    const { file } = cursor();
    rmSync(file);
    if (text !== '') writeFileSync(file, text);
    await world.flushed();
    counted(world.receiver.seqs.slice(count, 2 * count), count);
  },
);

test('a log that was put back from a copy is sent again: what it says now may be something else', async () => {
  await world.notices(2);
  await world.flushed();
  const count = world.receiver.records.length;
  const { file, value } = cursor();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, JSON.stringify({ ...value, hash: 'ab'.repeat(32) }));
  await world.flushed();
  counted(world.receiver.seqs.slice(count, 2 * count), count);
});

function cursor(): { file: string; value: Record<string, unknown> } {
  const [name = ''] = readdirSync(world.data).filter((each) => /^otlp-[0-9a-f]{16}\.json$/.test(each));
  const file = join(world.data, name);
  return { file, value: JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown> };
}

test('a log that rests is signed to its end, what was recorded of the sending too; nothing is sent because of that', async () => {
  const exporter = await world.flushed();
  world.client.onAppend(() => {
    exporter.notify();
  });
  await world.notices(10);
  const state = async (): Promise<string | undefined> =>
    (await verifyInWorker({ file: world.client.file, against: { testimonies: [] } }, new AbortController().signal))
      ?.state;
  await vi.waitFor(async () => {
    expect(world.rows().at(-1)?.body).toContain('"type":"head"');
    expect(world.receiver.records.length).toBeGreaterThan(10);
    expect(await state()).toBe('whole');
  }, 20_000);
  const { length } = world.receiver.taken;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  expect(world.receiver.taken).toHaveLength(length);
  expect(await state()).toBe('whole');
});
