import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Model } from '../../src/core/models/port.ts';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import type { Misbehaviour, ModelServer, ServerScript } from '../support/modelServer.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { playedStory } from '../support/playedStory.ts';
import { sampleStory } from '../support/sampleStory.ts';
import { outcomes, workbench } from '../support/workbench.ts';

const KEY = 'sk-test-key';

async function started(script: ServerScript): Promise<{ server: ModelServer; model: Model }> {
  const server = await openAiServer(script, { apiKey: KEY });
  onTestFinished(() => server.close());
  return { server, model: openAiModel({ model: 'test-model', baseUrl: server.url, apiKey: KEY }) };
}

test('the demo’s story over OpenAI’s protocol: files, decisions and egress are as they should be', async () => {
  const { server, model } = await started(sampleStory());
  const { bench, events } = await playedStory(model);
  expect(server.problems).toEqual([]);

  const egress = events.filter(({ type }) => type === 'egress');
  expect(egress).toHaveLength(server.requests.length);
  expect(egress).toHaveLength(7);
  for (const [index, event] of egress.entries()) {
    expect(event.data).toMatchObject({ purpose: 'model', origin: server.origin, method: 'POST' });
    expect(event.data['bytes']).toBe(Buffer.byteLength(server.requests[index]?.body ?? ''));
    // The file is read in the second turn: from the third request on, its content goes along.
    const file = join(bench.folder, 'src/total.sh');
    // A command that was approved may have printed anything of the workspace.
    expect(event.payload?.['contentOf']).toEqual(
      index < 2 ? [] : [file, ...(index === 2 ? [] : [join(bench.folder, 'test/total.test.sh'), `?${bench.folder}/`])],
    );
    expect(server.requests[index]?.body.includes('sum=$((sum + price))')).toBe(index >= 2);
  }
  const replied = events.filter(({ type }) => type === 'model_replied');
  expect(replied.map(({ data }) => [data['inputTokens'], data['outputTokens']])).toEqual(Array(7).fill([100, 20]));
});

test('only what the protocol needs is sent: no platform, no library version, no header of the environment', async () => {
  process.env['OPENAI_CUSTOM_HEADERS'] = 'X-From-Environment: yes';
  onTestFinished(() => {
    delete process.env['OPENAI_CUSTOM_HEADERS'];
  });
  const { server, model } = await started(() => ({ text: 'hello' }));
  const bench = await workbench();
  await bench.run(model);
  const headers = server.requests[0]?.headers ?? {};
  expect(headers.authorization).toBe(`Bearer ${KEY}`);
  expect(Object.keys(headers).filter((name) => name.startsWith('x-'))).toEqual([]);
});

test('several calls in one reply, their pieces interleaved, are each done once and in order', async () => {
  const { server, model } = await started(({ results }) =>
    results.length > 0
      ? { text: results.join('|') }
      : { calls: ['ä.txt', '完.txt', '🎉.txt'].map((path) => ({ name: 'read_file', args: { path } })) },
  );
  const bench = await workbench({ files: { 'ä.txt': 'eins', '完.txt': 'zwei', '🎉.txt': 'drei' } });
  expect(outcomes(await bench.run(model))).toEqual(['done', 'done', 'done']);
  expect(server.problems).toEqual([]);
  const last = bench.engine.view().run?.entries.at(-1);
  expect(last).toMatchObject({ kind: 'assistant' });
  expect(last?.kind === 'assistant' && last.text).toMatch(/eins[^]*zwei[^]*drei/);
});

test('arguments that are no JSON are refused, explained to the model, and change nothing', async () => {
  const { server, model } = await started(({ results }) =>
    results.length > 0 ? { text: 'I see' } : { calls: [{ name: 'write_file', raw: '{"path": "a.txt", "content": ' }] },
  );
  const bench = await workbench();
  expect(outcomes(await bench.run(model))).toEqual(['failed:arguments']);
  expect(server.problems).toEqual([]);
  expect(existsSync(join(bench.folder, 'a.txt'))).toBe(false);
});

const EXPECTED: [Misbehaviour, RegExp, number][] = [
  ['unauthorized', /refused the API key \(401\): Incorrect API key provided\. Set it with/, 1],
  ['not-found', /knows no model "test-model".*\(404\)/, 1],
  ['too-many', /too many requests.*\(429\): You exceeded your current quota\.$/, 1],
  ['server-error', /answered with an error \(500\): The server had an error/, 6],
  ['redirect', /answered with a redirect, and none is followed\./, 1],
  ['cut-off', /broke in the middle of the reply/, 6],
  ['ends-early', /ended in the middle of its reply/, 6],
  ['endless-text', /The model did not stop: its reply went over 200000 characters/, 1],
  ['garbage', /does not answer as OpenAI’s chat completions do/, 1],
  ['html', /answered with a web page, not as a model’s server does\. Check/, 1],
  ['error-in-stream', /The model is overloaded/, 6],
];

test.each(EXPECTED)('%s: a clear sentence, a finished log, and no action', async (misbehave, sentence, requests) => {
  const { server, model } = await started(() => ({ misbehave }));
  const bench = await workbench();
  const events = await bench.run(model);
  const run = bench.engine.view().run;
  expect(run).toMatchObject({ state: 'failed', reason: expect.stringMatching(sentence) as string });
  expect(events.at(-1)).toMatchObject({
    type: 'run_finished',
    data: { state: 'failed' },
    payload: { reason: run?.reason },
  });
  expect(events.filter(({ action }) => action !== undefined)).toEqual([]);
  expect(server.requests).toHaveLength(requests);
  // Each attempt is a sending of its own, and recorded as one.
  expect(events.filter(({ type }) => type === 'egress')).toHaveLength(requests);
  await expect.poll(() => server.open(), { timeout: 10_000 }).toBe(0);
});

test('after a failure the next message goes on in the same run', async () => {
  const { server, model } = await started((_, number) =>
    number < 6 ? { misbehave: 'cut-off' } : { text: 'here I am' },
  );
  const bench = await workbench();
  await bench.run(model, 'first');
  const before = bench.engine.view().run;
  await bench.engine.send('continue', model);
  expect(bench.engine.view().run).toMatchObject({ id: before?.id, state: 'finished' });
  expect(server.problems).toEqual([]);
  expect(server.requests.at(-1)?.body).toContain('first');
});

test('nobody there: the sentence names the address', async () => {
  const { server, model } = await started(() => ({}));
  await server.close();
  const bench = await workbench();
  const events = await bench.run(model);
  expect(bench.engine.view().run?.reason).toMatch(new RegExp(`^${server.origin} could not be reached`));
  expect(events.at(-1)?.type).toBe('run_finished');
});

test('nothing is sent when the sending cannot be recorded', async () => {
  const { server, model } = await started(() => ({ text: 'hello' }));
  const bench = await workbench({
    change: ({ audit }) => {
      const append = audit.append.bind(audit);
      audit.append = (event) =>
        event.type === 'egress' ? Promise.reject(new Error('the disk is full')) : append(event);
    },
  });
  const events = await bench.run(model);
  expect(server.requests).toEqual([]);
  expect(bench.engine.view().run).toMatchObject({ state: 'failed', reason: 'the disk is full' });
  expect(events.at(-1)).toMatchObject({ type: 'run_finished', data: { state: 'failed' } });
});
