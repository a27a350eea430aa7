import { createSocket } from 'node:dgram';
import { connect, createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { crashes, door, get, listening, outside, say, watchCrashes } from '../support/doorWorld.ts';
import { MadeUpNames } from '../../src/node/egress/commandDoor/madeUpNames.ts';
import { serveDoor } from '../../src/node/egress/commandDoor/serveDoor.ts';

// The door alone, on this machine's loopback: what comes over its port.

watchCrashes();

describe('a hostile program', () => {
  test.each<[string, string | Buffer]>([
    ['no http', '\u0000\u0001\u0002\r\n\r\n'],
    ['huge header', `GET http://api.test/ HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`],
    [
      'both lengths',
      'POST http://api.test/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET http://evil.test/ HTTP/1.1\r\nHost: x\r\n\r\n',
    ],
    ['no host', 'GET /path HTTP/1.1\r\nHost: api.test\r\n\r\n'],
    ['https', 'GET https://api.test/ HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['user', 'GET http://a:b@api.test/ HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['connect path', 'CONNECT api.test:80/x HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['connect nothing', 'CONNECT : HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['h2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['expect odd', 'GET http://api.test/ HTTP/1.1\r\nHost: x\r\nExpect: something\r\n\r\n'],
    ['socks 4', Buffer.from([4, 1, 0, 80, 1, 2, 3, 4, 0])],
    ['socks bind', Buffer.from([5, 1, 0, 5, 2, 0, 1, 1, 2, 3, 4, 0, 80])],
    ['socks odd address', Buffer.from([5, 1, 0, 5, 1, 0, 9, 1, 2, 3])],
    ['socks NUL', Buffer.from([5, 1, 0, 5, 1, 0, 3, 3, 97, 0, 98, 0, 80])],
    ['socks no method', Buffer.from([5, 0])],
  ])('%s reaches nothing and breaks nothing', async (name, words) => {
    const one = await door();
    await say(one.port, words, 200);
    await say(one.port, words, 200, (socket) => setTimeout(() => socket.resetAndDestroy(), 20));
    expect(one.sendings).toEqual([]);
    expect(crashes).toEqual([]);
    // The control: the door still works.
    const far = await outside((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nhi')));
    expect(await say(one.port, get(far.port))).toContain('hi');
  });

  test('an upgrade is not taken: the request is one like any other, and what follows it is no part of it', async () => {
    const one = await door();
    const far = await outside((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nhi')));
    const upgrade = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n';
    expect(await say(one.port, `${get(far.port, '/', upgrade)}GET /smuggled HTTP/1.1\r\n\r\n`)).toContain('hi');
    expect(far.got[0]).toMatch(/^GET \/ HTTP\/1\.1\r\n/);
    expect(far.got.join('')).not.toMatch(/upgrade|h2c|http2|smuggled/i);
  });

  test.each<[string, string]>([
    ['control: a length', 'POST\r\nContent-Length: 30'],
    ['a GET in chunks', 'GET\r\nTransfer-Encoding: chunked'],
    ['a GET whose length is named as of the connection', 'GET\r\nConnection: content-length\r\nContent-Length: 39'],
    ['a DELETE in chunks', 'DELETE\r\nTransfer-Encoding: chunked'],
  ])('one request stays one: %s', async (name, kind) => {
    const [method = '', ...headers] = kind.split('\r\n');
    const hidden = 'GET /hidden HTTP/1.1\r\nHost: evil\r\n\r\n';
    const one = await door();
    const far = await outside((socket) => setTimeout(() => socket.end('HTTP/1.1 200 OK\r\n\r\nhi'), 200));
    const body = headers.some((one_) => /chunked/.test(one_))
      ? `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`
      : hidden.padEnd(39).slice(0, Number(/\d+$/.exec(headers.at(-1) ?? '')?.[0]));
    await say(
      one.port,
      `${method} http://api.test:${far.port}/seen HTTP/1.1\r\nHost: x\r\n${headers.join('\r\n')}\r\n\r\n${body}`,
      600,
    );
    const [got = ''] = far.got;
    expect(got).toContain('/seen');
    // Its body must be framed, by a length or in chunks.
    expect(/content-length|transfer-encoding/i.test(got.split('\r\n\r\n')[0] ?? '')).toBe(true);
  });

  test('requests in a row on one connection open no more than a command may have', async () => {
    const one = await door();
    const far = await outside(() => undefined);
    const socket = connect(one.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(get(far.port).repeat(1500));
    await pause(3000);
    const most = far.open.size;
    socket.destroy();
    await pause(500);
    one.end();
    await pause(500);
    expect.soft(most).toBeLessThanOrEqual(256);
    expect.soft(far.open.size).toBe(0);
    expect(crashes).toEqual([]);
  });

  test('a request, and a CONNECT right behind it', async () => {
    const one = await door();
    const far = await outside((socket) => {
      socket.once('data', () => setTimeout(() => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'), 200));
    });
    await say(one.port, `${get(far.port)}CONNECT api.test:${far.port} HTTP/1.1\r\nHost: x\r\n\r\nhello`, 800);
    expect(crashes).toEqual([]);
    one.end();
    await pause(200);
    expect(far.open.size).toBe(0);
  });
});

describe('what is left open', () => {
  test.each<[string, (port: number) => string | Buffer]>([
    ['CONNECT', (port) => `CONNECT no.test:${port} HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['SOCKS', (port) => Buffer.from([5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port & 255])],
    ['HTTP', (port) => `GET http://no.test:${port}/ HTTP/1.1\r\nHost: x\r\n\r\n`],
    ['bad CONNECT', () => `CONNECT nonsense HTTP/1.1\r\nHost: x\r\n\r\n`],
  ])('%s: many that are refused, one after the other, do not shut the door', async (name, words) => {
    const one = await door({ decide: ({ host }) => Promise.resolve(host === 'api.test' ? undefined : 'no') });
    const far = await outside((socket) => socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\n\r\nhi')));
    for (let turn = 0; turn < 520; turn += 1) {
      await new Promise<void>((resolve) => {
        const socket = connect(one.port, '127.0.0.1');
        socket.on('error', () => undefined).on('data', () => undefined);
        socket.once('close', () => resolve());
        socket.write(words(far.port));
      });
    }
    await pause(100);
    expect(await say(one.port, get(far.port), 1000)).toContain('hi');
  });

  test.each<[string, boolean, (port: number) => string]>([
    ['HTTP control', false, (port) => get(port)],
    ['HTTP', true, (port) => get(port)],
    [
      'HTTP with half a body',
      true,
      (port) => `POST http://api.test:${port}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc`,
    ],
    ['CONNECT', true, (port) => `CONNECT api.test:${port} HTTP/1.1\r\nHost: x\r\n\r\nhello`],
  ])('%s: a program that has gone while a person decides (gone: %s)', async (name, isGone, words) => {
    const decided = Promise.withResolvers<undefined>();
    const one = await door({ decide: () => decided.promise });
    const far = await outside(() => undefined);
    const socket = connect(one.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(words(far.port));
    await pause(100);
    if (isGone) socket.destroy();
    await pause(100);
    decided.resolve(undefined);
    await pause(300);
    one.end();
    await pause(300);
    socket.destroy();
    expect(far.open.size).toBe(0);
    expect(crashes).toEqual([]);
  });

  test.each([
    ['control', false],
    ['the command ends while the record is written', true],
  ])('%s', async (name, endsBefore) => {
    const written = Promise.withResolvers<undefined>();
    const one = await door({ permit: () => written.promise });
    const far = await outside(() => undefined);
    const socket = connect(one.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`CONNECT api.test:${far.port} HTTP/1.1\r\nHost: x\r\n\r\nhello`);
    await pause(100);
    if (endsBefore) one.end();
    await pause(50);
    written.resolve(undefined);
    await pause(300);
    if (endsBefore) expect(far.got).toEqual([]);
    else expect(far.got).toEqual(['hello']);
    one.end();
    socket.destroy();
    await pause(200);
    expect(far.open.size).toBe(0);
  });
});

test.each([
  ['the program ends its half first', 'program'],
  ['the server ends its half first', 'server'],
])('a tunnel carries each way for itself: %s', async (name, who) => {
  const one = await door();
  const far = await outside((socket) => {
    if (who === 'program') socket.on('end', () => setTimeout(() => socket.end('late answer'), 100));
    else {
      socket.once('data', () => socket.end('early end'));
    }
  });
  const text = await say(
    one.port,
    `CONNECT api.test:${far.port} HTTP/1.1\r\nHost: x\r\n\r\nhello`,
    1000,
    who === 'program' ? (socket) => setTimeout(() => socket.end('last words'), 50) : undefined,
  );
  expect(text).toContain(who === 'program' ? 'late answer' : 'early end');
  expect(far.got.join('')).toContain('hello');
});

test('programs that know of no proxy have no connections beside those that a command may have', async () => {
  const proxy = createServer();
  const [names, questions, over] = [new MadeUpNames(), createSocket('udp4'), new AbortController()];
  const at = names.addressOf('api.test')?.join('.') ?? '';
  const ways = [createServer(), createServer()];
  await listening(proxy);
  for (const way of ways) await new Promise<void>((resolve) => way.listen(0, at, resolve));
  // At the port of HTTP a no is told, and the program may take its time to read it.
  const servers = ways.map((server) => ({ server, port: 80 }));
  const straight = { names, questions, servers };
  const connecting = { connects: () => Promise.resolve({ refused: 'no' }), looked: () => undefined };
  const lookUp = (): Promise<readonly string[]> => Promise.resolve([]);
  const close = serveDoor(proxy, { connecting, straight, lookUp, signal: over.signal });
  const sockets = ways.flatMap((way) => {
    const { port } = way.address() as AddressInfo;
    return Array.from({ length: 400 }, () => connect({ port, host: at, allowHalfOpen: true }));
  });
  for (const socket of sockets) socket.on('error', () => undefined);
  await pause(2000);
  const counts = await Promise.all(ways.map((way) => promisify(way.getConnections.bind(way))()));
  expect(counts.reduce((all, one) => all + one, 0)).toBeLessThanOrEqual(512);
  expect(Math.max(...counts)).toBeGreaterThan(100); // the control: those that were taken are still there
  for (const socket of sockets) socket.destroy();
  close();
});
