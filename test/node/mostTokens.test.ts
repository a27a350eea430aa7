import { expect, onTestFinished, test } from 'vitest';
import { anthropicModel } from '../../src/node/models/anthropicModel.ts';
import { bodyOf, sendJson, serve, type ModelServer } from '../support/modelServer.ts';
import { workbench } from '../support/workbench.ts';

/** Anthropic's protocol, as far as a server refuses every number of tokens that is asked for. */
async function refusing(most: (asked: number) => number): Promise<ModelServer> {
  const server = await serve('', [], (request, response) => {
    const asked = Number(bodyOf(request)?.['max_tokens']);
    const message = `max_tokens: ${asked} > ${most(asked)}, which is the maximum allowed number of output tokens`;
    if (request.method === 'GET') sendJson(response, 404, { type: 'error', error: { type: 'not_found_error' } });
    else sendJson(response, 400, { type: 'error', error: { type: 'invalid_request_error', message } });
    return Promise.resolve();
  });
  onTestFinished(() => server.close());
  return server;
}

test.each<[what: string, most: (asked: number) => number, asked: number[]]>([
  ['one less each time', (asked) => asked - 1, [8192, 8191]],
  ['none at all', () => 0, [8192]],
])('a server that lets a reply have %s is asked no third time', async (_, most, asked) => {
  const server = await refusing(most);
  const bench = await workbench();
  await bench.run(anthropicModel({ model: 'test-model', baseUrl: server.url, apiKey: 'sk-test-key' }));
  expect(server.requests.map((request) => bodyOf(request)?.['max_tokens'])).toEqual(asked);
  expect(bench.engine.view().run).toMatchObject({
    ...{ state: 'failed', reason: expect.stringContaining('max_tokens: ') as string },
  });
});
