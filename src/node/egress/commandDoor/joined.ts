import type { Socket } from 'node:net';

/** What comes at one end goes out at the other, each way for itself; where one breaks off, so does the other. */
export function joined(one: Socket, other: Socket): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', () => to.destroy());
    from.once('close', () => to.destroySoon());
    if (from.destroyed) to.destroy(); // it has been gone before anybody listened
    from.pipe(to);
  }
}

const MOST_CLOSING_MS = 5000;

/** A last word to a program, which is then gone: also where it goes on talking. */
export function lastWord(socket: Socket, word: string | Uint8Array): void {
  socket.on('error', () => undefined);
  socket.end(word);
  socket.resume();
  socket.once('end', () => socket.destroySoon());
  setTimeout(() => socket.destroy(), MOST_CLOSING_MS).unref();
}
