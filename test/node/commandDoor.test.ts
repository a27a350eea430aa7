import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Connecting, ConnectionLeave } from '../../src/core/egress/connecting.ts';
import { serveDoor } from '../../src/node/egress/commandDoor/serveDoor.ts';

// The door alone, on this machine's loopback: what comes over its port, and what answers outside.

const crashes: unknown[] = [];
const note = (error: unknown): void => {
  crashes.push(error);
};
beforeEach(() => {
  crashes.length = 0;
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);
});
afterEach(() => {
  process.off('uncaughtException', note);
  process.off('unhandledRejection', note);
});

interface Door {
  port: number;
  asked: { host: string; port: number }[];
  sendings: { origin: string; method: string; path: string }[];
  count: { sent: number; received: number };
  failed: string[];
  end: () => void;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function door(
  options: {
    decide?: (wanted: { host: string; port: number }) => Promise<string | undefined>;
    permit?: () => Promise<void>;
    lookUp?: (name: string) => Promise<readonly string[]>;
  } = {},
): Promise<Door> {
  const server = createServer();
  const port = await listening(server);
  const over = new AbortController();
  const [asked, sendings, failed]: [Door['asked'], Door['sendings'], string[]] = [[], [], []];
  const count = { sent: 0, received: 0 };
  const connects: Connecting['connects'] = async (wanted) => {
    asked.push(wanted);
    const refused = await options.decide?.(wanted);
    if (refused !== undefined) return { refused };
    const leave: ConnectionLeave = {
      ...wanted,
      judge: () => undefined,
      permit: async (sending) => {
        sendings.push(sending);
        await options.permit?.();
        return { received: () => undefined, endedBy: () => Promise.resolve(undefined) };
      },
      sent: (bytes) => (count.sent += bytes),
      received: (bytes) => (count.received += bytes),
      connected: () => undefined,
      failed: (why) => failed.push(why),
      endedBy: () => Promise.resolve(undefined),
    };
    return leave;
  };
  const close = serveDoor(server, {
    connecting: { connects },
    lookUp: options.lookUp ?? (() => Promise.resolve(['127.0.0.1'])),
    signal: over.signal,
  });
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    over.abort(new Error('the command has ended'));
    close();
  };
  onTestFinished(end);
  return { port, asked, sendings, count, failed, end };
}

/** A server outside that does with each connection what it is told. */
async function outside(take: (socket: Socket) => void): Promise<{ port: number; open: Set<Socket>; got: string[] }> {
  const open = new Set<Socket>();
  const got: string[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    open.add(socket);
    const place = got.push('') - 1;
    socket.on('data', (chunk) => (got[place] = `${got[place] ?? ''}${chunk.toString('latin1')}`));
    // What the other side ended is not open any more, whether by a FIN or a reset.
    socket
      .on('error', () => undefined)
      .on('close', () => open.delete(socket))
      .on('end', () => open.delete(socket));
    take(socket);
  });
  const port = await listening(server);
  onTestFinished(() => {
    for (const one of open) one.destroy();
    server.close();
  });
  return { port, open, got };
}

/** Says this, and what came until it ended or until so many milliseconds have passed. */
async function say(port: number, words: string | Buffer, ms = 300, then?: (socket: Socket) => void): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.on('error', () => undefined).on('data', (chunk) => (text += chunk.toString('latin1')));
  socket.write(words);
  then?.(socket);
  await Promise.race([new Promise((resolve) => socket.once('close', resolve).once('end', resolve)), pause(ms)]);
  socket.destroy();
  return text;
}

const get = (port: number, path = '/', more = ''): string =>
  `GET http://api.test:${port}${path} HTTP/1.1\r\nHost: api.test\r\n${more}\r\n`;

describe('a server outside that answers badly', () => {
  test.each<[string, string]>([
    ['control', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'],
    ['status 099', 'HTTP/1.1 099 X\r\nContent-Length: 2\r\n\r\nhi'],
    ['status 000', 'HTTP/1.1 000 X\r\nContent-Length: 2\r\n\r\nhi'],
    ['status 999', 'HTTP/1.1 999 X\r\nContent-Length: 2\r\n\r\nhi'],
    ['101 unasked', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nabc'],
    ['101 plain', 'HTTP/1.1 101 Switching\r\n\r\nabc'],
    ['102 and 103 and 200', 'HTTP/1.1 102 P\r\n\r\nHTTP/1.1 103 E\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhi'],
    ['huge headers', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`],
    ['many headers', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(2500)}\r\n`],
    ['bad chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n'],
    ['both lengths', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n1\r\na\r\n0\r\n\r\n'],
    ['two answers', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nho'],
    ['no http', '\u0000\u0001\u0002'.repeat(100)],
    ['latin header', 'HTTP/1.1 200 OK\r\nX: \xff\xfe\t\x80\r\nContent-Length: 2\r\n\r\nhi'],
    ['strange names', 'HTTP/1.1 200 OK\r\n__proto__: x\r\nconstructor: y\r\nContent-Length: 2\r\n\r\nhi'],
    ['connection names all', 'HTTP/1.1 200 OK\r\nConnection: content-length, x\r\nX: 1\r\nContent-Length: 2\r\n\r\nhi'],
    ['204 with a body', 'HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\nhi'],
    ['trailers', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: x\r\n\r\n1\r\na\r\n0\r\nx: y\r\n\r\n'],
    ['te gzip', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc'],
    ['status text with high bytes', 'HTTP/1.1 200 \xff\xfe\r\nContent-Length: 2\r\n\r\nhi'],
    ['short body', 'HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhi'],
    ['bad length', 'HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nhi'],
  ])('%s: nothing breaks, and the program is told', async (name, answer) => {
    const one = await door();
    const far = await outside((socket) => {
      socket.once('data', () => socket.end(Buffer.from(answer, 'latin1')));
    });
    const text = await say(one.port, get(far.port), 700);
    expect(crashes).toEqual([]);
    // An answer that breaks off in its middle is a connection that does.
    if (!/chunks|204/.test(name)) expect(text).toMatch(/^HTTP\/1\.1 \d\d\d/);
    await pause(50);
    expect(far.open.size).toBe(0);
  });

  test.each<[string, (socket: Socket) => void]>([
    ['reset at once', (socket) => socket.resetAndDestroy()],
    ['reset after the request', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['end at once', (socket) => socket.end()],
    [
      'answered before it was asked',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi');
      },
    ],
  ])('%s, over all three ways', async (_way, take) => {
    const one = await door();
    const far = await outside(take);
    const http = await say(one.port, get(far.port), 500);
    await say(one.port, `CONNECT api.test:${far.port} HTTP/1.1\r\nHost: x\r\n\r\nhello`, 300);
    const name = Buffer.from('api.test');
    await say(
      one.port,
      Buffer.concat([
        Buffer.from([5, 1, 0, 5, 1, 0, 3, name.length]),
        name,
        Buffer.from([far.port >> 8, far.port & 255]),
        Buffer.from('hello'),
      ]),
      300,
    );
    expect(crashes).toEqual([]);
    expect(http).toMatch(/^HTTP\/1\.1 /);
    await pause(100);
    expect(far.open.size).toBe(0);
  });
});

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
    ['upgrade', 'GET http://api.test/ HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nabc'],
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
