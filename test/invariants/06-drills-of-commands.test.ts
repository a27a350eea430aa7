import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { httpServer } from '../support/httpWorld.ts';
import { workbench } from '../support/workbench.ts';

// Invariant 6: a program in the sandbox with one allowed host, and all that it could try to bring a word elsewhere.

const DRILLS = readFileSync(join(import.meta.dirname, '../support/drills.py'), 'utf8');
const ALL = [...DRILLS.matchAll(/^def (\w+)\(\):$/gm)].map(([, name = '']) => name);

/** A server that takes whatever comes, and answers as HTTP. */
async function evil(): Promise<{ port: number; heard: () => string; listen: (path: string) => Promise<void> }> {
  const got: string[] = [];
  const take = (socket: Socket): void => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      got.push(chunk.toString('latin1'));
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
    });
  };
  const opened = async (where: string | number): Promise<number> => {
    const server = createServer(take);
    await new Promise<void>((resolve) => {
      if (typeof where === 'string') server.listen(where, resolve);
      else server.listen(where, '127.0.0.1', resolve);
    });
    onTestFinished(() => {
      server.close();
    });
    return typeof where === 'string' ? 0 : (server.address() as AddressInfo).port;
  };
  return {
    port: await opened(0),
    heard: () => got.join('\n'),
    listen: async (path) => {
      await opened(path);
    },
  };
}

async function drilled(isAllowed: boolean) {
  const bad = await evil();
  const good = await httpServer((response, { url }) => {
    const [, word] = /^\/to-evil\/(.*)/.exec(url) ?? [];
    if (word === undefined) response.end('fine');
    else response.writeHead(302, { location: `http://evil.test:${bad.port}/${word}` }).end();
  });
  const looked: string[] = [];
  const hosts = [`good.test:${good.port}`, `127.0.0.1:${good.port}`];
  if (isAllowed) hosts.push(`evil.test:${bad.port}`, `127.0.0.1:${bad.port}`);
  const bench = await workbench({
    files: { 'drills.py': DRILLS },
    userPolicy: `allowed_domains: ${JSON.stringify(hosts)}\nother_domains: deny\nsandbox: {network: allowed}\n`,
    lookUp: (name) => {
      looked.push(name);
      return Promise.resolve(['127.0.0.1']);
    },
  });
  await bad.listen(join(bench.folder, 'evil.sock'));
  await bad.listen(`\0oversign-drill-${bad.port}`);
  const line = `python3 drills.py ${good.port} ${bad.port}`;
  const events = await bench.run([{ calls: [{ name: 'run_command', args: { command: line } }] }]);
  const output = events.flatMap(({ type, payload }) => (type === 'finished' ? [String(payload?.['output'])] : []));
  const reached = ALL.filter((name) => bad.heard().includes(`word-${name}`));
  return { ...{ bench, events, good, reached, heard: bad.heard(), looked }, output: output.join('\n'), evil: bad.port };
}

const egressTo = (events: readonly AuditRecord[], port: number): unknown[] =>
  events.flatMap(({ type, data }) =>
    type === 'egress' && String(data['origin']).endsWith(`:${port}`) ? [data['origin']] : [],
  );

test('where the other host is not allowed, none of them gets a word there, and no name is asked about', async () => {
  const { reached, heard, looked, output, good, events, bench, evil: port } = await drilled(false);
  expect(output).toContain('[exit code 0]');
  expect([reached, heard]).toEqual([[], '']);
  expect([...new Set(looked)]).toEqual(['good.test']);
  expect(egressTo(events, port)).toEqual([]);
  // A host in a header alone changes nothing: the request goes where it was let through to.
  expect(good.got.map(({ url }) => url)).toEqual(expect.arrayContaining(['/']));
  expect(bench.asked.map(({ tool }) => tool)).toEqual(['run_command']);
});

test('the control: where it is allowed, those that go over the door arrive, each recorded, and no others', async () => {
  const { reached, events, looked, evil: port } = await drilled(true);
  expect(reached).toEqual([
    ...['plain_request', 'names_over_http', 'another_spelling', 'redirect_of_a_good_host', 'an_upgrade'],
    ...['tunnel_to_a_name', 'tunnel_to_an_address', 'tunnel_to_a_number', 'tunnel_to_octets'],
    ...['tunnel_to_an_address_in_another', 'socks_to_a_name', 'socks_to_a_number', 'socks_to_an_address'],
    'straight_to_a_name',
  ]);
  expect(egressTo(events, port)).toHaveLength(reached.length);
  expect([...new Set(looked)].sort()).toEqual(['evil.test', 'good.test']);
});
