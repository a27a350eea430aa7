import type { Socket as Datagrams } from 'node:dgram';
import { createServer as createHttp } from 'node:http';
import type { Server, Socket } from 'node:net';
import type { Connecting } from '../../../core/egress/connecting.ts';
import type { LookUp } from '../judgedAddress.ts';
import type { DoorParts } from './dial.ts';
import { answerConnect, answerHttp } from './httpDoor.ts';
import { lastWord } from './joined.ts';
import type { MadeUpNames } from './madeUpNames.ts';
import { answerNames, closed } from './nameServer.ts';
import { answerSocks } from './socksDoor.ts';
import { answerStraight } from './straightDoor.ts';

/** More at once no program needs, by all ways together; each holds a descriptor here. */
const MOST_CONNECTIONS = 512;
const SOCKS_5 = 5;
/** Somebody who connects says something. */
const MOST_SILENT_MS = 60_000;
/** What is open is held against the policy so often. */
const LOOK_MS = 1000;

/** What listens for programs that know of no proxy: for their names, and where those then lead. */
export interface StraightWays {
  names: MadeUpNames;
  questions: Datagrams;
  servers: readonly { port: number; server: Server }[];
}

interface Door {
  connecting: Pick<Connecting, 'connects' | 'looked'>;
  straight?: StraightWays | undefined;
  lookUp: LookUp;
  /** Of the command. */
  signal: AbortSignal;
}

/**
 * The door of one command: HTTP with whole addresses, CONNECT (RFC 9110, 9.3.6) and SOCKS 5 (RFC 1928) on one port, told
 * apart by their first byte. What it returns ends it, with all that goes over it.
 */
export function serveDoor(server: Server, { connecting, straight, lookUp, signal }: Door): () => void {
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
  // Nobody takes an `Upgrade`: the request is answered as if it were not there (RFC 9110, 7.8), as cargo expects of HTTP/2.
  http.on('clientError', (_error, socket: Socket) => {
    lastWord(socket, 'HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  const taking = (from: Server, take: (socket: Socket) => void): void => {
    // A program that has said all may still be answered; it was opened elsewhere (doorNamespace.ts), without this.
    Object.assign(from, { allowHalfOpen: true });
    from.on('error', () => undefined);
    from.on('connection', (socket: Socket) => {
      socket.on('error', () => undefined); // from the first moment: the program may be gone
      if (inside.size >= MOST_CONNECTIONS) {
        socket.destroy();
        return;
      }
      inside.add(socket);
      socket.once('close', () => inside.delete(socket));
      take(socket);
    });
  };
  taking(server, (socket) => {
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
  if (straight) {
    for (const { port, server: way } of straight.servers)
      taking(way, (socket) => {
        answerStraight(socket, port, straight.names, parts).catch(() => socket.destroy());
      });
    answerNames(straight.questions, straight.names, (name) => {
      connecting.looked(name);
    });
  }
  const looking = setInterval(() => void endDenied(parts.outside), LOOK_MS);
  looking.unref();
  return () => {
    clearInterval(looking);
    over.abort(new Error('the command has ended'));
    for (const one of [server, ...(straight?.servers ?? []).map((way) => way.server)]) one.close();
    if (straight) closed(straight.questions);
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
