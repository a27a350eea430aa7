import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, describe } from 'vitest';
import { ollamaModel } from '../../src/node/models/ollamaModel.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { httpServer, names } from '../support/httpWorld.ts';
import { ollamaServer } from '../support/ollamaServer.ts';
import { plant } from '../support/tree.ts';
import { outcomes, workbench, type Workbench } from '../support/workbench.ts';

// Maximum privacy in a real engine: each way out that a policy can open is open without it, and shut with it.

const GET = `import sys, urllib.request
try:
    print(urllib.request.urlopen(sys.argv[1], timeout=20).read().decode())
except Exception as error:
    print('failed:', error)
`;

const outputOf = (events: readonly AuditRecord[]): string =>
  events.flatMap(({ type, payload }) => (type === 'finished' ? [String(payload?.['output'])] : [])).join('\n');

/** A policy that opens every door to one server. */
const OPEN = (port: number): string => `
sandbox: {network: allowed}
allowed_domains: ["out.test:${port}", "127.0.0.1:${port}"]
tools: {api_calls: {enabled: true, require_confirmation: false}}
`;

test.each(['usual', 'maximum'] as const)('privacy: %s, with every door open in the policy', async (privacy) => {
  const server = await httpServer((response) => response.end('what came back'));
  const { change, looked } = names({ 'out.test': [['127.0.0.1']] });
  const bench = await workbench({
    ...{ files: { 'get.py': GET }, userPolicy: `${OPEN(server.port)}privacy: ${privacy}\n`, change },
    lookUp: (name) => {
      looked.push(name);
      return Promise.resolve(['127.0.0.1']);
    },
    answer: () => ({ choice: 'approve' }), // a person who says yes to everything
  });
  const url = `http://out.test:${server.port}/`;
  const events = await bench.run([
    { calls: [{ name: 'http_request', args: { url } }] },
    { calls: [{ name: 'run_command', args: { command: `python3 get.py ${url}` } }] },
  ]);
  if (privacy === 'usual') {
    expect(server.got).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'egress')).toHaveLength(2);
    return;
  }
  expect(outcomes(events)[0]).toBe('denied:privacy: maximum');
  expect(outputOf(events)).toContain('failed:');
  expect([server.got, looked]).toEqual([[], []]); // not even a name is looked up
  expect(events.filter(({ type }) => type === 'egress')).toEqual([]);
  const denied = events.find(({ type, data }) => type === 'decided' && data['verdict'] === 'deny');
  expect(denied?.payload?.['decision']).toMatchObject({
    origin: { layer: 'user', line: 5 },
    reason: 'Maximum privacy is on (user policy): nothing is sent to other hosts.',
  });
});

test.each(['usual', 'maximum'] as const)(
  'privacy: %s, with the sandbox switched off in the policy',
  async (privacy) => {
    const { port } = await httpServer((response) => response.end('from outside'));
    const bench = await workbench({
      files: { 'get.py': GET },
      userPolicy: `sandbox: false\nprivacy: ${privacy}\n`,
      answer: () => ({ choice: 'approve' }),
    });
    const command = `python3 get.py http://127.0.0.1:${port}/`;
    const events = await bench.run([{ calls: [{ name: 'run_command', args: { command } }] }]);
    const ran = outputOf(events);
    if (privacy === 'usual') expect(ran).toContain('from outside');
    else expect(ran).toContain('failed:');
    expect(events.some(({ type, data }) => type === 'started' && data['outside'] === true)).toBe(privacy === 'usual');
  },
);

test('a tool that forgets to ask is refused at the ledger, and its call is denied', async () => {
  const server = await httpServer((response) => response.end('x'));
  const calls = [{ calls: [{ name: 'http_request', args: { url: `http://127.0.0.1:${server.port}/` } }] }];
  const open = await workbench({ userPolicy: OPEN(server.port) });
  await open.run(calls);
  expect(server.got, 'control').toHaveLength(1);
  const shut: Workbench = await workbench({
    userPolicy: OPEN(server.port),
    change: (node) => {
      const { http } = node.parts;
      node.parts.http = {
        // It is turned on between the decision and the sending, and nobody judges the address any more.
        send: async (request, under) => {
          await plant(shut.config, { 'policy.yaml': `${OPEN(server.port)}privacy: maximum\n` });
          return http.send(request, { ...under, judge: () => undefined });
        },
      };
    },
  });
  const events = await shut.run(calls);
  expect(server.got).toHaveLength(1);
  expect(outputOf(events)).toContain('Maximum privacy is on (user policy): nothing goes to');
  expect(events.filter(({ type }) => type === 'egress')).toEqual([]);
});

describe('turned on while a run goes on', () => {
  /** A reply that takes many seconds, of a model that its server passes on. */
  async function streaming() {
    const server = await ollamaServer(() => ({ text: 'word '.repeat(2000), paceMs: 60 }), {
      show: { capabilities: ['tools'], remote_host: 'https://ollama.com:443' },
    });
    onTestFinished(() => server.close());
    const bench = await workbench({});
    const model = ollamaModel({ model: 'test-model', baseUrl: server.url });
    const begun = new Promise<void>((resolve) => {
      bench.engine.onChange(() => {
        if (JSON.stringify(bench.engine.view().run?.entries ?? '').includes('word word')) resolve();
      });
    });
    const running = bench.run(model);
    await begun;
    return { server, bench, running };
  }

  test('a reply from elsewhere ends in the middle of a word', async () => {
    const { server, bench, running } = await streaming();
    expect(server.open()).toBe(1);
    const at = performance.now();
    await plant(bench.config, { 'policy.yaml': 'privacy: maximum\n' });
    await running;
    expect(performance.now() - at).toBeLessThan(6000);
    expect(bench.engine.view().run).toMatchObject({ state: 'failed' });
    expect(bench.engine.view().run?.reason).toMatch(/^Maximum privacy is on \(user policy\): this model runs at/);
    await expect.poll(() => server.open()).toBe(0);
  });

  test('the control: another change of the policy ends nothing', async () => {
    const { server, bench, running } = await streaming();
    await plant(bench.config, { 'policy.yaml': 'privacy: usual\nmax_iterations: 3\n' });
    await new Promise((resolve) => setTimeout(resolve, 4000));
    expect(server.open()).toBe(1);
    await bench.engine.stop('the test has seen enough');
    await running;
  });

  test('a connection of a command ends too', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined).resume();
      socket.write('HTTP/1.1 200 OK\r\n\r\nhello\n');
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    const sockets = new Set<unknown>();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const bench = await workbench({
      files: { 'get.py': GET },
      userPolicy: OPEN(port),
      lookUp: () => Promise.resolve(['127.0.0.1']),
    });
    const command = `python3 get.py http://out.test:${port}/`;
    const running = bench.run([{ calls: [{ name: 'run_command', args: { command } }] }]);
    await expect.poll(() => sockets.size, { timeout: 20_000 }).toBe(1);
    await plant(bench.config, { 'policy.yaml': `${OPEN(port)}privacy: maximum\n` });
    await expect.poll(() => sockets.size, { timeout: 10_000 }).toBe(0);
    expect(outputOf(await running)).toContain('Maximum privacy is on');
  });
});
