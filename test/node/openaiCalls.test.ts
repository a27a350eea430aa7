import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import { serve, type ModelServer } from '../support/modelServer.ts';
import { outcomes, workbench, type Workbench } from '../support/workbench.ts';

type Chunk = Record<string, unknown>;

const QUIET = 'confirm_actions: false\n';
const FILES = { 'a.txt': 'eins', 'b.txt': 'zwei' };

/** A server whose first reply has exactly these choices, one a chunk, and whose second is a word. */
async function bench(...choices: Chunk[]): Promise<Workbench & { server: ModelServer; go: () => Promise<string[]> }> {
  const server = await serve('/v1', [], async (_, response, number) => {
    const said = number === 0 ? choices : [{ delta: { content: 'done' } }, { delta: {}, finish_reason: 'stop' }];
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const choice of said) response.write(`data: ${JSON.stringify({ choices: [choice] })}\n\n`);
    await new Promise<void>((resolve) => response.end('data: [DONE]\n\n', resolve));
  });
  onTestFinished(() => server.close());
  const made = await workbench({ files: FILES, userPolicy: QUIET });
  const model = openAiModel({ model: 'm', baseUrl: server.url, apiKey: '' });
  return { ...made, server, go: async () => outcomes(await made.run(model)) };
}

const calls = (...list: Chunk[]): Chunk => ({ delta: { tool_calls: list } });
const END = { delta: {}, finish_reason: 'tool_calls' };
const call = (name: string, text: string, more: Chunk = {}): Chunk => ({
  ...more,
  function: { name, arguments: text },
});

test('the control: with questions off a deletion of its own is carried out', async () => {
  const { folder, go } = await bench(calls(call('delete_path', '{"path":"b.txt"}', { index: 0, id: 'x' })), END);
  expect(await go()).toEqual(['done']);
  expect(existsSync(join(folder, 'b.txt'))).toBe(false);
});

test('a deletion does not get the path of another call that came with the same index', async () => {
  const { folder, go } = await bench(
    calls(call('delete_path', '{"path":', { index: 0, id: 'x' })),
    calls(call('read_file', '"b.txt"}', { index: 0, id: 'y' })),
    END,
  );
  expect(await go()).toEqual(['failed:arguments', 'failed:arguments']);
  expect(existsSync(join(folder, 'b.txt'))).toBe(true);
});

test('pieces of another choice of the same reply are not mixed in', async () => {
  const { folder, go } = await bench(
    { index: 0, ...calls(call('delete_path', '{"path":', { index: 0, id: 'x' })) },
    { index: 1, ...calls({ index: 0, function: { arguments: '"b.txt"}' } }) },
    { index: 0, ...END },
  );
  expect(await go()).toEqual(['failed:arguments']);
  expect(existsSync(join(folder, 'b.txt'))).toBe(true);
});

test('a reply that mixes up its calls fails as a whole, with that sentence, and nothing of it is done', async () => {
  const made = await bench(
    calls(call('delete_path', '{"path":"a.txt"}', { index: 0, id: 'x' })),
    calls({ index: 1, function: { arguments: '{"path":"b.txt"}' } }),
    END,
  );
  expect(await made.go()).toEqual([]);
  expect(made.engine.view().run).toMatchObject({
    state: 'failed',
    reason: expect.stringMatching(
      /mixed up its tool calls \(arguments that belong to no call\).*none of them/,
    ) as string,
  });
  expect(existsSync(join(made.folder, 'a.txt'))).toBe(true);
});

test.each([
  ['without index', {}],
  ['all with index 0', { index: 0 }],
])('two whole calls %s are two calls, each answered', async (_, more) => {
  const { server, go } = await bench(
    calls(call('read_file', '{"path":"a.txt"}', { ...more, id: 'x' })),
    calls(call('read_file', '{"path":"b.txt"}', { ...more, id: 'y' })),
    END,
  );
  expect(await go()).toEqual(['done', 'done']);
  const { messages } = JSON.parse(server.requests[1]?.body ?? '{}') as {
    messages: { tool_call_id?: string; content: string }[];
  };
  const results = messages.filter(({ tool_call_id: id }) => id !== undefined);
  expect(results.map(({ tool_call_id: id }) => id)).toEqual(['x', 'y']);
  expect(results.map(({ content }) => content).join('|')).toMatch(/eins.*\|.*zwei/s);
});
