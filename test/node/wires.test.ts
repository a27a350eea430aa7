import { describe, expect, onTestFinished, test } from 'vitest';
import { ModelFailure, type Model, type ModelEvent } from '../../src/core/models/port.ts';
import { anthropicModel } from '../../src/node/models/anthropicModel.ts';
import { ollamaModel } from '../../src/node/models/ollamaModel.ts';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import { anthropicServer, event } from '../support/anthropicServer.ts';
import type { Misbehaviour, ModelServer, ScriptedReply } from '../support/modelServer.ts';
import { ollamaServer } from '../support/ollamaServer.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { rawServer, type RawAnswer } from '../support/rawServer.ts';
import { workbench } from '../support/workbench.ts';

// What holds of every wire format, over real connections.

type Wire = 'openai' | 'anthropic' | 'ollama';
const WIRES: Wire[] = ['openai', 'anthropic', 'ollama'];
const MODELS = { openai: openAiModel, anthropic: anthropicModel, ollama: ollamaModel };
const SERVERS = { openai: openAiServer, anthropic: anthropicServer, ollama: ollamaServer };
const KEY = 'sk-test-key';

const chunk = (delta: unknown, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
const line = (content: string, more: Record<string, unknown> = {}): string =>
  `${JSON.stringify({ message: { role: 'assistant', content }, done: false, ...more })}\n`;
const start = event('message_start', { message: { usage: { input_tokens: 3 } } });
const words = (text: string): string =>
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }) +
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } });
const stopped = event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 2 } });

/** A reply of "hello" on each wire, up to where it is finished, and what may come behind that. */
const HELLO: Record<Wire, { whole: string[]; behind: string }> = {
  openai: {
    whole: [chunk({ content: 'hel' }), chunk({ content: 'lo' }), chunk({}, 'stop')],
    behind: 'data: [DONE]\n\n',
  },
  anthropic: { whole: [start, words('hello'), stopped], behind: event('message_stop', {}) },
  ollama: { whole: [line('hel'), line('lo'), line('', { done: true, done_reason: 'stop' })], behind: '' },
};

async function asked(wire: Wire, answer: RawAnswer, waits = {}): Promise<ModelEvent[]> {
  const server = await rawServer(wire === 'openai' ? '/v1' : '', [answer]);
  return repliedBy(MODELS[wire]({ model: 'm', baseUrl: server.url, apiKey: KEY, waits }));
}

async function repliedBy(model: Model): Promise<ModelEvent[]> {
  const request = { messages: [{ role: 'user' as const, text: 'hi' }], tools: [] };
  const permit = () => Promise.resolve({ received: () => undefined, endedBy: () => Promise.resolve(undefined) });
  const events: ModelEvent[] = [];
  for await (const one of model.stream(request, permit, AbortSignal.timeout(60_000))) events.push(one);
  return events;
}

const textOf = (events: ModelEvent[]): string => events.map((one) => (one.type === 'text' ? one.text : '')).join('');
const endOf = (events: ModelEvent[]): unknown => events.findLast(({ type }) => type === 'end');
const FINISHED = { type: 'end', end: { why: 'finished' } };

async function failureOf(asking: Promise<unknown>): Promise<ModelFailure> {
  const error: unknown = await asking.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ModelFailure);
  return error as ModelFailure;
}

describe.each(WIRES)('%s', (wire) => {
  const { whole, behind } = HELLO[wire];

  test.each<[string, RawAnswer]>([
    ['that closes as it should', { pieces: [...whole, behind] }],
    ['whose server never closes', { pieces: [...whole, behind], then: 'stays open' }],
    ['whose server says no more, and never closes', { pieces: whole, then: 'stays open' }],
    ['whose connection breaks behind it', { pieces: whole, then: 'breaks off' }],
    ['that comes in one packet', { pieces: [[...whole, behind].join('')] }],
    ['with lines ended as on Windows', { pieces: [[...whole, behind].join('').replaceAll('\n', '\r\n')] }],
    ['whose packets part the ends of lines', { pieces: [...[...whole, behind].join('').replaceAll('\n', '\r\n')] }],
    ['with a mark of its encoding first', { pieces: ['\ufeff', ...whole, behind] }],
  ])('a finished answer is kept: one %s', async (_, answer) => {
    const events = await asked(wire, answer);
    expect(textOf(events)).toBe('hello');
    expect(endOf(events)).toEqual(FINISHED);
  });

  test('control: one that broke off before it was finished is none', async () => {
    for (const then of ['breaks off', undefined] as const) {
      const failure = await failureOf(asked(wire, { pieces: whole.slice(0, -1), ...(then && { then }) }));
      expect(failure).toMatchObject({ kind: 'network', isRetryable: true });
    }
  });

  test.each<[Misbehaviour, RegExp]>([
    ['silent', /sent nothing for 1 s\..*oversign\.model\.firstByteSeconds/],
    ['stall', /began its reply and then sent nothing for 1 s\. oversign\.model\.betweenBytesSeconds/],
  ])('%s: it is not waited for without end, and what to set is said', async (misbehave, sentence) => {
    const server = await SERVERS[wire](() => ({ misbehave }));
    onTestFinished(() => server.close());
    const settings = { model: 'test-model', baseUrl: server.url, apiKey: KEY, waits: { firstByte: 1, between: 1 } };
    const failure = await failureOf(repliedBy(MODELS[wire](settings)));
    expect(failure).toMatchObject({ kind: 'timeout', isRetryable: true });
    expect(failure.message).toMatch(sentence);
    await expect.poll(() => server.open(), { timeout: 10_000 }).toBe(0);
  });

  test('a line without end is not read to its end', async () => {
    const pieces = Array.from({ length: 12 }, () => 'x'.repeat(1_000_000));
    const failure = await failureOf(asked(wire, { pieces }));
    expect(failure.message).toMatch(/^The model did not stop: a line of its reply went over all measure\.$/);
  });

  test('what is compressed is not unpacked', async () => {
    const headers = { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' };
    const failure = await failureOf(asked(wire, { headers, pieces: [new Uint8Array([31, 139, 8, 0])] }));
    expect(failure.message).toMatch(/compressed its answer though it was not asked to/);
  });

  test.each<[status: number, headers: Record<string, string>, body: unknown, facts: object, sentence: RegExp]>([
    [
      400,
      {},
      { error: { message: 'bad thing', type: 'invalid_request_error' } },
      { kind: 'request', isRetryable: false },
      /\(400\): bad thing\.$/,
    ],
    [
      400,
      {},
      [{ error: { code: 400, message: 'a signature is missing', status: 'INVALID_ARGUMENT' } }],
      { kind: 'request' },
      /\(400\): a signature is missing\.$/,
    ],
    [
      400,
      {},
      { error: { message: 'x', code: 'context_length_exceeded' } },
      { kind: 'overflow', isRetryable: false },
      /^The conversation is longer than m takes \(400\): x\.$/,
    ],
    [
      400,
      {},
      { type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: 9 tokens > 5 maximum' } },
      { kind: 'overflow' },
      /longer than m takes/,
    ],
    [
      413,
      {},
      { error: { type: 'request_too_large', message: 'Request exceeds the maximum size' } },
      { kind: 'overflow' },
      /longer than m takes \(413\)/,
    ],
    [
      429,
      { 'retry-after': '7' },
      { error: { message: 'slow down' } },
      { kind: 'rate', retryAfter: 7, isRetryable: true },
      /\(429\): slow down\.$/,
    ],
    [
      429,
      {},
      { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } },
      { kind: 'rate', isRetryable: false },
      /quota\.$/,
    ],
    [
      500,
      { 'retry-after-ms': '250' },
      { error: 'boom' },
      { kind: 'server', retryAfter: 0.25, isRetryable: true },
      /\(500\): boom\.$/,
    ],
    [
      503,
      { 'x-should-retry': 'false' },
      'plain words',
      { kind: 'server', isRetryable: false },
      /\(503\): plain words\.$/,
    ],
    [502, {}, '<html><title>Bad Gateway</title></html>', { kind: 'server', isRetryable: true }, /\(502\)\.$/],
    [
      422,
      {},
      { detail: [{ loc: ['body'], msg: 'field required', type: 'missing' }] },
      { kind: 'request' },
      /\(422\): field required\.$/,
    ],
    [
      500,
      {},
      { message: '500 said once is enough' },
      { kind: 'server', status: 500 },
      /\(500\): 500 said once is enough\.$/,
    ],
  ])(
    'status %i with %j: the server’s words, and what can be done about it',
    async (status, headers, body, facts, sentence) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      const failure = await failureOf(
        asked(wire, { status, headers: { 'content-type': 'application/json', ...headers }, pieces: [text] }),
      );
      expect(failure).toMatchObject({ status, ...facts });
      expect(failure.message).toMatch(sentence);
    },
  );

  test('the end of what went wrong is not waited for', async () => {
    const pieces = ['{"error": "', ...Array.from({ length: 300 }, () => 'long words '.repeat(100))];
    const failure = await failureOf(asked(wire, { status: 500, pieces, then: 'stays open' }));
    expect(failure.message.length).toBeLessThan(1000);
  });
});

describe.each(['openai', 'anthropic'] as const)('%s', (wire) => {
  const { whole, behind } = HELLO[wire];

  test('comments and events without data mean nothing', async () => {
    const noise = [
      ': keep-alive\n\n',
      'data:\n\n',
      'data: \n\n',
      'event: ping\n\n',
      'id: 7\nretry: 10\n\n',
      '\n\n\n',
      ':\n',
    ];
    const pieces = [...whole, behind].flatMap((piece) => [...noise, piece]);
    const events = await asked(wire, { pieces });
    expect(textOf(events)).toBe('hello');
    expect(endOf(events)).toEqual(FINISHED);
  });

  test('a server that does not stream is taken at its word', async () => {
    const usage = { prompt_tokens: 3, completion_tokens: 2, input_tokens: 3, output_tokens: 2 };
    const body = {
      openai: { choices: [{ message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }], usage },
      anthropic: { type: 'message', content: [{ type: 'text', text: 'hello' }], stop_reason: 'end_turn', usage },
    }[wire];
    const headers = { 'content-type': 'application/json' };
    const events = await asked(wire, { headers, pieces: [JSON.stringify(body, null, 2)] });
    expect(textOf(events)).toBe('hello');
    expect(endOf(events)).toEqual(FINISHED);
    expect(events).toContainEqual(expect.objectContaining({ type: 'usage', input: 3, output: 2 }));
  });

  test('an error with a good status is an error', async () => {
    const error = { type: 'error', error: { message: 'no capacity', type: 'overloaded_error' } };
    const headers = { 'content-type': 'application/json' };
    const failure = await failureOf(asked(wire, { headers, pieces: [JSON.stringify(error)] }));
    expect(failure).toMatchObject({ kind: 'server', isRetryable: true });
    expect(failure.message).toMatch(/: no capacity\.$/);
  });
});

test('a body of short lines is not read to its end either', async () => {
  const pieces = Array.from({ length: 70 }, () => `: ${'x'.repeat(99_997)}\n`.repeat(10));
  const failure = await failureOf(asked('anthropic', { pieces }));
  expect(failure.message).toMatch(/^The model did not stop: its reply went over all measure\.$/);
});

test('OpenAI’s protocol: words in parts are told without the thoughts among them', async () => {
  const parts = [
    { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
    { type: 'text', text: 'hello' },
  ];
  const events = await asked('openai', { pieces: [chunk({ content: parts }), chunk({}, 'stop')] });
  expect(textOf(events)).toBe('hello');
});

describe('Anthropic: calls are told apart by their blocks', () => {
  const call = (index: number, id: string, more: Record<string, unknown> = {}): string =>
    event('content_block_start', {
      index,
      content_block: { type: 'tool_use', id, name: 'read_file', input: {}, ...more },
    });
  const json = (index: number, partial_json: string): string =>
    event('content_block_delta', { index, delta: { type: 'input_json_delta', partial_json } });
  const stop = (index: number): string => event('content_block_stop', { index });
  const done = event('message_delta', { delta: { stop_reason: 'tool_use' } }) + event('message_stop', {});

  test.each<[string, string[], [id: string, args: string][]]>([
    [
      'interleaved',
      [call(0, 'a'), call(1, 'b'), json(0, '{"path"'), json(1, '{"path":"b"}'), json(0, ':"a"}')],
      [
        ['a', '{"path":"a"}'],
        ['b', '{"path":"b"}'],
      ],
    ],
    [
      'one after the other at one index',
      [call(0, 'a'), json(0, '{"path":"a"}'), stop(0), call(0, 'b'), json(0, '{}'), stop(0)],
      [
        ['a', '{"path":"a"}'],
        ['b', '{}'],
      ],
    ],
    [
      'with one id',
      [call(0, 'a'), stop(0), call(1, 'a'), stop(1)],
      [
        ['a', '{}'],
        ['call_1_1', '{}'],
      ],
    ],
    ['without an id', [call(0, ''), stop(0)], [['call_1_0', '{}']]],
    ['whole from the start', [call(0, 'a', { input: { path: 'x' } }), stop(0)], [['a', '{"path":"x"}']]],
  ])('%s', async (_, pieces, expected) => {
    const events = await asked('anthropic', { pieces: [start, ...pieces, done] });
    const calls = events.flatMap((one) => (one.type === 'call' ? [[one.call.id, one.call.arguments]] : []));
    expect(calls).toEqual(expected);
  });

  test.each<[string, string[]]>([
    ['a call that begins in the middle of another', [call(0, 'a'), json(0, '{"path'), call(0, 'b'), json(0, '":"b"}')]],
    ['arguments of no call', [json(3, '{}')]],
    ['arguments in a text', [words('hm'), json(0, '{}')]],
    ['arguments behind whole ones', [call(0, 'a'), json(0, '{}'), json(0, '{"path":"b"}')]],
    ['arguments behind the end of their block', [call(0, 'a'), stop(0), json(0, '{}')]],
    ['a call without a name', [call(0, 'a', { name: '' }), stop(0)]],
  ])('%s: none is made', async (_, pieces) => {
    const failure = await failureOf(asked('anthropic', { pieces: [start, ...pieces, done] }));
    expect(failure.message).toMatch(/^The reply mixed up its tool calls/);
    expect(failure.kind).toBe('reply');
  });
});

/** Replies as hostile as they come: what is sent back of them must be good for every server. */
const HOSTILE: ScriptedReply = {
  text: 'Half \ud83d',
  calls: [
    { name: 'functions.read_file:0', raw: '["no object"]', fields: { id: 'functions.read_file:0' } },
    { name: 'read_file', raw: '{"path": "\\ud800.txt"}', fields: { id: 'same' } },
    { name: 'ä'.repeat(70), raw: 'no json', fields: { id: 'i'.repeat(150) } },
    { name: 'read_file', raw: `{"path":${'['.repeat(5000)}${']'.repeat(5000)}}`, fields: { id: '' } },
  ],
};
const AGAIN: ScriptedReply = { calls: [{ name: 'read_file', args: { path: 'README.md' }, fields: { id: 'same' } }] };

describe.each(WIRES)('a conversation that began with %s', (first) => {
  test.each(WIRES)('goes on with %s, whatever the model said', async (second) => {
    const model = async (wire: Wire, ...replies: ScriptedReply[]): Promise<{ model: Model; server: ModelServer }> => {
      const server = await SERVERS[wire]((_, number) => replies[number] ?? { text: 'ok' });
      onTestFinished(() => server.close());
      return { server, model: MODELS[wire]({ model: 'test-model', baseUrl: server.url, apiKey: KEY }) };
    };
    const before = await model(first, HOSTILE, AGAIN, AGAIN);
    const bench = await workbench();
    await bench.run(before.model);
    expect(before.server.problems).toEqual([]);
    const after = await model(second, HOSTILE);
    await bench.engine.send('go on', after.model);
    expect(after.server.problems).toEqual([]);
    expect(bench.engine.view().run).toMatchObject({ state: 'finished' });
    expect(after.server.requests).toHaveLength(2);
  });
});
