import { connect, type Socket } from 'node:net';
import type { Connecting, ConnectionLeave } from '../../../core/egress/connecting.ts';
import { reasonText } from '../../../core/outcome.ts';
import { Forbidden } from '../../../core/scope/guard.ts';
import { isLoopback } from '../loopback.ts';
import { causeOf } from '../causeOf.ts';
import { judgedAddress, type LookUp } from '../judgedAddress.ts';

const MOST_DIALLING_MS = 30_000;
/** Open ones and those on their way, for one command: each is a descriptor of this process. */
const MOST_AT_ONCE = 256;

/** What the door of one command works with. */
export interface DoorParts {
  connecting: Pick<Connecting, 'connects'>;
  /** Who says where names lead. */
  lookUp: LookUp;
  /** Of the command: afterwards nothing is dialled. */
  signal: AbortSignal;
  /** What is open to the outside, with the leave that it is open by, and the address. */
  outside: Map<Socket, { leave: ConnectionLeave; address: string }>;
  /** How many are on their way. */
  dialling: number;
}

/** A connection that was decided about: open, refused by a decision, or not to be had. `words`: for the program. */
export type Dialled =
  { kind: 'open'; socket: Socket } | { kind: 'refused'; words: string } | { kind: 'failed'; words: string };

/** What is recorded of it beside where it leads. */
export interface Said {
  method: string;
  path: string;
  origin: (host: string, port: number) => string;
}

/** Decides, looks the name up once, judges every answer, records, and connects to exactly that address. Never throws. */
export async function dial(wanted: { host: string; port: number }, said: Said, parts: DoorParts): Promise<Dialled> {
  if (parts.outside.size + parts.dialling >= MOST_AT_ONCE)
    return { kind: 'failed', words: `This command has ${MOST_AT_ONCE} connections at once already.` };
  parts.dialling += 1;
  try {
    return await dialled(wanted, said, parts);
  } finally {
    parts.dialling -= 1;
  }
}

async function dialled(wanted: { host: string; port: number }, said: Said, parts: DoorParts): Promise<Dialled> {
  const { connecting, lookUp, signal, outside } = parts;
  const leave = await connecting.connects(wanted);
  if ('refused' in leave) return { kind: 'refused', words: leave.refused };
  const { host, port, judge } = leave;
  try {
    signal.throwIfAborted();
    const { address, family } = await judgedAddress(host, { judge, lookUp, signal });
    await leave.permit({
      ...{ origin: said.origin(host, port), method: said.method, path: said.path, bytes: 0, address },
      isLocal: isLoopback(host),
    });
    signal.throwIfAborted(); // while it was recorded
    const socket = await connected({ address, family, port }, signal);
    outside.set(socket, { leave, address });
    socket.once('close', () => outside.delete(socket));
    leave.connected();
    counted(socket, leave);
    return { kind: 'open', socket };
  } catch (error) {
    const isDenied = error instanceof Forbidden;
    const words = isDenied ? error.decision.reason : `${host}:${port} was not reached: ${wordsOf(error)}`;
    if (!signal.aborted) leave.failed(words);
    return { kind: isDenied ? 'refused' : 'failed', words };
  }
}

/** Counts what goes over an open connection. */
function counted(socket: Socket, leave: ConnectionLeave): void {
  let [sent, received] = [0, 0];
  const count = (): void => {
    leave.sent(socket.bytesWritten - sent);
    leave.received(socket.bytesRead - received);
    [sent, received] = [socket.bytesWritten, socket.bytesRead];
  };
  const timer = setInterval(count, 1000);
  socket.once('close', () => {
    clearInterval(timer);
    count();
  });
}

function connected(to: { address: string; family: 4 | 6; port: number }, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    // Each way ends for itself: who has said all may still be answered.
    const socket = connect({ host: to.address, family: to.family, port: to.port, allowHalfOpen: true });
    const end = (why: unknown): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      socket.destroy();
      reject(why instanceof Error ? why : new Error('stopped'));
    };
    const stop = (): void => {
      end(signal.reason);
    };
    const timer = setTimeout(() => {
      end(new Error(`no connection in ${MOST_DIALLING_MS / 1000} s`));
    }, MOST_DIALLING_MS);
    socket.once('error', end);
    socket.once('connect', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      socket.off('error', end);
      socket.on('error', () => undefined); // its end says it
      resolve(socket);
    });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
}

function wordsOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? causeOf(error) : reasonText(error);
}
