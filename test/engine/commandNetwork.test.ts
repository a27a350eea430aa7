import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { proposeAlways } from '../../src/node/policy/alwaysProposal.ts';
import type { PolicyChange } from '../../src/shared/policyChange.ts';
import type { Answer } from '../../src/shared/approval.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { httpServer, namesOf } from '../support/httpWorld.ts';
import { workbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

// Commands in the sandbox reach hosts through the door and in no other way: each host is decided by a call of its own.

const run = (...lines: string[]) =>
  lines.map((line) => ({ calls: [{ name: 'run_command', args: { command: line } }] }));

/** Gets these addresses, one after the other, and prints what comes, or why nothing did. */
const GET = `import sys, urllib.request
for url in sys.argv[1:]:
    try:
        print(urllib.request.urlopen(url, timeout=60).read().decode())
    except Exception as error:
        print('failed:', error, getattr(error, 'read', lambda: b'')().decode())
`;
const get = (...urls: string[]): string => `python3 get.py ${urls.join(' ')}`;

const ofTool = (events: readonly AuditRecord[], tool: string): AuditRecord[] => {
  const proposed = events.filter(({ type, data }) => type === 'proposed' && data['tool'] === tool);
  return events.filter(({ action }) => proposed.some((one) => one.action === action));
};
const output = (events: readonly AuditRecord[]): string =>
  ofTool(events, 'run_command')
    .flatMap(({ type, payload }) => (type === 'finished' ? [String(payload?.['output'])] : []))
    .join('\n');
const dataOf = (events: readonly AuditRecord[], type: string) =>
  ofTool(events, 'connect').flatMap((event) => (event.type === type ? [event.data] : []));

async function world(options: WorkbenchOptions = {}): Promise<Workbench> {
  return workbench({
    ...{ files: { 'get.py': GET }, lookUp: namesOf({ 'api.test': ['127.0.0.1'], 'other.test': ['127.0.0.1'] }) },
    ...options,
  });
}

/** The policy under which `api.test` is an allowed host that may lead to this machine. */
const allowing = (port: number, more = ''): string =>
  `allowed_domains: ["api.test:${port}", "127.0.0.1:${port}"]\n${more}`;
/** The same of the address alone: of `other.test` nothing is said. */
const answering = (connect: Answer['choice']): WorkbenchOptions => ({
  answer: ({ tool }) => ({ choice: tool === 'connect' ? connect : 'approve' }),
});

describe('over the door', () => {
  test('an allowed host is reached, as often as the command likes: recorded before, counted after', async () => {
    const server = await httpServer((response) => response.end('hello from outside'));
    const bench = await world({ userPolicy: allowing(server.port) });
    const at = `http://API.test.:${server.port}`;
    const events = await bench.run(run(get(`${at}/a?b=c`, `${at}/d`)));
    expect(output(events).match(/hello from outside/g)).toHaveLength(2);
    expect(server.got.map(({ url, host }) => [host, url])).toEqual([
      [`api.test.:${server.port}`, '/a?b=c'],
      [`api.test.:${server.port}`, '/d'],
    ]);
    expect(bench.asked.map(({ tool, where }) => [tool, where])).toEqual([
      ['run_command', ['in ./', 'sandbox, network by host']],
    ]);
    expect(dataOf(events, 'egress')).toEqual(
      [1, 2].map(() => ({
        ...{ purpose: 'connection of a command', origin: `http://api.test:${server.port}`, method: 'GET', bytes: 0 },
        address: '127.0.0.1',
      })),
    );
    expect(dataOf(events, 'finished')).toEqual([
      expect.objectContaining({ status: 'done', facts: expect.objectContaining({ connections: 2 }) as unknown }),
    ]);
    const order = ofTool(events, 'connect').map(({ type }) => type);
    expect(order).toEqual(['proposed', 'decided', 'started', 'egress', 'egress', 'finished']);
    const [proposed] = ofTool(events, 'connect');
    expect(proposed?.data['within']).toBe(ofTool(events, 'run_command')[0]?.action);
    expect(events.filter(({ type }) => type === 'flags').at(-1)?.data).toMatchObject({
      untrusted: true,
      outward: true,
    });
  });

  test('a tunnel (CONNECT) and SOCKS carry whatever there is, and all of it is counted', async () => {
    const echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket));
    await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      echo.close();
    });
    const { port } = echo.address() as AddressInfo;
    const program = `const net = require('node:net');
      const { port } = new URL(process.env.HTTPS_PROXY);
      const name = Buffer.from('api.test');
      const hello = { connect: [Buffer.from('CONNECT api.test:${port} HTTP/1.1\\r\\n\\r\\n')],
        socks: [Buffer.from([5, 1, 0]), Buffer.concat([Buffer.from([5, 1, 0, 3, name.length]), name, Buffer.from([${port >> 8}, ${port & 255}])])] };
      (async () => { for (const [way, words] of Object.entries(hello)) {
        const socket = net.connect(Number(port), '127.0.0.1');
        const next = () => new Promise((resolve) => socket.once('data', resolve));
        for (const word of words) { socket.write(word); const said = await next(); console.log(way, JSON.stringify(said.toString('latin1').slice(0, 12))); }
        socket.write('x'.repeat(100000)); let got = 0;
        await new Promise((done) => socket.on('data', (chunk) => { got += chunk.length; if (got === 100000) done(); }));
        console.log(way, got); socket.destroy(); } })();`;
    const bench = await world({ files: { 'both.cjs': program }, userPolicy: allowing(port) });
    const events = await bench.run(run('node both.cjs'));
    expect(output(events)).toContain('connect "HTTP/1.1 200"');
    expect(output(events)).toContain('connect 100000\nsocks "\\u0005\\u0000"\nsocks "\\u0005\\u0000');
    expect(output(events)).toContain('socks 100000');
    expect(dataOf(events, 'egress').map(({ method, origin }) => [method, origin])).toEqual([
      ['CONNECT', `tcp://api.test:${port}`],
      ['SOCKS', `tcp://api.test:${port}`],
    ]);
    expect(dataOf(events, 'finished')).toEqual([
      expect.objectContaining({ facts: { connections: 2, sent: 200_000, received: 200_000 } }),
    ]);
  });

  test('a host that nobody named asks, with the command that wants it; a yes lets it through, once for the command', async () => {
    const server = await httpServer((response) => response.end('reached'));
    const bench = await world({
      ...answering('approve'),
      // The address may be reached by whoever is approved; of the name nobody has said anything.
      userPolicy: `allowed_domains: ["127.0.0.1:${server.port}"]\n`,
    });
    const events = await bench.run(run(get(`http://other.test:${server.port}/`)));
    expect(bench.asked.map(({ tool, title }) => [tool, title])).toEqual([
      ['run_command', expect.any(String)],
      ['connect', `Connect to other.test:${server.port}`],
    ]);
    expect(JSON.stringify(bench.asked[1]?.card.blocks)).toContain('python3 get.py http://other.test');
    // Approved, it leads to this machine: a name must be allowed for that itself.
    expect(output(events)).toContain('leads to `127.0.0.1`');
    expect(server.got).toEqual([]);
  });

  test('what an approval is remembered for: the host, for every command of the run', async () => {
    const server = await httpServer((response) => response.end('reached'));
    const bench = await world({
      userPolicy: `allowed_domains: ["127.0.0.1:${server.port}", "api.test:1"]\n`,
      lookUp: namesOf({ 'api.test': ['127.0.0.1'] }),
      answer: ({ tool, grantOffers: [offer] }) => ({
        choice: 'approve',
        ...(tool === 'connect' &&
          offer && { choice: 'approve-and-grant', grant: { offer: offer.id, until: { kind: 'run' } } }),
      }),
    });
    const events = await bench.run(run(get('http://api.test:2/'), get('http://api.test:2/ # again')));
    expect(bench.asked.map(({ tool }) => tool)).toEqual(['run_command', 'connect', 'run_command']);
    expect(ofTool(events, 'connect').flatMap(({ type, data }) => (type === 'decided' ? [data['rule']] : []))).toEqual([
      'other-host',
      'grant',
    ]);
  });

  test('a no is told to the program and to the model, and is not asked for again', async () => {
    const bench = await world(answering('deny'));
    const events = await bench.run(run(get('http://other.test/a', 'http://other.test/b')));
    expect(bench.asked.map(({ tool }) => tool)).toEqual(['run_command', 'connect']);
    expect(output(events)).toMatch(
      /failed: HTTP Error 403: Forbidden other\.test:80 was not reached: The user denied this/,
    );
    expect(output(events)).toContain('[network: other.test:80 was not reached: The user denied this.');
    expect(dataOf(events, 'egress')).toEqual([]);
  });

  test('what is denied is not asked about, and what the policy leaves without a network has none', async () => {
    const denied = await world({ ...answering('approve'), userPolicy: 'denied_domains: [test]\n' });
    expect(output(await denied.run(run(get('http://other.test/'))))).toContain('Not allowed (denied_domains)');
    expect(denied.asked.map(({ tool }) => tool)).toEqual(['run_command']);
    const none = await world({ ...answering('approve'), userPolicy: 'sandbox: {network: none}\n' });
    const events = await none.run(run(`env | grep -ci proxy; ${get('http://other.test/')}`));
    expect(output(events)).toMatch(/^0\nfailed: <urlopen error/);
    expect(none.asked.map(({ where }) => where)).toEqual([['in ./', 'sandbox, no network']]);
  });

  test('the time of a command stands still while a person decides', async () => {
    const bench = await workbench({
      files: { 'get.py': GET },
      userPolicy: 'tools: {code_execution: {timeout: 4}}\n',
      answer: ({ tool }) => (tool === 'connect' ? undefined : { choice: 'approve' }),
    });
    let asked = 0;
    bench.engine.onChange(() => {
      const [approval] = bench.engine.view().approvals.filter(({ tool }) => tool === 'connect');
      if (!approval || asked > 0) return;
      asked = performance.now();
      setTimeout(() => bench.engine.answer(approval.id, approval.digest, { choice: 'deny' }, IN_EDITOR), 6000);
    });
    const events = await bench.run(run(get('http://other.test/')));
    expect(asked).toBeGreaterThan(0);
    expect(output(events)).toContain('[exit code 0]');
  });
});

test('always: the host stands in the policy that is shown, and the next run does not ask', async () => {
  const server = await httpServer((response) => response.end('reached'));
  const bench = await world({ ...answering('approve'), userPolicy: `allowed_domains: ["127.0.0.1:${server.port}"]\n` });
  const file = bench.node.userPolicy;
  let proposed: PolicyChange | undefined;
  bench.engine.onChange(() => {
    const [approval] = bench.engine.view().approvals.filter(({ tool }) => tool === 'connect');
    const action = approval && bench.engine.desk.action(approval.id, approval.digest);
    if (action)
      proposeAlways(action, 'this folder', { file, roots: [bench.folder], home: '/home/u' }).then(
        (change) => (proposed ??= change),
        () => undefined,
      );
  });
  const line = get(`http://api.test:${server.port}/`);
  await bench.run(run(line));
  expect(bench.asked.map(({ alwaysOffer }) => alwaysOffer)).toContain(
    `api.test:${server.port} as a host that commands reach, in every workspace`,
  );
  expect(proposed?.after).toMatch(new RegExp(`- "?api\\.test:${server.port}"?\\n$`));
  await writeFile(file, proposed?.after ?? '');
  bench.asked.length = 0;
  expect(output(await bench.run(run(`${line} # again`)))).toContain('reached');
  expect(bench.asked.map(({ tool }) => tool)).toEqual(['run_command']);
});

describe('and in no other way', () => {
  test('nothing of this machine or of any network is there but the door', async () => {
    const server = await httpServer((response) => response.end('reached'));
    const attempts = [
      `exec 3<>/dev/tcp/127.0.0.1/${server.port}`,
      'exec 3<>/dev/udp/8.8.8.8/53',
      'exec 3<>/dev/tcp/169.254.169.254/80',
      `python3 -c "import socket; socket.getaddrinfo('localhost.evil', 80) and socket.create_connection(('127.0.0.1', 80)).recv(1)[0]"`,
    ];
    const lines = attempts.map((one, index) => `(${one}) 2>/dev/null && echo out ${index} || echo held ${index}`);
    const bench = await world({
      ...{ ...answering('approve'), userPolicy: allowing(server.port) },
      files: { 'probe.sh': [...lines, 'tail -n +3 /proc/net/dev | cut -d: -f1'].join('\n'), 'get.py': GET },
    });
    const events = await bench.run(run('bash probe.sh'));
    expect(output(events)).toMatch(/held 0\nheld 1\nheld 2\nheld 3\n\s*lo\n/);
    expect(server.got).toEqual([]);
    // The control: over the door it is.
    expect(output(await bench.run(run(get(`http://api.test:${server.port}/`))))).toContain('reached');
  });

  test.each([
    ['another spelling of an address', 'http://0x7f.1:PORT/', /leads to|is an address|this machine/],
    ['an address in disguise', 'http://[::ffff:127.0.0.1]:PORT/', /this machine/],
    ['the metadata of a cloud', 'http://169.254.169.254/latest/', /where clouds keep credentials|local link/],
    ['a name that leads to this machine', 'http://other.test:PORT/', /this machine/],
    ['a user in the address', 'http://user:secret@other.test:PORT/', /400/],
  ])('%s is judged as what it is', async (_name, url, words) => {
    const server = await httpServer((response) => response.end('reached'));
    const bench = await world(answering('approve'));
    const events = await bench.run(run(get(`'${url.replace('PORT', String(server.port))}'`)));
    expect(output(events)).toMatch(words);
    expect(server.got).toEqual([]);
  });
});
