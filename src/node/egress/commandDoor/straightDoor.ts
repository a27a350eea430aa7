import type { Socket } from 'node:net';
import { connectionOrigin } from '../../../core/egress/connecting.ts';
import { dial, type DoorParts, type Said } from './dial.ts';
import { joined, lastWord } from './joined.ts';
import { plainAnswer } from './plainAnswer.ts';
import type { MadeUpNames } from './madeUpNames.ts';

const HTTP = 80;
const STRAIGHT: Said = { method: 'TCP', path: '', origin: (host, port) => connectionOrigin({ host, port }) };

/**
 * A program that knows of no proxy has connected to an address that was made up for a name: it is joined with that host,
 * whatever it says there (no name in it is looked at). Never throws.
 */
export async function answerStraight(
  socket: Socket,
  port: number,
  names: MadeUpNames,
  parts: DoorParts,
): Promise<void> {
  const host = names.nameOf(socket.localAddress ?? '');
  if (host === undefined) {
    socket.resetAndDestroy(); // nobody listens there: as it would be without the door
    return;
  }
  const dialled = await dial({ host, port }, STRAIGHT, parts);
  if (dialled.kind === 'open') joined(socket, dialled.socket);
  else if (port === HTTP) lastWord(socket, plainAnswer(403, dialled.words));
  else socket.resetAndDestroy();
}
