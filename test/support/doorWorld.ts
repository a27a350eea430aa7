import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, onTestFinished } from 'vitest';
import type { Connecting, ConnectionLeave } from '../../src/core/egress/connecting.ts';
import { serveDoor } from '../../src/node/egress/commandDoor/serveDoor.ts';

/** What nobody caught during a test (`watchCrashes`). */
export const crashes: unknown[] = [];
const note = (error: unknown): void => {
  crashes.push(error);
};
/** For a file whose tests look at `crashes`. */
export function watchCrashes(): void {
  beforeEach(() => {
    crashes.length = 0;
    process.on('uncaughtException', note);
    process.on('unhandledRejection', note);
  });
  afterEach(() => {
    process.off('uncaughtException', note);
    process.off('unhandledRejection', note);
  });
}

export interface Door {
  port: number;
  asked: { host: string; port: number }[];
  sendings: { origin: string; method: string; path: string }[];
  count: { sent: number; received: number };
  failed: string[];
  end: () => void;
}

export async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A door on a port of loopback; the world behind it is what `options` say. */
export async function door(
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
    connecting: { connects, looked: () => undefined },
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
export async function outside(
  take: (socket: Socket) => void,
): Promise<{ port: number; open: Set<Socket>; got: string[] }> {
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
export async function say(
  port: number,
  words: string | Buffer,
  ms = 300,
  then?: (socket: Socket) => void,
): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let text = '';
  socket.on('error', () => undefined).on('data', (chunk) => (text += chunk.toString('latin1')));
  socket.write(words);
  then?.(socket);
  await Promise.race([new Promise((resolve) => socket.once('close', resolve).once('end', resolve)), pause(ms)]);
  socket.destroy();
  return text;
}

/** A request as a program sends it to a proxy. */
export const get = (port: number, path = '/', more = ''): string =>
  `GET http://api.test:${port}${path} HTTP/1.1\r\nHost: api.test\r\n${more}\r\n`;
