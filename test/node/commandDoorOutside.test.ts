import { type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { crashes, door, get, outside, say, watchCrashes } from '../support/doorWorld.ts';

// The door alone, on this machine's loopback: what answers outside.

watchCrashes();

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
