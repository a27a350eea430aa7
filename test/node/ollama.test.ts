import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Model } from '../../src/core/models/port.ts';
import { ollamaModel } from '../../src/node/models/ollamaModel.ts';
import type { Misbehaviour, ModelServer, ServerScript } from '../support/modelServer.ts';
import { ollamaServer, type OllamaServerOptions } from '../support/ollamaServer.ts';
import { playedStory } from '../support/playedStory.ts';
import { sampleStory } from '../support/sampleStory.ts';
import { outcomes, workbench } from '../support/workbench.ts';

async function started(
  script: ServerScript,
  { model: name = 'test-model', ...options }: OllamaServerOptions = {},
): Promise<{ server: ModelServer; model: Model }> {
  const server = await ollamaServer(script, options);
  onTestFinished(() => server.close());
  return { server, model: ollamaModel({ model: name, baseUrl: server.url }) };
}

test('the demo’s story over Ollama’s protocol: files, decisions and egress are as they should be', async () => {
  const { server, model } = await started(sampleStory());
  const { bench, events } = await playedStory(model);
  expect(server.problems).toEqual([]);

  expect(server.asides.map(({ path }) => path)).toEqual(['/api/show']);
  const [about, ...egress] = events.filter(({ type }) => type === 'egress');
  expect(about?.payload).toMatchObject({ path: '/api/show', contentOf: [] });
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

/** Servers that are in trouble are asked again. */
const ASKED: Partial<Record<Misbehaviour, number>> = {
  ...{ 'too-many': 6, 'server-error': 6, 'cut-off': 6, 'ends-early': 6, 'error-in-stream': 6 },
};
const EXPECTED: [Misbehaviour, RegExp][] = [
  ['unauthorized', /answered with an error \(401\): unauthorized/],
  ['not-found', /has no model "test-model"\. Fetch it with: ollama pull test-model/],
  ['too-many', /too many requests.*\(429\): server busy/],
  ['server-error', /answered with an error \(500\): llama runner/],
  ['redirect', /answered with a redirect, and none is followed\./],
  ['cut-off', /broke in the middle of the reply/],
  ['ends-early', /ended in the middle of its reply/],
  ['endless-text', /The model did not stop: its reply went over 200000 characters/],
  ['garbage', /does not answer as Ollama does/],
  ['html', /answered with a web page, not as a model’s server does\. Check/],
  ['error-in-stream', /failed in the middle of its reply: an error was encountered while running the model/],
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
    const requests = ASKED[misbehave] ?? 1;
    expect(server.requests).toHaveLength(requests);
    // The model was asked about, too.
    expect(events.filter(({ type }) => type === 'egress')).toHaveLength(requests + 1);
    for (const spy of console) expect(spy).not.toHaveBeenCalled();
    await expect.poll(() => server.open(), { timeout: 10_000 }).toBe(0);
  },
);

test('a model that was never pulled: the sentence says how to fetch it', async () => {
  const { model } = await started(() => ({ text: 'hello' }), { model: 'llama-none' });
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

interface Sent {
  options: { num_ctx: number };
  truncate: boolean;
}
const roomOf = (server: ModelServer): number[] =>
  server.requests.map(({ body }) => {
    const { options, truncate } = JSON.parse(body) as Sent;
    expect(truncate).toBe(false);
    return options.num_ctx;
  });

test('the model gets the room that the conversation needs, and grows no further than it was made for', async () => {
  const show = { capabilities: ['tools'], model_info: { 'llama.context_length': 100_000 }, parameters: 'stop "x"' };
  const long = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e'].map((name) => [`${name}.txt`, `${name} word\n`.repeat(9000)]),
  );
  const files = Object.keys(long);
  const { server, model } = await started(
    (_, number) => {
      const path = files[number];
      return path === undefined ? { text: 'done' } : { calls: [{ name: 'read_file', args: { path } }] };
    },
    { show },
  );
  const bench = await workbench({ files: long });
  await bench.run(model);
  expect(bench.engine.view().run?.state).toBe('finished');
  expect(model.contextTokens).toBe(100_000);
  const rooms = roomOf(server);
  expect(rooms[0]).toBe(16_384);
  expect(rooms.at(-1)).toBeGreaterThan(16_384);
  expect(Math.max(...rooms)).toBeLessThanOrEqual(100_000);
  expect([...rooms].sort((a, b) => a - b)).toEqual(rooms);
  // What was sent always fits: a token is at least as many characters as are reckoned.
  for (const [index, { body }] of server.requests.entries())
    expect(Math.min(body.length / 3, 100_000)).toBeLessThanOrEqual(rooms[index] ?? 0);
});

test('what its own file says counts where that is more', async () => {
  const { server, model } = await started(() => ({ text: 'hello' }), {
    show: { capabilities: ['tools'], parameters: 'num_ctx                        65536\nstop "x"' },
  });
  await (await workbench()).run(model);
  expect(roomOf(server)).toEqual([65_536]);
});

test('a model that cannot call tools is not asked, and one that can is named', async () => {
  const { server, model } = await started(() => ({ text: 'hello' }), { show: { capabilities: ['completion'] } });
  const bench = await workbench();
  await bench.run(model);
  expect(bench.engine.view().run?.reason).toMatch(/^test-model cannot call tools.*such as: ollama pull \w+/);
  expect(server.requests).toEqual([]);
});

test('a server that knows nothing of /api/show is asked all the same', async () => {
  const { server, model } = await started(() => ({ text: 'hello' }), { show: { capabilities: 7, model_info: [1] } });
  const bench = await workbench();
  await bench.run(model);
  expect(bench.engine.view().run?.state).toBe('finished');
  expect(roomOf(server)).toEqual([16_384]);
});

test('a model that runs at a service is one of another machine, whatever is installed here', async () => {
  const options = { show: { capabilities: ['tools'], remote_host: 'https://ollama.com:443' } };
  const { server, model } = await started(() => ({ text: 'hello' }), options);
  const bench = await workbench({ userPolicy: 'model: {allow_cloud: false}\n' });
  await bench.run(model);
  expect(bench.engine.view().run?.reason).toMatch(
    /lets no prompt go to another machine .*runs at https:\/\/ollama\.com:443/,
  );
  expect(server.requests).toEqual([]);
  const byName = ollamaModel({ model: 'gpt-oss:120b-cloud', baseUrl: server.url });
  expect(byName.destination).toMatch(/runs in Ollama’s cloud: all of it goes there\.$/);
  // The control: without such a policy it is asked.
  const open = await workbench();
  await open.run(model);
  expect(open.engine.view().run?.state).toBe('finished');
});
