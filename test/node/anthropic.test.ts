import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Model } from '../../src/core/models/port.ts';
import { anthropicModel } from '../../src/node/models/anthropicModel.ts';
import { anthropicServer, type AnthropicServerOptions } from '../support/anthropicServer.ts';
import type { Misbehaviour, ModelServer, ServerScript } from '../support/modelServer.ts';
import { playedStory } from '../support/playedStory.ts';
import { sampleStory } from '../support/sampleStory.ts';
import { workbench } from '../support/workbench.ts';

const KEY = 'sk-test-key';

async function started(
  script: ServerScript,
  options: AnthropicServerOptions = {},
): Promise<{ server: ModelServer; model: Model }> {
  const server = await anthropicServer(script, { apiKey: KEY, ...options });
  onTestFinished(() => server.close());
  return { server, model: anthropicModel({ model: 'test-model', baseUrl: server.url, apiKey: KEY }) };
}

interface Sent {
  max_tokens: number;
  system: { text: string; cache_control?: unknown }[];
  tools: { name: string; cache_control?: unknown }[];
  messages: { role: string; content: Record<string, unknown>[] }[];
}
const sent = (server: ModelServer, number: number): Sent => JSON.parse(server.requests[number]?.body ?? '{}') as Sent;

test('the demo’s story over Anthropic’s protocol: files, decisions, egress and caching are as they should be', async () => {
  const { server, model } = await started(sampleStory());
  const { events } = await playedStory(model);
  expect(server.problems).toEqual([]);

  const [about, ...egress] = events.filter(({ type }) => type === 'egress');
  expect(about).toMatchObject({ data: { method: 'GET', bytes: 0 }, payload: { path: '/v1/models/test-model' } });
  expect(egress).toHaveLength(7);
  for (const [index, event] of egress.entries())
    expect(event.data['bytes']).toBe(Buffer.byteLength(server.requests[index]?.body ?? ''));
  expect(model.contextTokens).toBe(200_000);

  // What does not change from turn to turn comes first, byte for byte, and is marked to its end; so is the conversation.
  const requests = server.requests.map((_, index) => sent(server, index));
  const marked = (list: { cache_control?: unknown }[]): number[] =>
    list.flatMap((item, index) => (item.cache_control === undefined ? [] : [index - list.length]));
  for (const request of requests) {
    expect(request.system).toEqual(requests[0]?.system);
    expect(request.tools).toEqual(requests[0]?.tools);
    expect([marked(request.system), marked(request.tools)]).toEqual([[-1], [-1]]);
    const blocks = request.messages.filter(({ role }) => role === 'user').map(({ content }) => marked(content));
    expect(blocks.slice(-2).every((ends) => ends.join() === '-1')).toBe(true);
    expect(blocks.slice(0, -2).flat()).toEqual([]);
    expect(request.max_tokens).toBe(32_000);
  }
  const headers = server.requests[0]?.headers ?? {};
  expect(Object.keys(headers).filter((name) => name.startsWith('x-'))).toEqual(['x-api-key']);
});

test('thoughts go back as they came, where they stood; to another model nothing of them', async () => {
  const thought = { type: 'thinking', thinking: 'First I look at the file, 完.', signature: 'EqQBCgIYAh==' };
  const hidden = { type: 'redacted_thinking', data: 'EmwKAhgB' };
  const { server, model } = await started((_, number) =>
    number === 0
      ? { fields: [thought, hidden], text: 'I look.', calls: [{ name: 'read_file', args: { path: 'a.txt' } }] }
      : { text: 'done' },
  );
  const bench = await workbench({ files: { 'a.txt': 'eins' } });
  await bench.run(model);
  expect(server.problems).toEqual([]);
  const [, reply] = sent(server, 1).messages;
  expect(reply?.content.map(({ type }) => type)).toEqual(['thinking', 'redacted_thinking', 'text', 'tool_use']);
  expect(reply?.content.slice(0, 2)).toEqual([thought, hidden]);

  const other = await anthropicServer(() => ({ text: 'ok' }), { apiKey: KEY });
  onTestFinished(() => other.close());
  await bench.engine.send('go on', anthropicModel({ model: 'test-model', baseUrl: other.url, apiKey: KEY }));
  expect(other.problems).toEqual([]);
  expect(other.requests[0]?.body).toContain('go on');
  expect(other.requests[0]?.body).not.toMatch(/EqQBCgIYAh|EmwKAhgB/);
});

test('tokens read from the cache and written to it are counted with the rest', async () => {
  const { model } = await started(() => ({ text: 'hello', usage: { input: 900, output: 5, cached: 700 } }));
  const events = await (await workbench()).run(model);
  expect(events.find(({ type }) => type === 'model_replied')?.data).toMatchObject({
    ...{ inputTokens: 900, outputTokens: 5, cachedTokens: 700 },
  });
});

test('a reply that the server paused is sent back and goes on', async () => {
  const { server, model } = await started((_, number) =>
    number === 0 ? { text: 'First half, ', end: 'pause_turn' } : { text: 'second half.' },
  );
  const bench = await workbench();
  await bench.run(model);
  expect(sent(server, 1).messages.at(-1)).toMatchObject({ role: 'assistant', content: [{ text: 'First half, ' }] });
  const run = bench.engine.view().run;
  expect(run?.state).toBe('finished');
  expect(run?.entries.at(-1)).toMatchObject({ text: 'First half, second half.' });
});

test('a tool of the server’s own, which nobody offered, makes the reply a failure, and nothing of it is done', async () => {
  const block = { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} };
  const { server, model } = await started(() => ({
    fields: [block],
    calls: [{ name: 'write_file', args: { path: 'x.txt', content: 'x' } }],
  }));
  const bench = await workbench();
  await bench.run(model);
  expect(bench.engine.view().run?.reason).toMatch(/a tool of the server’s own \(server_tool_use\)/);
  expect(existsSync(join(bench.folder, 'x.txt'))).toBe(false);
  for (const { name } of sent(server, 0).tools) expect(name).not.toMatch(/web_|code_execution|computer/);
});

test('a server that knows nothing of its models is taken as it is', async () => {
  const { server, model } = await started(() => ({ text: 'hello' }), { facts: {} });
  const bench = await workbench();
  await bench.run(model);
  expect(sent(server, 0).max_tokens).toBe(8192);
  expect(model.contextTokens).toBeUndefined();
});

test('where a server gives fewer tokens than are asked for, as many are asked for as it says', async () => {
  const { server, model } = await started(() => ({ text: 'hello' }), { facts: {}, mostTokens: 4096 });
  const bench = await workbench();
  await bench.run(model);
  expect(bench.engine.view().run?.state).toBe('finished');
  expect(server.requests.map((_, index) => sent(server, index).max_tokens)).toEqual([8192, 4096]);
});

/** Servers that are in trouble are asked again. */
const EXPECTED: [Misbehaviour, RegExp, number?][] = [
  ['unauthorized', /refused the API key \(401\): invalid x-api-key\. Set it with/],
  ['not-found', /knows no model "test-model".*\(404\): model: test-model/],
  ['too-many', /too many requests.*\(429\): This request would exceed/, 6],
  ['server-error', /answered with an error \(500\): Internal server error/, 6],
  ['redirect', /answered with a redirect, and none is followed\./],
  ['cut-off', /broke in the middle of the reply/, 6],
  ['ends-early', /ended in the middle of its reply/, 6],
  ['endless-text', /The model did not stop: its reply went over 200000 characters/],
  ['garbage', /does not answer as Anthropic’s Messages API does/],
  ['html', /answered with a web page, not as a model’s server does\. Check/],
  ['error-in-stream', /failed in the middle of its reply: Overloaded\./, 6],
];

test.each(EXPECTED)(
  '%s: a clear sentence, a finished log, and no action',
  async (misbehave, sentence, requests = 1) => {
    const { server, model } = await started(() => ({ misbehave }));
    const bench = await workbench();
    const events = await bench.run(model);
    const run = bench.engine.view().run;
    expect(run).toMatchObject({ state: 'failed', reason: expect.stringMatching(sentence) as string });
    expect(events.at(-1)).toMatchObject({ type: 'run_finished', data: { state: 'failed' } });
    expect(events.filter(({ action }) => action !== undefined)).toEqual([]);
    expect(server.requests).toHaveLength(requests);
    await expect.poll(() => server.open(), { timeout: 10_000 }).toBe(0);
  },
);
