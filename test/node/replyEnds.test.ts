import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Model } from '../../src/core/models/port.ts';
import { anthropicModel } from '../../src/node/models/anthropicModel.ts';
import { ollamaModel } from '../../src/node/models/ollamaModel.ts';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import type { RunState } from '../../src/shared/runView.ts';
import { anthropicServer } from '../support/anthropicServer.ts';
import type { ModelServer, ScriptedReply } from '../support/modelServer.ts';
import { ollamaServer } from '../support/ollamaServer.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { outcomes, workbench } from '../support/workbench.ts';

type Wire = 'openai' | 'ollama' | 'anthropic';
const WIRES: Wire[] = ['openai', 'ollama', 'anthropic'];
const SERVERS = { openai: openAiServer, ollama: ollamaServer, anthropic: anthropicServer };
const MODELS = { openai: openAiModel, ollama: ollamaModel, anthropic: anthropicModel };

/** Ends of which a reply is asked for again, and how often. */
const AGAIN: Readonly<Record<string, number>> = { empty: 2, broken: 2 };

/** A model behind a real server that gives these replies, one after the other, then a word. */
async function model(wire: Wire, ...replies: ScriptedReply[]): Promise<{ model: Model; server: ModelServer }> {
  const script = (_: unknown, number: number): ScriptedReply => replies[number] ?? { text: 'ok' };
  const server = await SERVERS[wire](script);
  onTestFinished(() => server.close());
  const settings = { model: 'test-model', baseUrl: server.url, apiKey: 'sk-test-key' };
  return { model: MODELS[wire](settings), server };
}

const WRITE = { name: 'write_file', args: { path: 'new.txt', content: 'aaaa' } };

describe.each(WIRES)('%s: nothing but a finished reply ends a run as finished', (wire) => {
  test.each<[what: string, reply: ScriptedReply, state: RunState, reason: RegExp, end: string]>([
    ['finished', { text: 'hello' }, 'finished', /^The agent is done\.$/, 'finished'],
    ['cut by the token limit', { text: 'First I', end: 'length' }, 'limit', /cut off at the model’s output/, 'length'],
    ['filtered', { text: '', end: 'content_filter' }, 'failed', /content filter/, 'filtered'],
    ['refused', { text: 'I will not.', end: 'refusal' }, 'failed', /refused/, 'refused'],
    ['empty', { text: '' }, 'failed', /^The model gave an empty answer\. Retry\?$/, 'empty'],
    ['blank', { text: ' \n' }, 'failed', /^The model gave an empty answer/, 'empty'],
    ['calls that did not come', { text: 'now', end: 'tool_calls' }, 'failed', /broke off before its end/, 'broken'],
    ['a word nobody knows', { text: 'hm', end: 'constructor' }, 'failed', /does not know: "constructor"/, 'unknown'],
  ])('%s', async (_, reply, state, reason, end) => {
    const tries = 1 + (AGAIN[end] ?? 0);
    const made = await model(wire, ...Array<ScriptedReply>(tries).fill(reply));
    const bench = await workbench();
    const events = await bench.run(made.model);
    expect(events.filter(({ type }) => type === 'asked_again')).toHaveLength(tries - 1);
    expect(bench.engine.view().run).toMatchObject({ state, reason: expect.stringMatching(reason) as string });
    expect(events.at(-1)).toMatchObject({ type: 'run_finished', data: { state } });
    expect(events.find(({ type }) => type === 'model_replied')?.data).toMatchObject({ end, inputTokens: 100 });
    // It goes on from there, and no server is sent a message without words.
    await bench.engine.send('go on', made.model);
    expect(bench.engine.view().run?.state).toBe('finished');
    expect(made.server.problems).toEqual([]);
    expect(made.server.requests[tries]?.body).not.toContain('"role":"assistant","content":""');
  });

  test('a call that was cut off is not done, however well it parses, and the model is told', async () => {
    const made = await model(wire, { calls: [WRITE], end: 'length' }, { calls: [WRITE] });
    const bench = await workbench();
    const events = await bench.run(made.model);
    expect(outcomes(events)).toEqual(['failed:cut-off', 'done']);
    expect(made.server.requests[1]?.body).toContain('cut off at the output limit');
    expect(bench.engine.view().run?.state).toBe('finished');
  });

  test.each(['content_filter', 'refusal', 'constructor'])(
    'calls of a reply that ended by %s are not done',
    async (end) => {
      const made = await model(wire, { calls: [WRITE, WRITE], end });
      const bench = await workbench();
      expect(outcomes(await bench.run(made.model))).toEqual(['failed:cut-off', 'failed:cut-off']);
      expect(bench.engine.view().run?.state).toBe('failed');
      expect(bench.asked).toEqual([]);
      expect(existsSync(join(bench.folder, 'new.txt'))).toBe(false);
    },
  );

  test('a call that is cut off again and again ends the run', async () => {
    const cut = { calls: [WRITE], end: 'length' };
    const made = await model(wire, cut, cut, cut, cut, cut);
    const bench = await workbench();
    expect(outcomes(await bench.run(made.model))).toHaveLength(5);
    expect(bench.engine.view().run?.state).toBe('limit');
  });

  test('a run that was cut off goes on by itself when it is resumed', async () => {
    const made = await model(wire, { text: 'First I', end: 'length' });
    const bench = await workbench();
    await bench.run(made.model);
    const run = bench.engine.view().run?.id ?? '';
    bench.engine.newRun();
    await bench.engine.resume(run, made.model);
    expect(made.server.problems).toEqual([]);
    expect(bench.engine.view().run?.state).toBe('finished');
  });

  test('counts that are none are left out, and are no reason to fail', async () => {
    const made = await model(wire, { text: 'hello', usage: { input: -1, output: 2.5, cached: -3 } });
    const bench = await workbench();
    const events = await bench.run(made.model);
    expect(bench.engine.view().run?.state).toBe('finished');
    const { data } = events.find(({ type }) => type === 'model_replied') ?? {};
    for (const key of ['inputTokens', 'outputTokens', 'cachedTokens']) expect(data?.[key] ?? 0).toBe(0);
  });
});

test('a call at "stop" is done: many servers say no other word', async () => {
  const made = await model('openai', { calls: [WRITE], end: 'stop' });
  expect(outcomes(await (await workbench()).run(made.model))).toEqual(['done']);
});

test('an Ollama that says no reason is finished when it is done', async () => {
  const made = await model('ollama', { text: 'hello', end: null });
  const bench = await workbench();
  await bench.run(made.model);
  expect(bench.engine.view().run?.state).toBe('finished');
});

test('OpenAI’s refusal is told as what it is', async () => {
  const made = await model('openai', { fields: [{ refusal: 'I cannot ' }, { refusal: 'help.' }] });
  const bench = await workbench();
  await bench.run(made.model);
  const run = bench.engine.view().run;
  expect(run).toMatchObject({ state: 'failed', reason: 'The model refused to go on.' });
  expect(run?.entries.map((entry) => ('text' in entry ? entry.text : ''))).toContain('I cannot help.');
});

test('cached tokens are recorded', async () => {
  const made = await model('openai', { text: 'hello', usage: { input: 9, output: 1, cached: 7 } });
  const events = await (await workbench()).run(made.model);
  expect(events.find(({ type }) => type === 'model_replied')?.data).toMatchObject({ inputTokens: 9, cachedTokens: 7 });
});
