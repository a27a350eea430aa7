import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ExposureFold } from '../../src/core/exposure/exposureFold.ts';
import { ExposureDesk } from '../../src/extension/exposureDesk.ts';
import { exposedParts } from '../../src/extension/exposedParts.ts';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import { exposureIn } from '../../src/node/exposure/receiptOf.ts';
import { ExposureSchema, type Destination, type Exposure } from '../../src/shared/exposure.ts';
import type { ExposureNode } from '../../src/shared/exposureTree.ts';
import { httpServer, names, namesOf } from '../support/httpWorld.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

// What is told of what has left is what others counted: servers, and the log.

async function lastExposure(bench: Workbench): Promise<Exposure> {
  const run = bench.engine.view().run?.id ?? '';
  const paged = await new ExposureDesk(bench.node, bench.engine).ofRun(run);
  // All ways of reading the log say the same.
  const fold = new ExposureFold(run);
  for (const event of await bench.node.audit.events(run)) fold.add(event);
  expect(paged).toEqual(fold.result());
  expect(exposureIn(bench.node.audit.file, run).fold.result()).toEqual(paged);
  return ExposureSchema.parse(paged);
}

function at({ destinations }: Exposure, name: string): Destination['purposes'][number] {
  const purpose = destinations.find(({ destination }) => destination === name)?.purposes[0];
  if (!purpose) throw new Error(`nothing went to ${name}: ${destinations.map((one) => one.destination).join()}`);
  return purpose;
}

test('a command’s connection: bytes as the server counted them, both ways; the command by its name', async () => {
  const counted = { sent: 0 };
  const server = createServer((socket) => {
    socket.on('data', (chunk) => (counted.sent += chunk.length));
    socket.on('error', () => undefined);
    socket.end('y'.repeat(4321));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const program = `const net = require('node:net'); const { port } = new URL(process.env.HTTPS_PROXY);
    const socket = net.connect(Number(port), '127.0.0.1', () => socket.write('CONNECT api.test:${port} HTTP/1.1\\r\\n\\r\\n'));
    socket.once('data', () => { socket.end('x'.repeat(1234)); socket.resume(); });`;
  const bench = await workbench({
    files: { 'send.cjs': program },
    lookUp: namesOf({ 'api.test': ['127.0.0.1'], 'evil.test': ['192.0.2.1'] }),
    userPolicy: `allowed_domains: ["api.test:${port}", "127.0.0.1:${port}"]\ndenied_domains: [evil.test]\n`,
  });
  await bench.run([
    { calls: [{ name: 'run_command', args: { command: 'node send.cjs' } }] },
    { calls: [{ name: 'run_command', args: { command: 'curl -s -m 5 http://evil.test/; true' } }] },
  ]);
  const exposure = await lastExposure(bench);
  const purpose = at(exposure, `api.test:${port}`);
  expect(counted.sent).toBe(1234);
  expect(purpose).toMatchObject({
    ...{ purpose: 'connection of a command', knows: 'bytes', sendings: 1, addresses: ['127.0.0.1'] },
    ...{ sent: { bytes: 1234, isLeast: false }, received: { bytes: 4321, isLeast: false } },
    content: [{ entry: `?${bench.folder}/` }],
    senders: [{ title: expect.stringContaining('node send.cjs') as unknown, sent: 1234, received: 4321, end: 'ended' }],
  });
  expect(exposure.refused).toMatchObject([
    { destination: 'evil.test:80', by: 'policy', rule: 'denied_domains', purpose: 'connection of a command' },
  ]);
});

test('a request of a tool: its body and the reply, as the server had them', async () => {
  const server = await httpServer((response) => response.end('z'.repeat(77)));
  const { change } = names({ 'api.test': [['127.0.0.1']] });
  const bench = await workbench({
    change,
    userPolicy: `allowed_domains: ["api.test:${server.port}", "127.0.0.1:${server.port}"]\ntools:\n  api_calls:\n    enabled: true\n`,
  });
  const url = `http://api.test:${server.port}/x`;
  await bench.run([{ calls: [{ name: 'http_request', args: { method: 'POST', url, body: 'grüße' } }] }]);
  const exposure = await lastExposure(bench);
  expect(exposure.answered).toBe(0); // replies to requests are no answers of models
  const purpose = at(exposure, `api.test:${server.port}`);
  const [got] = server.got;
  expect(purpose).toMatchObject({
    sent: { bytes: Buffer.byteLength(got?.body ?? ''), isLeast: false },
    received: { bytes: 77, isLeast: false },
    methods: ['POST'],
    senders: [{ title: `Send POST ${url}`, end: 'ended' }],
  });
});

test('prompts: bytes of the bodies that the server got, the files that were in them, and nothing hidden in the tree', async () => {
  const server = await openAiServer(
    (request) =>
      request.results.length === 0 ? { calls: [{ name: 'read_file', args: { path: 'src/a.ts' } }] } : { text: 'Read.' },
    { apiKey: 'sk-test-key' },
  );
  onTestFinished(() => server.close());
  const bench = await workbench({ files: { 'src/a.ts': 'export const a = 1;\n', '.env': 'KEY=1' } });
  const model = openAiModel({ baseUrl: server.url, model: 'scripted-1', apiKey: 'sk-test-key' });
  await bench.run(model);
  const exposure = await lastExposure(bench);
  const name = new URL(server.url).host;
  const purpose = at(exposure, name);
  expect(purpose.sent).toEqual({
    bytes: server.requests.reduce((sum, { body }) => sum + Buffer.byteLength(body), 0),
    isLeast: false,
  });
  expect(exposure.destinations[0]?.place).toBe('machine');
  expect(purpose.content).toEqual([{ entry: join(bench.folder, 'src/a.ts'), sendings: 1, firstTurn: 2, lastTurn: 2 }]);
  expect(exposure.answered).toBeGreaterThan(0);
  expect(purpose.received).toEqual({ bytes: exposure.answered, isLeast: false });
  // The tree: of all parts, whatever is below.
  const desk = new ExposureDesk(bench.node, bench.engine);
  onTestFinished(() => {
    desk.dispose();
  });
  const source = exposedParts({ exposure: desk } as never, 'Prompts go nowhere.');
  const lines: string[] = [];
  const walk = async (nodes: ExposureNode[], depth: number): Promise<void> => {
    for (const one of nodes) {
      lines.push(`${'  '.repeat(depth)}${one.label}${one.description === undefined ? '' : ` | ${one.description}`}`);
      expect(one.spoken).not.toBe('');
      await walk(typeof one.below === 'string' ? await source.below(one.below) : one.below, depth + 1);
    }
  };
  const parts = await source.parts();
  await walk(parts, 0);
  expect(new Set(lines.filter((line) => !line.startsWith(' ')))).toEqual(
    new Set([
      'Can be seen | by the agent, under the policy',
      'Has left, last run | do it',
      'Has left, all runs | of this workspace',
    ]),
  );
  const text = lines.join('\n');
  expect(text).toContain('source and settings | 1');
  expect(text).toContain('likely secrets, which ask first | 1');
  expect(text).toContain('Prompts | Prompts go nowhere.');
  expect(text).toContain('src/a.ts | in 1 request, turn 2');
  expect(text).toContain(`  ${name} | `);
});

test('two looks at a run that goes on count nothing twice, and what was erased is not shown any more', async () => {
  const server = await httpServer((response) => response.end('ok'));
  const bench = await workbench({
    userPolicy: `allowed_domains: ["127.0.0.1:${server.port}"]\ntools:\n  api_calls:\n    enabled: true\n    require_confirmation: false\n`,
  });
  const desk = new ExposureDesk(bench.node, bench.engine);
  onTestFinished(() => {
    desk.dispose();
  });
  const url = `http://127.0.0.1:${server.port}/`;
  await bench.run([1, 2, 3].map(() => ({ calls: [{ name: 'http_request', args: { url } }] })));
  const run = bench.engine.view().run?.id ?? '';
  const all = await Promise.all([desk.ofRun(run), desk.ofRun(run), desk.together(), desk.ofRun(run)]);
  expect(at(all[0], `127.0.0.1:${server.port}`).sendings).toBe(3);
  expect(all[1]).toEqual(all[0]);
  expect(all[3]).toEqual(all[0]);
  expect(all[2].destinations).toMatchObject([{ sendings: 3, ofRuns: [{ run, task: 'do it' }] }]);
  bench.engine.newRun();
  await bench.node.audit.erase({ scope: 'run', run });
  expect((await desk.ofRun(run)).task).toBeNull();
  expect((await desk.receipt(run)).exposure.texts.erased).toBeGreaterThan(0);
});
