import { ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { hostOf } from '../../../core/egress/hostName.ts';
import { connectionOrigin } from '../../../core/egress/connecting.ts';
import { dial, type Dialled, type DoorParts, type Said } from './dial.ts';
import { plainAnswer } from './plainAnswer.ts';
import { joined, lastWord } from './joined.ts';

/** About one connection alone, and not for whoever is next (RFC 9110, 7.6.1). */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'te', 'trailer'],
  ...['transfer-encoding', 'upgrade'],
]);

const TUNNEL: Said = { method: 'CONNECT', path: '', origin: (host, port) => connectionOrigin({ host, port }) };

interface Tunnel {
  request: IncomingMessage;
  socket: Socket;
  /** What the program sent along already. */
  head: Buffer;
}

/** `CONNECT host:port`: what goes through afterwards is not read. */
export async function answerConnect({ request, socket, head }: Tunnel, parts: DoorParts): Promise<void> {
  const [, host, port] = /^(\[[^\]]+\]|[^:]+):(\d{1,5})$/.exec(request.url ?? '') ?? [];
  if (host === undefined || port === undefined) {
    lastWord(socket, plainAnswer(400, 'This is no host and port.'));
    return;
  }
  socket.pause();
  const dialled = await dial({ host, port: Number(port) }, TUNNEL, parts);
  if (dialled.kind !== 'open') {
    lastWord(socket, plainAnswer(statusOf(dialled), dialled.words));
    return;
  }
  const { socket: outside } = dialled;
  socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
  if (head.length > 0) outside.write(head);
  joined(socket, outside);
}

/** `GET http://host/path`: one request, sent to the judged address over a connection of its own. */
export async function answerHttp(request: IncomingMessage, response: ServerResponse, parts: DoorParts): Promise<void> {
  response.on('error', () => undefined);
  const url = URL.canParse(request.url ?? '') ? new URL(request.url ?? '') : undefined;
  if (url?.protocol !== 'http:' || url.username !== '' || url.password !== '' || hostOf(url.hostname) === undefined) {
    refuse(response, 400, 'This door takes whole addresses, such as http://example.com/; others go by CONNECT.');
    return;
  }
  const { method = 'GET' } = request;
  const said: Said = { method, path: url.pathname, origin: (host, port) => new URL(`http://${host}:${port}`).origin };
  const dialled = await dial({ host: url.hostname, port: Number(url.port || '80') }, said, parts);
  if (dialled.kind !== 'open') {
    refuse(response, statusOf(dialled), dialled.words);
    return;
  }
  const { socket } = dialled;
  // The program may have gone while a person decided: nobody tells of that any more.
  if (response.destroyed || request.destroyed) socket.destroy();
  else passOn({ request, response, url, socket });
}

interface Passing {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  socket: Socket;
}

function passOn({ request, response, url, socket }: Passing): void {
  const brokeOff = (): void => {
    socket.destroy();
    if (response.headersSent) response.destroy();
    else refuse(response, 502, `${url.host} broke off.`);
  };
  // What is sent has its end in it, or one request could be two: of a length that was said, or in pieces.
  const isInPieces = request.headers['transfer-encoding'] !== undefined;
  const outgoing = new ClientRequest({
    ...{ method: request.method, path: `${url.pathname}${url.search}`, host: url.hostname, setHost: false },
    headers: {
      ...passedOn(request, ['content-length']),
      ...(isInPieces && { 'transfer-encoding': 'chunked' }),
      ...{ host: url.host, connection: 'close' },
    },
    createConnection: () => socket,
  });
  outgoing.on('error', brokeOff);
  outgoing.on('upgrade', brokeOff); // nobody asked for another protocol
  outgoing.on('response', (incoming) => {
    const { statusCode = 0 } = incoming;
    incoming.on('error', brokeOff);
    if (statusCode < 200 || statusCode > 999) {
      brokeOff();
      return;
    }
    try {
      response.writeHead(statusCode, passedOn(incoming, []));
    } catch {
      brokeOff(); // a header that no answer may have
      return;
    }
    incoming.pipe(response);
  });
  socket.once('close', () => {
    if (!response.headersSent) brokeOff();
  });
  // Not the answer's own end: one that waits for another before it never hears that the program has gone.
  request.socket.setMaxListeners(0).once('close', () => socket.destroy());
  request.on('error', () => socket.destroy());
  request.pipe(outgoing);
}

/** Headers without those that are about the connection, also those that it names itself; `kept` are not for it to name. */
function passedOn({ headers }: IncomingMessage, kept: readonly string[]): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const isLeftOut = (name: string): boolean => HOP_BY_HOP.has(name) || (named.includes(name) && !kept.includes(name));
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isLeftOut(name)));
}

function statusOf({ kind }: Exclude<Dialled, { kind: 'open' }>): number {
  return kind === 'refused' ? 403 : 502;
}

function refuse(response: ServerResponse, status: number, words: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${words}\n`);
}
