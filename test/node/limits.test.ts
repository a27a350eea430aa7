import { describe, expect, onTestFinished, test } from 'vitest';
import { ModelFailure, type Model, type ModelEvent, type ModelRequest } from '../../src/core/models/port.ts';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import type { ModelServer, ScriptedReply, ServerScript } from '../support/modelServer.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { outcomes, workbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

async function model(script: ServerScript): Promise<{ model: Model; server: ModelServer }> {
  const server = await openAiServer(script);
  onTestFinished(() => server.close());
  return { model: openAiModel({ model: 'test-model', baseUrl: server.url, apiKey: 'sk-test-key' }), server };
}

const isLast = ({ messages }: Parameters<ServerScript>[0]): boolean =>
  messages.at(-1)?.text.startsWith('The run ends here for now') === true;

/** Reads another file in each turn, for ever; each turn is counted as 10,000 tokens read and 100 written. */
const forever: ServerScript = (request, number) => {
  if (isLast(request)) return { text: 'HERE I STAND', usage: { input: 10_000, output: 100 } };
  return {
    calls: [{ name: 'read_file', args: { path: `f${number % 40}.txt` } }],
    usage: { input: 10_000, output: 100, cached: 8000 },
  };
};
const FILES = Object.fromEntries(Array.from({ length: 40 }, (_, at) => [`f${at}.txt`, `text ${at}`]));
const PRICES = 'prices: [{model: other, input: 9, output: 9}, {model: "test-*", input: 10, output: 20, cached: 1}]';

async function ran(
  options: WorkbenchOptions,
): Promise<{ bench: Workbench; events: AuditRecord[]; server: ModelServer }> {
  const { model: made, server } = await model(forever);
  const bench = await workbench({ files: FILES, ...options });
  const events = await bench.run(made);
  expect(server.problems).toEqual([]);
  return { bench, events, server };
}

const alone: WorkbenchOptions = {
  change: ({ parts }) => {
    parts.answerer = 'nobody';
  },
};

const LIMITS: [limit: string, policy: string, turns: number, words: RegExp][] = [
  ['turns', 'max_iterations: 4\n', 4, /^It took 4 turns, the limit of your policy \(max_iterations\)\.$/],
  [
    'tokens',
    'max_iterations: 90\nbudget: {tokens: 50000}\n',
    3,
    /used 30,300 tokens.*limit of 50,000 \(budget\.tokens\)/,
  ],
  [
    'money',
    `max_iterations: 90\nbudget: {money: 0.3, ${PRICES}}\n`,
    4,
    /^It cost 0\.12, and the next turn costs about 0\.10: your policy has a limit of 0\.30/,
  ],
];

describe.each(LIMITS)('%s', (limit, userPolicy, turns, words) => {
  test('nobody there: the run ends with a last word, and can be resumed', async () => {
    const { bench, events, server } = await ran({ userPolicy, ...alone });
    const run = bench.engine.view().run;
    expect(run).toMatchObject({ state: 'limit', reason: expect.stringMatching(words) as string });
    expect(bench.atLimits).toEqual([]);
    expect(outcomes(events)).toHaveLength(turns);
    expect(server.requests).toHaveLength(turns + 1);
    expect(events.filter(({ type }) => type === 'limit_reached')).toMatchObject([{ data: { limit, asked: false } }]);
    expect(run?.entries.at(-2)).toMatchObject({ kind: 'assistant', text: 'HERE I STAND' });
    bench.engine.newRun();
    const done = await model(() => ({ text: 'done' }));
    await bench.engine.resume(run?.id ?? '', done.model, {
      model: { ...done.model, from: { by: 'person', at: 'editor' } },
    });
    expect(bench.engine.view().run).toMatchObject({ state: 'finished', id: run?.id });
    expect(done.server.problems).toEqual([]);
    expect(done.server.requests[0]?.body).toContain('HERE I STAND');
  });

  test('a person lets it go on once: it goes on for as much again, and the log says who said so', async () => {
    let asked = 0;
    const { bench, events } = await ran({ userPolicy, goesOn: () => (asked += 1) === 1 });
    expect(bench.atLimits).toHaveLength(2);
    expect(bench.atLimits[0]).toMatchObject({ limit, words: expect.stringMatching(words) as string });
    expect(outcomes(events).length).toBeGreaterThan(turns + 1);
    const answers = events.filter(({ type }) => type === 'limit_answered').map(({ data }) => data);
    expect(answers).toMatchObject([
      { limit, choice: 'go-on', by: 'person', at: 'editor' },
      { limit, choice: 'stop', by: 'person', at: 'editor' },
    ]);
    expect(bench.engine.view().run?.state).toBe('limit');
    // No approval was made of it.
    expect(bench.asked).toEqual([]);
  });
});

test('time: a person is asked while what had begun goes on to its end; the time of their answer does not count', async () => {
  const { model: made } = await model((request, number) =>
    isLast(request) || number > 1
      ? { text: 'HERE I STAND' }
      : { calls: [{ name: 'run_command', args: { command: `sleep ${number === 0 ? 3 : 0}; echo slept ${number}` } }] },
  );
  const bench = await workbench({ userPolicy: 'timeout: 2\n', goesOn: () => true });
  await bench.node.sandbox.chosen('auto').status({ memoryBytes: 1, cpuSeconds: 1, diskBytes: 1, processes: 1 });
  const events = await bench.run(made);
  expect(bench.atLimits.length).toBeGreaterThan(0);
  expect(bench.atLimits[0]).toMatchObject({ limit: 'time', more: '2 s' });
  expect(outcomes(events)).toEqual(['done', 'done']);
  expect(bench.engine.view().run?.state).toBe('finished');
});

test('time: nobody there, a command is ended where it is, and the model has a last word', async () => {
  const { model: made } = await model((request) =>
    isLast(request) ? { text: 'HERE I STAND' } : { calls: [{ name: 'run_command', args: { command: 'sleep 600' } }] },
  );
  const bench = await workbench({ userPolicy: 'timeout: 2\n', ...alone });
  await bench.node.sandbox.chosen('auto').status({ memoryBytes: 1, cpuSeconds: 1, diskBytes: 1, processes: 1 });
  const events = await bench.run(made);
  expect(bench.engine.view().run).toMatchObject({
    state: 'limit',
    reason: expect.stringContaining('(timeout)') as string,
  });
  expect(events.filter(({ type }) => type === 'model_replied').at(-1)?.payload?.['text']).toBe('HERE I STAND');
});

test('a run whose cost is limited does not begin with a model that has no price, and says where one goes', async () => {
  const { bench, server } = await ran({
    userPolicy: 'budget: {money: 1, prices: [{model: gpt, input: 1, output: 1}]}\n',
  });
  expect(server.requests).toEqual([]);
  expect(bench.engine.view().run).toMatchObject({
    state: 'failed',
    reason: expect.stringMatching(/budget\.money, .*no price for test-model.*budget\.prices/) as string,
  });
});

test('what was used is shown, recorded, and known again where a run is resumed', async () => {
  const { bench, events } = await ran({ userPolicy: `max_iterations: 2\nbudget: {${PRICES}}\n` });
  const run = bench.engine.view().run;
  // 2 turns and a last word: 30,300 tokens; 2 × (2000 × 10 + 8000 × 1 + 100 × 20) and 10,000 × 10 + 100 × 20, of a million.
  expect(run?.usage).toMatchObject({ tokens: 30_300, context: { tokens: 10_000, limit: 128_000 } });
  expect(run?.usage?.cost).toBeCloseTo(0.162, 6);
  const costs = events.filter(({ type }) => type === 'model_replied').map(({ data }) => data['cost']);
  expect(costs).toEqual([30_000, 30_000, 102_000]);
  bench.engine.newRun();
  const done = await model(() => ({ text: 'done', usage: { input: 10_000, output: 1 } }));
  await bench.engine.resume(run?.id ?? '', done.model, {
    model: { ...done.model, from: { by: 'person', at: 'editor' } },
  });
  expect(bench.engine.view().run?.usage).toMatchObject({ tokens: 40_301 });
  expect(bench.engine.view().run?.usage?.cost).toBeCloseTo(0.26202, 6);
});

test('a stop while a limit is asked takes the question back', async () => {
  const { model: made } = await model(forever);
  const bench = await workbench({ files: FILES, userPolicy: 'max_iterations: 1\n' });
  bench.engine.onChange(() => {
    if (bench.engine.view().limit) void bench.engine.stop('enough', { by: 'person', at: 'editor' });
  });
  const events = await bench.run(made);
  const ends = events.filter(({ type }) => type === 'limit_answered' || type === 'run_finished');
  expect(ends.at(-1)?.data).toMatchObject({ state: expect.stringMatching(/^(stopped|limit)$/) as string });
  expect(bench.engine.view().limit).toBeUndefined();
});

describe('within one turn', () => {
  const LONG = 'words '.repeat(6000);
  const MOST = 60_000;
  const userPolicy = `max_iterations: 30\nbudget: {tokens: ${MOST}}\n`;

  /** A model that is no script, and says with each request what a test has it say. */
  function saying(stream: (request: ModelRequest) => AsyncIterable<ModelEvent>): { model: Model; asked: string[] } {
    const asked: string[] = [];
    const model: Model = {
      ...{ provider: 'openai', label: 'test-model', destination: 'nowhere' },
      async *stream(request) {
        asked.push(request.messages.at(-1)?.text ?? '');
        yield* stream(request);
      },
    };
    return { model, asked };
  }

  async function* whole(text: string, output = 0): AsyncIterable<ModelEvent> {
    await Promise.resolve();
    yield { type: 'text', text };
    if (output > 0) yield { type: 'usage', input: 12_000, output };
    yield { type: 'end', end: { why: 'finished' } };
  }

  async function* brokenCall(): AsyncIterable<ModelEvent> {
    await Promise.resolve();
    yield { type: 'call', call: { id: 'c', name: 'read_file', arguments: '{"path":"f1.txt"}' } };
    throw new ModelFailure('The connection broke.', { kind: 'network' });
  }

  test('replies that break off count, and the next try is not made over the limit', async () => {
    const { model: made, server } = await model((request) =>
      isLast(request) ? { text: 'HERE I STAND' } : { misbehave: 'error-in-stream' },
    );
    const bench = await workbench({ userPolicy, ...alone });
    const events = await bench.run(made, LONG);
    const run = bench.engine.view().run;
    expect(run).toMatchObject({ state: 'limit', reason: expect.stringContaining('(budget.tokens)') as string });
    expect(events.filter(({ type }) => type === 'limit_reached')).toMatchObject([{ data: { limit: 'tokens' } }]);
    expect(server.requests.length).toBeLessThan(6);
    expect(run?.usage?.tokens).toBeLessThanOrEqual(MOST);
    expect(run?.entries.at(-2)).toMatchObject({ text: 'HERE I STAND' });
  });

  test('so do those of which calls alone came; a person lets it go on', async () => {
    const { model: made, asked } = saying((request) =>
      request.messages.at(-1)?.text === LONG ? brokenCall() : whole('HERE I STAND'),
    );
    const bench = await workbench({ userPolicy, goesOn: () => true });
    await bench.run(made, LONG);
    expect(bench.atLimits.length).toBeGreaterThan(0);
    expect(bench.atLimits[0]).toMatchObject({ limit: 'tokens' });
    // It goes on where it stood: as often as any request is tried.
    expect(bench.engine.view().run?.state).toBe('failed');
    expect(asked).toHaveLength(6);
  });

  test('a summary counts before the request that it makes room for', async () => {
    const { model: made, asked } = saying(({ wordsOnly }) => whole('noted', wordsOnly === true ? 1_000_000 : 0));
    const bench = await workbench({ userPolicy: 'budget: {tokens: 300000}\n', ...alone });
    const small = { ...made, contextTokens: 30_000 };
    const words = 'words '.repeat(2000);
    await bench.run(small, words);
    for (let at = 0; at < 9 && bench.engine.view().run?.state !== 'limit'; at += 1)
      await bench.engine.send(words, small);
    expect(bench.engine.view().run?.state).toBe('limit');
    const summary = asked.findIndex((words) => words.startsWith('This conversation grows too long'));
    expect(asked.slice(summary + 1)).toEqual([expect.stringMatching(/^The run ends here for now/)]);
  });

  test('counts that cannot be true do not keep a run from its limit', async () => {
    const { model: made, server } = await model((request, number) => ({
      ...(forever(request, number) as ScriptedReply),
      usage: { input: 1, output: 1 },
    }));
    const bench = await workbench({ files: FILES, userPolicy, ...alone });
    await bench.run(made, LONG);
    expect(bench.engine.view().run).toMatchObject({
      state: 'limit',
      reason: expect.stringContaining('(budget.tokens)') as string,
    });
    expect(server.requests.length).toBeLessThan(6);
  });
});
