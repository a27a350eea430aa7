import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commitment, eventHash, GENESIS } from '../../src/node/audit/chain.ts';
import { isOfRun } from '../../src/shared/noRun.ts';
import { placeOf } from '../../src/node/audit/place.ts';
import { headsOf } from '../../src/node/audit/witness/seenHead.ts';
import { EVENT_TYPES, hasMark, type EventType } from '../../src/shared/eventTable.ts';
import type { NewEvent } from '../../src/shared/auditEvent.ts';
import { attributesOf, OtlpWorld, type Attribute, type DatabaseRow } from '../support/otlpReceiver.ts';
import { sampleEvent } from '../support/sampleEvent.ts';

let world: OtlpWorld;

beforeEach(async () => {
  world = await OtlpWorld.make();
});

afterEach(async () => {
  await world[Symbol.asyncDispose]();
});

const DIGEST = 'ab'.repeat(32);
const RUN = { version: '0.1.0', policy: DIGEST, provider: 'ollama', model: 'qwen' };
const RUN_PAYLOAD = { task: 'Täsk', folder: '/w', destination: 'here', user: 'u', host: 'h' };
const RUN_ATTRIBUTES = { 'gen_ai.provider.name': 'ollama', 'gen_ai.request.model': 'qwen' };
const TOOL = { 'gen_ai.operation.name': 'execute_tool', 'gen_ai.tool.call.id': 'a1' };

interface Sample {
  data: NewEvent['data'];
  payload?: NewEvent['payload'];
  severity?: [number, string];
  attributes?: Record<string, string | number>;
}

const WARN: [number, string] = [13, 'WARN'];
const ERROR: [number, string] = [17, 'ERROR'];

/** The chain writes these itself. */
const OF_THE_CHAIN: readonly EventType[] = ['log_started', 'writer', 'head'];

/** What of an event is to be seen outside, of those kinds of which more is than its mark in the table says. */
const SAMPLES: Partial<Record<EventType, Sample[]>> = {
  run_started: [{ data: RUN, payload: RUN_PAYLOAD, attributes: RUN_ATTRIBUTES }],
  run_continued: [{ data: RUN, payload: RUN_PAYLOAD, attributes: RUN_ATTRIBUTES }],
  egress: [
    {
      data: { purpose: 'model', origin: 'https://api.example.com', method: 'POST', bytes: 9 },
      payload: { path: '/x', contentOf: ['a.ts'] },
      attributes: { 'server.address': 'api.example.com', 'server.port': 443 },
    },
    {
      data: { purpose: 'model', origin: 'http://[::1]:11434', method: 'POST', bytes: 9 },
      payload: { path: '/x', contentOf: [] },
      attributes: { 'server.address': '::1', 'server.port': 11434 },
    },
  ],
  model_replied: [
    {
      data: { calls: 1, inputTokens: 900, outputTokens: 40 },
      payload: { text: 'words' },
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.usage.input_tokens': 900,
        'gen_ai.usage.output_tokens': 40,
      },
    },
  ],
  proposed: [
    {
      data: { tool: 'read_file', effect: 'read', digest: DIGEST, undo: 'whole' },
      payload: { title: 't', action: { tool: 'read_file' }, arguments: '{' },
      attributes: { ...TOOL, 'gen_ai.tool.name': 'read_file' },
    },
    {
      data: { tool: 'read_file', editedBy: 'person' },
      payload: { title: 't', editedFrom: { path: 'a' } },
      attributes: { ...TOOL, 'gen_ai.tool.name': 'read_file', 'oversign.edited_by': 'person' },
    },
  ],
  decided: [
    {
      data: { verdict: 'deny', rule: 'no-secrets', digest: DIGEST, tool: 'read_file', effect: 'read' },
      payload: { decision: { reason: 'because' } },
      severity: WARN,
      attributes: {
        'oversign.verdict': 'deny',
        'oversign.rule': 'no-secrets',
        'gen_ai.tool.name': 'read_file',
        'gen_ai.tool.call.id': 'a1',
      },
    },
    {
      data: { verdict: 'allow', rule: 'r' },
      payload: { decision: {} },
      attributes: { 'oversign.verdict': 'allow', 'oversign.rule': 'r', 'gen_ai.tool.call.id': 'a1' },
    },
  ],
  answered: [
    {
      data: { approval: 'p1', choice: 'deny', by: 'person', waitedMs: 1200 },
      payload: { reason: 'no' },
      severity: WARN,
    },
    { data: { approval: 'p1', choice: 'approve', by: 'person', waitedMs: 1 }, payload: {} },
  ],
  started: [
    {
      data: { tool: 'run_command', effect: 'execute', outside: true },
      attributes: { ...TOOL, 'gen_ai.tool.name': 'run_command' },
    },
  ],
  changed: [
    {
      data: { extent: 'exact', paths: 1 },
      payload: { paths: [{ path: '/w/a', before: { kind: 'absent' }, after: { kind: 'file', digest: DIGEST } }] },
    },
  ],
  finished: [
    {
      data: {
        status: 'failed',
        durationMs: 5,
        changed: true,
        facts: { code: 1, killed: false, signal: null, by: 'x' },
      },
      payload: { output: 'out' },
      severity: ERROR,
      attributes: { ...TOOL, 'oversign.status': 'failed' },
    },
    {
      data: { status: 'done', durationMs: 5 },
      payload: { output: '' },
      attributes: { ...TOOL, 'oversign.status': 'done' },
    },
  ],
  notice: [{ data: { code: 'n', list: [1, 'two', null] }, payload: { more: { deep: 'd' } } }],
  run_finished: (
    [
      ['finished', [9, 'INFO']],
      ['stopped', WARN],
      ['limit', WARN],
      ['failed', ERROR],
    ] as const
  ).map(([state, [number, text]]) => ({
    data: { state, turns: 3 },
    payload: { reason: 'r' },
    severity: [number, text],
    attributes: { 'oversign.status': state },
  })),
};

async function appendSamples(): Promise<Map<number, Sample>> {
  const bySeq = new Map<number, Sample>();
  for (const type of EVENT_TYPES) {
    if (OF_THE_CHAIN.includes(type)) continue;
    const { run, ...made } = sampleEvent(type);
    const marked = hasMark(type, 'failure') ? ERROR : hasMark(type, 'warning') ? WARN : undefined;
    for (const sample of SAMPLES[type] ?? [{ ...made, ...(marked && { severity: marked }) }]) {
      const { data: said, payload } = sample;
      const { seq } = await world.client.append({
        type,
        run,
        data: said,
        ...(payload && { payload }),
        ...(isOfRun(run) && { turn: 3, action: 'a1' }),
      });
      bySeq.set(seq, sample);
    }
  }
  return bySeq;
}

function keyed(attributes: readonly Attribute[]): Record<string, Attribute['value']> {
  const all = Object.fromEntries(attributes.map(({ key, value }) => [key, value]));
  expect(Object.keys(all)).toHaveLength(attributes.length);
  return all;
}

/** What a record must be, from the database's row and from what was appended: all of it and nothing else. */
function expectedRecord(all: readonly DatabaseRow[], row: DatabaseRow, sample: Sample, payloads: boolean): unknown {
  const body = JSON.parse(row.body) as { type: string; time: string; run: string; turn?: number; action?: string };
  const nanoseconds = String(BigInt(Date.parse(body.time)) * 1_000_000n);
  const [severityNumber, severityText] = sample.severity ?? [9, 'INFO'];
  const log = (JSON.parse(all[0]?.body ?? '') as { data: { log: string } }).data.log;
  const attributes: Record<string, string | number | undefined> = {
    'oversign.log': log,
    'oversign.place': placeOf(world.data),
    'oversign.seq': row.seq,
    'oversign.hash': row.hash,
    'oversign.prev': all[row.seq - 2]?.hash ?? GENESIS,
    'oversign.time': body.time,
    'oversign.type': body.type,
    'oversign.run': body.run,
    'oversign.turn': body.turn,
    'oversign.action': body.action,
    'gen_ai.conversation.id': isOfRun(body.run) ? body.run : undefined,
    ...(payloads && row.payload !== null && { 'oversign.payload': row.payload, 'oversign.salt': row.salt ?? '' }),
    ...sample.attributes,
  };
  return {
    timeUnixNano: nanoseconds,
    observedTimeUnixNano: nanoseconds,
    severityNumber,
    severityText,
    eventName: `oversign.${body.type}`,
    body: { stringValue: row.body },
    attributes: Object.fromEntries(
      Object.entries(attributes)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]) => [key, typeof value === 'number' ? { intValue: String(value) } : { stringValue: value }]),
    ),
  };
}

test.each([false, true])('every kind of event arrives with every field; payloads: %s', async (payloads) => {
  const samples = await appendSamples();
  const before = world.rows();
  await world.flushed({ payloads });
  expect(world.receiver.problems).toEqual([]);
  const { records } = world.receiver;
  expect(records).toHaveLength(before.length);
  expect(new Set(records.map(({ eventName }) => eventName))).toEqual(
    new Set(EVENT_TYPES.map((type) => `oversign.${type}`)),
  );
  for (const [index, row] of before.entries()) {
    const record = records[index];
    expect({ ...record, attributes: keyed(record?.attributes ?? []) }).toEqual(
      expectedRecord(before, row, samples.get(row.seq) ?? { data: {} }, payloads),
    );
  }
  // Whoever has the records alone can check the chain, and the payloads where they are there.
  let prev = GENESIS;
  for (const record of records) {
    const attributes = attributesOf(record);
    const text = record.body.stringValue ?? '';
    expect(attributes['oversign.prev']).toBe(prev);
    expect(attributes['oversign.hash']).toBe(eventHash(prev, text));
    prev = String(attributes['oversign.hash']);
    const { commitment: promised } = JSON.parse(text) as { commitment?: string };
    const { 'oversign.salt': salt, 'oversign.payload': payload } = attributes;
    if (payloads && promised !== undefined) expect(commitment(String(salt), String(payload))).toBe(promised);
    else expect([salt, payload]).toEqual([undefined, undefined]);
  }
  for (const { resource, scopeLogs } of world.receiver.taken.flatMap(({ request }) => request.resourceLogs)) {
    expect(attributesOf(resource)).toEqual({ 'service.name': 'oversign', 'service.version': '1.2.3' });
    expect(scopeLogs.map(({ scope }) => scope)).toMatchObject([{ name: 'oversign.audit', version: '1.2.3' }]);
  }
});

test('a payload that was erased is not sent, its event is', async () => {
  await world.client.append({ type: 'error', run: 'gone', data: {}, payload: { message: 'm' } });
  await world.client.erase({ scope: 'run', run: 'gone' });
  await world.flushed({ payloads: true });
  const error = world.receiver.records.find(({ eventName }) => eventName === 'oversign.error');
  expect(attributesOf(error ?? { attributes: [] })).not.toHaveProperty('oversign.payload');
});

test('what a collector writes into a file is a witness of the chain', async () => {
  await appendSamples();
  const all = world.rows();
  await world.flushed();
  // The collector's file exporter: a request a line, in OTLP's JSON.
  const text = world.receiver.taken.map(({ request }) => `${JSON.stringify(request)}\n`).join('');
  const { heads, strange } = headsOf(text);
  expect(strange).toBe(0);
  const log = (JSON.parse(all[0]?.body ?? '') as { data: { log: string } }).data.log;
  expect(heads).toEqual(
    all.map(({ seq, hash, body }) => {
      const { time } = JSON.parse(body) as { time: string };
      return { place: placeOf(world.data), log, seq, hash, time };
    }),
  );
});

test('a log that was tampered with is sent as it is: one bad row holds up nothing', async () => {
  await world.notices(8);
  const database = new DatabaseSync(world.client.file);
  database.exec('DROP TRIGGER events_same; DROP TRIGGER events_keep;');
  database.exec(`UPDATE events SET body = '{"run":"x","type":"y"}' WHERE seq = 4; DELETE FROM events WHERE seq = 6;`);
  database.close();
  const left = world.rows();
  // Recording the sending would have the log set aside and begin a new one, which is another test.
  await world.flushed(
    {},
    { permit: () => Promise.resolve({ received: () => undefined, endedBy: () => Promise.resolve(undefined) }) },
  );
  const { records } = world.receiver;
  expect(records.map(({ body }) => body.stringValue)).toEqual(left.map(({ body }) => body));
  const attributes = records.map((record) => attributesOf(record));
  expect(records[3]).toMatchObject({ eventName: 'oversign.unreadable', severityNumber: 17, severityText: 'ERROR' });
  expect(attributes[3]).toMatchObject({ 'oversign.seq': 4, 'oversign.hash': left[3]?.hash });
  expect(attributes[5]).toMatchObject({ 'oversign.seq': 7 });
  expect(attributes[5]).not.toHaveProperty(['oversign.prev']);
});
