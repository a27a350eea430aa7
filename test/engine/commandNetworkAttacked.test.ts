// What commands tried against the way out that they have; each with its control.
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { namesOf } from '../support/httpWorld.ts';
import { workbench, type Turn } from '../support/workbench.ts';

const run = (...lines: string[]): Turn[] =>
  lines.map((line) => ({ calls: [{ name: 'run_command', args: { command: line } }] }));
const ofTool = (events: readonly AuditRecord[], tool: string): AuditRecord[] => {
  const proposed = events.filter(({ type, data }) => type === 'proposed' && data['tool'] === tool);
  return events.filter(({ action }) => proposed.some((one) => one.action === action));
};

const outputs = (events: readonly AuditRecord[]): string =>
  ofTool(events, 'run_command')
    .flatMap(({ type, payload }) => (type === 'finished' ? [String(payload?.['output'])] : []))
    .join('\n');

async function far(take: (socket: Socket) => void = () => undefined) {
  const open = new Set<Socket>();
  const seen = { bytes: 0, connections: 0, open };
  const server = createServer((socket) => {
    open.add(socket);
    seen.connections += 1;
    socket.on('data', (chunk) => (seen.bytes += chunk.length));
    socket
      .on('error', () => undefined)
      .on('close', () => open.delete(socket))
      .on('end', () => open.delete(socket));
    take(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const one of open) one.destroy();
    server.close();
  });
  return { ...seen, seen, port: (server.address() as AddressInfo).port };
}
const lookUp = namesOf({ 'api.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'] });
const allowing = (port: number, more = ''): string =>
  `allowed_domains: ["api.test:${port}", "127.0.0.1:${port}"]\n${more}`;
/** A tunnel to a host, and what to do with it. */
const tunnel = (host: string, port: number, then: string): string => `const net = require('node:net');
const door = Number(process.argv[2] ?? new URL(process.env.HTTPS_PROXY).port);
const socket = net.connect(door, '127.0.0.1');
socket.on('error', (error) => console.log('error', error.code));
socket.write('CONNECT ${host}:${port} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n');
socket.once('data', (said) => { console.log(said.toString().slice(0, 12)); ${then} });`;

test.each([
  ['control: it is answered', true],
  ['nobody answers', false],
])('a command that ends while its question waits: %s', async (_name, isAnswered) => {
  const bench = await workbench({
    lookUp,
    files: { 'x.cjs': tunnel('other.test', 1, '') },
    answer: ({ tool }) =>
      tool === 'connect' && !isAnswered
        ? undefined
        : { choice: 'deny', ...(tool !== 'connect' && { choice: 'approve' }) },
  });
  const done = bench.run(run('node x.cjs & sleep 1.5; echo gone; kill %1; exit 0'));
  const first = await Promise.race([done.then(() => 'ended'), pause(12_000).then(() => 'still waiting')]);
  const [open] = bench.engine.view().approvals;
  if (open) bench.engine.answer(open.id, open.digest, { choice: 'approve' }, IN_EDITOR);
  const events = await done;
  expect(first).toBe('ended');
  // Nothing is begun for a command that is gone.
  if (!isAnswered) expect(ofTool(events, 'connect').map(({ type }) => type)).not.toContain('started');
});

test.each([
  ['control: sleeping', 'setTimeout(() => undefined, 60000)'],
  [
    'hammering at an allowed host',
    `const net = require('node:net'); const door = Number(new URL(process.env.HTTPS_PROXY).port);
     const one = () => { const s = net.connect(door, '127.0.0.1'); s.on('error', () => undefined); s.once('close', () => setImmediate(one)); s.once('data', () => s.destroy()); s.write('CONNECT api.test:PORT HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); };
     for (let i = 0; i < 60; i += 1) one(); setTimeout(() => process.exit(), 25000);`,
  ],
])('the time of a command goes on: %s', async (_name, program) => {
  const server = await far((socket) => socket.end());
  const bench = await workbench({
    lookUp,
    files: { 'x.cjs': program.replace('PORT', String(server.port)) },
    userPolicy: allowing(server.port, 'tools: {code_execution: {timeout: 3}}\n'),
  });
  const events = await bench.run(run('node x.cjs'));
  const [finished] = ofTool(events, 'run_command').filter(({ type }) => type === 'finished');
  expect(finished?.data['facts']).toMatchObject({ ending: 'timeout' });
});

describe('a policy that changes while connections are open', () => {
  test.each([
    ['control: nothing', undefined, true],
    ['the host is denied', 'denied_domains: [api.test]\n', false],
    ['the address is denied', 'denied_domains: ["127.0.0.1"]\n', false],
    ['no network', 'sandbox: {network: none}\n', false],
    ['not allowed any more', 'NOTHING', false],
  ])('%s', async (_name, more, goesOn) => {
    const got: string[] = [];
    const server = await far((socket) => {
      got.push('new');
      socket.on('data', (chunk) => {
        const text = chunk.toString();
        got.push(text);
        if (text !== 'first' || more === undefined) return;
        writeFileSync(
          join(bench.config, 'policy.yaml'),
          more === 'NOTHING' ? '# nothing\n' : allowing(server.port, more),
        );
      });
    });
    const bench = await workbench({
      lookUp,
      files: {
        'x.cjs': tunnel(
          'api.test',
          server.port,
          `socket.write('first'); setTimeout(() => socket.write('second'), 2500);
           setTimeout(() => { const other = net.connect(door, '127.0.0.1'); other.on('error', () => undefined); other.write('CONNECT api.test:${server.port} HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n');
             other.once('data', (said) => { console.log('again', said.toString()); process.exit(); }); }, 3000)`,
        ),
      },
      userPolicy: allowing(server.port),
      answer: ({ tool }) => ({ choice: tool === 'connect' ? 'deny' : 'approve' }),
    });
    await bench.run(run('node x.cjs'));
    expect.soft(got.includes('second'), 'the open tunnel').toBe(goesOn);
    expect.soft(got.filter((one) => one === 'new').length, 'connections').toBe(goesOn ? 2 : 1);
  });
});

test.each([
  ['control: its own door', false],
  ["the other command's door", true],
])('a command goes through no door but its own: %s', async (_name, goesThroughOther) => {
  const approvals: string[] = [];
  const bench = await workbench({
    lookUp: () => Promise.resolve([]), // where it is let through, it leads nowhere: 502; refused is 403
    files: {
      // The first: approved by a person, goes on in the background.
      'first.cjs': tunnel('ask.test', 9, 'setTimeout(() => undefined, 60000)'),
      'second.cjs': tunnel('ask.test', 9, 'process.exit()'),
      'ports.cjs': `const fs = require('node:fs'); const own = Number(new URL(process.env.HTTPS_PROXY).port);
        const all = fs.readFileSync('/proc/net/tcp', 'utf8').split('\\n').slice(1).filter(Boolean).map((l) => l.trim().split(/\\s+/)).filter((f) => f[3] === '0A').map((f) => parseInt(f[1].split(':')[1], 16));
        console.error('listening', all.length); console.log(all.filter((p) => ${goesThroughOther ? 'p !== own' : 'p === own'})[0]);`,
    },
    userPolicy: 'tools: {code_execution: {timeout: 30}}\n',
    answer: ({ tool, title }) => {
      if (tool !== 'connect') return { choice: 'approve' };
      approvals.push(title);
      return { choice: approvals.length === 1 ? 'approve' : 'deny' };
    },
  });
  const events = await bench.run([
    { calls: [{ name: 'run_command', args: { command: 'node first.cjs', background: true } }] },
    ...run('node second.cjs $(node ports.cjs)'),
  ]);
  // Of the other door there is nothing to be seen; through its own it is decided about for itself.
  expect(approvals).toHaveLength(goesThroughOther ? 1 : 2);
  expect(outputs(events)).toContain('listening 3');
  expect(outputs(events).match(/HTTP\//g)).toHaveLength(goesThroughOther ? 1 : 2);
});

const ASK = `const net = require('node:net'); const door = Number(new URL(process.env.HTTPS_PROXY).port);
for (const host of process.argv.slice(2)) { const s = net.connect(door, '127.0.0.1'); s.on('error', () => undefined); s.once('data', (d) => { console.log(host, d.toString().slice(0, 12)); s.destroy(); });
 s.write('CONNECT ' + host + ' HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); }`;

test('Stop while a question waits: it ends, and says so', async () => {
  const bench = await workbench({
    files: { 'x.cjs': ASK },
    answer: ({ tool }) => (tool === 'connect' ? undefined : { choice: 'approve' }),
  });
  const done = bench.run(run('node x.cjs a.test:1 b.test:1'));
  await pause(3000);
  await bench.engine.stop('enough');
  await done;
  expect(bench.engine.view().approvals).toEqual([]);
});

test('two questions at once: while one waits still, the run says that it waits', async () => {
  const bench = await workbench({
    files: { 'x.cjs': ASK },
    answer: ({ tool, title }) =>
      tool === 'connect' ? (title.includes('a.test') ? { choice: 'deny' } : undefined) : { choice: 'approve' },
  });
  const done = bench.run(run('node x.cjs a.test:1 b.test:1'));
  await pause(3500);
  const { approvals, run: shown } = bench.engine.view();
  for (const one of approvals) bench.engine.answer(one.id, one.digest, { choice: 'deny' }, IN_EDITOR);
  await done;
  expect(approvals).toHaveLength(1);
  expect(JSON.stringify(shown?.state)).toContain('waiting');
});

test('what is remembered for one host covers no other port, and every spelling of the same', async () => {
  const bench = await workbench({
    files: { 'x.cjs': ASK },
    lookUp: () => Promise.resolve([]),
    answer: ({ tool, grantOffers: [offer] }) =>
      tool === 'connect' && offer
        ? { choice: 'approve-and-grant', grant: { offer: offer.id, until: { kind: 'run' } } }
        : { choice: 'approve' },
  });
  await bench.run(
    run(
      'node x.cjs a.test:443',
      'node x.cjs A.TEST.:443 a.test:443',
      'node x.cjs a.test:80',
      'node x.cjs b.a.test:443',
    ),
  );
  expect(bench.asked.filter(({ tool }) => tool === 'connect').map(({ title }) => title)).toEqual([
    'Connect to a.test',
    'Connect to a.test:80',
    'Connect to b.a.test',
  ]);
});
