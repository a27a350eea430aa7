import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { namesOf } from '../support/httpWorld.ts';
import { workbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

// Programs that know of no proxy: their names are answered inside, and where those lead is the same door.

const run = (line: string) => [{ calls: [{ name: 'run_command', args: { command: line } }] }];
const output = (events: readonly AuditRecord[]): string =>
  events.flatMap(({ type, payload }) => (type === 'finished' ? [String(payload?.['output'])] : [])).join('\n');

/** Says what it gets back from a host, without any proxy. */
const TALK = `import socket, sys
host, port = sys.argv[1], int(sys.argv[2])
try:
    with socket.create_connection((host, port), timeout=60) as to:
        to.sendall(b'hello ' + host.encode() + b'\\n'); to.shutdown(socket.SHUT_WR)
        while chunk := to.recv(65536): sys.stdout.write(chunk.decode())
except Exception as error:
    print('failed:', type(error).__name__, error)
`;

async function echo(): Promise<{ port: number; got: string[] }> {
  const got: string[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => got.push(chunk.toString()));
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, got };
}

const world = (options: WorkbenchOptions): Promise<Workbench> =>
  workbench({
    ...{ files: { 'talk.py': TALK }, lookUp: namesOf({ 'db.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'] }) },
    ...options,
  });
const allowing = (port: number): string => `allowed_domains: ["db.test:${port}", "127.0.0.1:${port}"]\n`;

describe('without a proxy', () => {
  test('a host is reached at the port that the policy names: asked for, recorded and counted as any other', async () => {
    const server = await echo();
    const bench = await world({ userPolicy: allowing(server.port) });
    const events = await bench.run(run(`python3 talk.py db.test ${server.port}`));
    expect(output(events)).toContain('hello db.test');
    expect(server.got).toEqual(['hello db.test\n']);
    const egress = events.flatMap(({ type, data }) => (type === 'egress' && data['method'] === 'TCP' ? [data] : []));
    expect(egress).toMatchObject([{ origin: `tcp://db.test:${server.port}`, address: '127.0.0.1' }]);
    const facts = events.flatMap(({ type, data }) => (type === 'finished' ? [data['facts']] : []));
    expect(facts).toContainEqual({ connections: 1, sent: 14, received: 14 });
  });

  test('another name at the same port asks nobody and reaches nothing; the result says what would', async () => {
    const server = await echo();
    const bench = await world({ userPolicy: allowing(server.port) });
    const events = await bench.run(run(`python3 talk.py other.test ${server.port}`));
    expect(output(events)).toContain('failed: ConnectionRefusedError');
    expect(output(events)).toContain('[network: `other.test` was looked up, and then not connected to.');
    expect(server.got).toEqual([]);
    expect(bench.asked.map(({ tool }) => tool)).toEqual(['run_command']);
  });

  test('at port 80 a host that nobody named is asked about; a no is read there', async () => {
    const bench = await world({ answer: ({ tool }) => ({ choice: tool === 'connect' ? 'deny' : 'approve' }) });
    const events = await bench.run(run('python3 talk.py web.test 80; python3 talk.py web.test 443'));
    expect(bench.asked.map(({ title }) => title).slice(1)).toEqual(['Connect to web.test:80', 'Connect to web.test']);
    expect(output(events)).toMatch(/HTTP\/1.1 403 Forbidden[\s\S]*web.test:80 was not reached/);
    expect(output(events)).toContain('failed: ConnectionResetError');
  });

  test('a port of the policy is still free for a server of the command itself', async () => {
    const server = await echo();
    const bench = await world({ userPolicy: allowing(server.port) });
    const serve = `import socket; s = socket.create_server(('127.0.0.1', ${server.port})); print('mine')`;
    expect(output(await bench.run(run(`python3 -c "${serve}"`)))).toContain('mine');
  });
});

describe('names are answered inside, and go nowhere', () => {
  test.each([
    ['any name', 'a.b.example', 'found 127.7.0.'],
    ['a name that means this machine', 'x.localhost', 'none'],
    ['a name without a dot', 'intranet', 'none'],
    ['an address', '10.1.2.3.in-addr.arpa', 'found'],
    ['what cannot be a name', 'a%31.example', 'none'],
  ])('%s', async (_name, host, says) => {
    const looked: string[] = [];
    const bench = await world({
      lookUp: (name) => {
        looked.push(name);
        return Promise.resolve(['127.0.0.1']);
      },
      files: {
        'look.py': `import socket, sys
try: print('found', socket.getaddrinfo(sys.argv[1], 1)[0][4][0])
except Exception as error: print('none')
`,
      },
    });
    expect(output(await bench.run(run(`python3 look.py '${host}'`)))).toContain(says);
    expect(looked).toEqual([]);
  });
});
