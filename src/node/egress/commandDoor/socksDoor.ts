import type { Socket } from 'node:net';
import { addressText } from '../../../core/egress/address.ts';
import { connectionOrigin } from '../../../core/egress/connecting.ts';
import { dial, type DoorParts, type Said } from './dial.ts';
import { joined, lastWord } from './joined.ts';

// SOCKS 5 (RFC 1928), without a password: the network namespace is the boundary.
const VERSION = 5;
const NO_PASSWORD = 0;
const NONE_OF_THEM = 0xff;
const CONNECT = 1;
const REPLY = { open: 0, refused: 2, unreachable: 4, noSuchCommand: 7, noSuchAddress: 8 } as const;

const MOST_MS = 30_000;
const TUNNEL: Said = { method: 'SOCKS', path: '', origin: (host, port) => connectionOrigin({ host, port }) };

/** Speaks with a program whose first bytes were these. Never throws. */
export async function answerSocks(socket: Socket, first: Buffer, parts: DoorParts): Promise<void> {
  const input = new Input(socket, first);
  try {
    const [, count = 0] = await input.take(2);
    const methods = await input.take(count);
    if (!methods.includes(NO_PASSWORD)) {
      lastWord(socket, Buffer.from([VERSION, NONE_OF_THEM]));
      return;
    }
    socket.write(Buffer.from([VERSION, NO_PASSWORD]));
    const [version, command, , kind] = await input.take(4);
    const host = version === VERSION ? await hostFrom(input, kind ?? 0) : undefined;
    if (host === undefined) {
      lastWord(socket, reply(REPLY.noSuchAddress));
      return;
    }
    const port = (await input.take(2)).readUInt16BE(0);
    if (command !== CONNECT) {
      lastWord(socket, reply(REPLY.noSuchCommand)); // nothing listens for it, and no datagram leaves
      return;
    }
    const dialled = await dial({ host, port }, TUNNEL, parts);
    if (dialled.kind !== 'open') {
      lastWord(socket, reply(dialled.kind === 'refused' ? REPLY.refused : REPLY.unreachable));
      return;
    }
    const { socket: outside } = dialled;
    socket.write(reply(REPLY.open));
    const early = input.rest();
    if (early.length > 0) outside.write(early);
    joined(socket, outside);
  } catch {
    socket.destroy();
  }
}

/** The host that is asked for; undefined where it is none. A byte that no name has is none: parsers end there. */
async function hostFrom(input: Input, kind: number): Promise<string | undefined> {
  switch (kind) {
    case 1:
      return addressText([...(await input.take(4))]);
    case 3: {
      const [length = 0] = await input.take(1);
      const name = await input.take(length);
      return name.length > 0 && name.every((byte) => byte >= 0x21 && byte <= 0x7e)
        ? name.toString('latin1')
        : undefined;
    }
    case 4:
      return `[${addressText([...(await input.take(16))])}]`.replace(/^\[([\d.]+)\]$/, '$1');
    default:
      return undefined;
  }
}

function reply(code: number): Buffer {
  return Buffer.from([VERSION, code, 0, 1, 0, 0, 0, 0, 0, 0]);
}

/** What comes from a program, by the byte; throws where it ends, or takes too long. */
class Input {
  readonly #socket: Socket;
  #kept: Buffer;

  constructor(socket: Socket, first: Buffer) {
    this.#socket = socket;
    this.#kept = first;
  }

  async take(count: number): Promise<Buffer> {
    while (this.#kept.length < count) this.#kept = Buffer.concat([this.#kept, await this.#more()]);
    const taken = this.#kept.subarray(0, count);
    this.#kept = this.#kept.subarray(count);
    return taken;
  }

  rest(): Buffer {
    return this.#kept;
  }

  #more(): Promise<Buffer> {
    const socket = this.#socket;
    return new Promise((resolve, reject) => {
      const done = (work: () => void): void => {
        clearTimeout(timer);
        socket.off('data', take).off('close', end).pause();
        work();
      };
      const take = (chunk: Buffer): void => {
        done(() => {
          resolve(chunk);
        });
      };
      const end = (): void => {
        done(() => {
          reject(new Error('it ended'));
        });
      };
      const timer = setTimeout(end, MOST_MS);
      socket.on('data', take).once('close', end).resume();
    });
  }
}
