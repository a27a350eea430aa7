import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Model } from '../../src/core/models/port.ts';
import { ollamaModel } from '../../src/node/models/ollamaModel.ts';
import type { Misbehaviour, ModelServer, ServerScript } from '../support/modelServer.ts';
import { ollamaServer } from '../support/ollamaServer.ts';
import { copySample, LAST_WORDS, sampleStory } from '../support/sampleStory.ts';
import { outcomes, workbench } from '../support/workbench.ts';

async function started(script: ServerScript, name = 'test-model'): Promise<{ server: ModelServer; model: Model }> {
  const server = await ollamaServer(script);
  onTestFinished(() => server.close());
  return { server, model: ollamaModel({ model: name, baseUrl: server.url }) };
}

test('the demo’s story over Ollama’s protocol: files, decisions and egress are as they should be', async () => {
  const { server, model } = await started(sampleStory());
  const bench = await workbench({
    answer: ({ title }) => (title.includes('rm -rf') ? { choice: 'deny', reason: 'keep it' } : { choice: 'approve' }),
  });
  await copySample(bench.folder);
  const events = await bench.run(model, 'Find the bug');
  expect(server.problems).toEqual([]);
  expect(bench.engine.view().run?.state).toBe('finished');
  expect(outcomes(events)).toEqual(['done', 'done', 'failed', 'done', 'done', 'denied:person']);
  expect(readFileSync(join(bench.folder, 'src/total.sh'), 'utf8')).toContain('sum + price * count))');
  expect(existsSync(join(bench.folder, 'build/till.js'))).toBe(true);
  const entries = bench.engine.view().run?.entries ?? [];
  expect(entries.findLast((entry) => entry.kind === 'assistant')).toMatchObject({ text: LAST_WORDS, streaming: false });

  const egress = events.filter(({ type }) => type === 'egress');
  expect(egress).toHaveLength(7);
  expect(server.requests).toHaveLength(7);
  for (const [index, event] of egress.entries()) {
    expect(event.data).toMatchObject({ purpose: 'model', origin: server.origin, method: 'POST' });
    expect(event.data['bytes']).toBe(Buffer.byteLength(server.requests[index]?.body ?? ''));
    // A command that was approved may have printed anything of the workspace.
    expect(event.payload?.['contentOf']).toEqual(
      index < 2
        ? []
        : [
            join(bench.folder, 'src/total.sh'),
            ...(index === 2 ? [] : [join(bench.folder, 'test/total.test.sh'), `?${bench.folder}/`]),
          ],
    );
  }
  const replied = events.filter(({ type }) => type === 'model_replied');
  expect(replied.map(({ data }) => [data['inputTokens'], data['outputTokens']])).toEqual(Array(7).fill([100, 20]));
});

test('the same tool called twice in a reply gives two calls, answered in order', async () => {
  const { server, model } = await started(({ results }) =>
    results.length > 0
      ? { text: results.join('|') }
      : {
          calls: [
            { name: 'read_file', args: { path: 'a.txt' } },
            { name: 'read_file', args: { path: 'b.txt' } },
          ],
        },
  );
  const bench = await workbench({ files: { 'a.txt': 'eins', 'b.txt': 'zwei' } });
  expect(outcomes(await bench.run(model))).toEqual(['done', 'done']);
  expect(server.problems).toEqual([]);
  const last = bench.engine.view().run?.entries.at(-1);
  expect(last?.kind === 'assistant' && last.text).toMatch(/eins[^]*zwei/);
});

const EXPECTED: [Misbehaviour, RegExp][] = [
  ['unauthorized', /answered with an error \(401\): unauthorized/],
  ['not-found', /has no model "test-model"\. Fetch it with: ollama pull test-model/],
  ['too-many', /answered with an error \(429\): server busy/],
  ['server-error', /answered with an error \(500\): llama runner/],
  ['redirect', /answered with a redirect, and none is followed\./],
  ['cut-off', /broke in the middle of the reply/],
  ['ends-early', /ended in the middle of its reply/],
  ['endless-text', /The model did not stop: its reply went over 200000 characters/],
  ['garbage', /does not answer as Ollama does/],
  ['html', /does not answer as Ollama does/],
  ['error-in-stream', /failed: an error was encountered while running the model/],
];

test.each(EXPECTED)(
  '%s: a clear sentence, a finished log, an ended connection, and no word on the console',
  async (misbehave, sentence) => {
    const console = [
      vi.spyOn(globalThis.console, 'log'),
      vi.spyOn(globalThis.console, 'warn'),
      vi.spyOn(globalThis.console, 'error'),
    ];
    onTestFinished(() => {
      for (const spy of console) spy.mockRestore();
    });
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
    expect(events.filter(({ type }) => type === 'started')).toEqual([]);
    expect(server.requests).toHaveLength(1);
    expect(events.filter(({ type }) => type === 'egress')).toHaveLength(1);
    for (const spy of console) expect(spy).not.toHaveBeenCalled();
    await expect.poll(() => server.open(), { timeout: 10_000 }).toBe(0);
  },
);

test('a model that was never pulled: the sentence says how to fetch it', async () => {
  const { model } = await started(() => ({ text: 'hello' }), 'llama-none');
  const bench = await workbench();
  await bench.run(model);
  expect(bench.engine.view().run?.reason).toMatch(/has no model "llama-none"\. Fetch it with: ollama pull llama-none$/);
});

test('nobody there: the sentence says how to start it', async () => {
  const { server, model } = await started(() => ({}));
  await server.close();
  const bench = await workbench();
  const events = await bench.run(model);
  expect(bench.engine.view().run?.reason).toBe(`No Ollama answers at ${server.origin}. Start it with: ollama serve`);
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
