import { createServer as createHttp } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { Connecting } from '../../../core/egress/connecting.ts';
import type { LookUp } from '../judgedAddress.ts';
import type { DoorParts } from './dial.ts';
import { answerConnect, answerHttp } from './httpDoor.ts';
import { lastWord } from './joined.ts';
import { answerSocks } from './socksDoor.ts';

/** More at once no program needs; each holds a descriptor here. */
const MOST_CONNECTIONS = 512;
const SOCKS_5 = 5;
/** Somebody who connects says something. */
const MOST_SILENT_MS = 60_000;
/** What is open is held against the policy so often. */
const LOOK_MS = 1000;

interface Door {
  connecting: Pick<Connecting, 'connects'>;
  lookUp: LookUp;
  /** Of the command. */
  signal: AbortSignal;
}

/**
 * The door of one command: HTTP with whole addresses, CONNECT (RFC 9110, 9.3.6) and SOCKS 5 (RFC 1928) on one port, told
 * apart by their first byte. What it returns ends it, with all that goes over it.
 */
export function serveDoor(server: Server, { connecting, lookUp, signal }: Door): () => void {
  const over = new AbortController();
  const parts: DoorParts = {
    ...{ connecting, lookUp, outside: new Map(), dialling: 0 },
    signal: AbortSignal.any([signal, over.signal]),
  };
  const inside = new Set<Socket>();
  const http = createHttp({ requestTimeout: 0, headersTimeout: 0 });
  http.on('request', (request, response) => {
    answerHttp(request, response, parts).catch(() => response.destroy());
  });
  http.on('connect', (request, socket: Socket, head: Buffer) => {
    answerConnect({ request, socket, head }, parts).catch(() => socket.destroy());
  });
  // Another protocol over a plain connection: what follows would be read by nobody.
  http.on('upgrade', (_request, socket: Socket) => {
    lastWord(socket, 'HTTP/1.1 501 Not Implemented\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  });
  http.on('clientError', (_error, socket: Socket) => {
    lastWord(socket, 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  server.maxConnections = MOST_CONNECTIONS;
  // A program that has said all may still be answered; it was opened elsewhere (doorNamespace.ts), without this.
  Object.assign(server, { allowHalfOpen: true });
  server.on('error', () => undefined);
  server.on('connection', (socket: Socket) => {
    inside.add(socket);
    socket.on('error', () => undefined); // from the first moment: the program may be gone
    socket.once('close', () => inside.delete(socket));
    socket.once('end', () => socket.end());
    socket.setTimeout(MOST_SILENT_MS, () => socket.destroy());
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.removeAllListeners('end');
      if (first[0] === SOCKS_5) {
        answerSocks(socket, first, parts).catch(() => socket.destroy());
        return;
      }
      socket.unshift(first);
      http.emit('connection', socket);
      socket.resume();
    });
  });
  const looking = setInterval(() => void endDenied(parts.outside), LOOK_MS);
  looking.unref();
  return () => {
    clearInterval(looking);
    over.abort(new Error('the command has ended'));
    server.close();
    for (const socket of [...inside, ...parts.outside.keys()]) socket.destroy();
  };
}

/** Ends what is open to hosts that the policy denies by now. */
async function endDenied(outside: DoorParts['outside']): Promise<void> {
  for (const [socket, { leave, address }] of [...outside]) {
    const why = await leave.endedBy(address).catch(() => undefined); // a policy that is not valid stops the run itself
    if (why === undefined) continue;
    leave.failed(why);
    socket.destroy();
  }
}
