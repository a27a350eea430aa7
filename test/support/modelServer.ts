/** What the model servers of the tests share: real HTTP on loopback, scripted replies, tiny packets, bad manners. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedCall {
  name: string;
  args?: unknown;
  /** Arguments as the model would really send them, valid JSON or not (OpenAI only). */
  raw?: string;
  /** Further fields of the call (OpenAI only). */
  fields?: Record<string, unknown>;
}

/** What a model must not do, or may do any time. `overflow`: the conversation is too long for it; `overloaded`: come back in 30 s; `stall`: some words, then nothing; `silent`: not even a header. */
export type Misbehaviour =
  | 'unauthorized'
  | 'not-found'
  | 'too-many'
  | 'server-error'
  | 'overflow'
  | 'overloaded'
  | 'redirect'
  | 'cut-off'
  | 'ends-early'
  | 'endless-text'
  | 'garbage'
  | 'html'
  | 'error-in-stream'
  /** An error that the same request would have again (OpenAI only). */
  | 'wrong-in-stream'
  | 'stall'
  | 'silent';

export interface ScriptedReply {
  /** The model's words; with `error-in-stream`, the error's. */
  text?: string;
  calls?: ScriptedCall[];
  usage?: { input: number; output: number; cached?: number };
  /** The word for the reply’s end; `null`: none, though it is done (Ollama only). */
  end?: string | null;
  /** Fields of the message, a piece each. */
  fields?: Record<string, unknown>[];
  misbehave?: Misbehaviour;
  /** Milliseconds between two packets: words that a person can watch coming. */
  paceMs?: number;
}

/** A request as a script looks at it, whatever the protocol. */
export interface SeenRequest {
  messages: { role: string; text: string }[];
  /** The texts of the tool results since the last user message. */
  results: string[];
  tools: string[];
  model: string;
}

export type ServerScript = (request: SeenRequest, number: number) => ScriptedReply | Promise<ScriptedReply>;

export interface Recorded {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface ModelServer {
  /** What a user would set as base URL. */
  url: string;
  origin: string;
  /** Every request for a reply, as it came. */
  requests: Recorded[];
  /** Every question about models. */
  asides: Recorded[];
  /** What was wrong with requests; such a request is answered as the real service does. */
  problems: string[];
  /** Replies that are still being written, or held back. */
  open(): number;
  close(): Promise<void>;
}

export type Handler = (request: Recorded, response: ServerResponse, number: number) => Promise<void>;

/** Listens on a free port of 127.0.0.1. */
export async function serve(path: string, problems: string[], handle: Handler): Promise<ModelServer> {
  const requests: Recorded[] = [];
  const asides: Recorded[] = [];
  let open = 0;
  const server: Server = createServer((incoming, response) => {
    open += 1;
    response.on('close', () => (open -= 1));
    response.socket?.setNoDelay(true);
    const answer = async (): Promise<void> => {
      const pieces: Buffer[] = [];
      for await (const piece of incoming) pieces.push(piece as Buffer);
      const { method = '', url = '', headers } = incoming;
      const recorded = { method, path: url, headers, body: Buffer.concat(pieces).toString('utf8') };
      (method === 'GET' || url === '/api/show' ? asides : requests).push(recorded);
      await handle(recorded, response, requests.length - 1);
    };
    answer().catch((error: unknown) => {
      problems.push(`the server failed: ${String(error)}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}${path}`,
    origin,
    requests,
    asides,
    problems,
    open: () => open,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Packet sizes: most split lines and characters, some hold several lines at once. */
const SIZES = [1, 3, 2, 900, 7, 1, 5, 64, 2, 11];

/** Writes bytes in packets that respect nothing; ends early when the reader is gone. */
export async function dribble(response: ServerResponse, text: string, paceMs = 0): Promise<void> {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0, turn = 0; at < bytes.length && !response.destroyed; turn += 1) {
    const size = paceMs > 0 ? 40 : (SIZES[turn % SIZES.length] ?? 1);
    response.write(bytes.subarray(at, at + size));
    at += size;
    await new Promise<void>((resolve) => (paceMs > 0 ? setTimeout(resolve, paceMs) : setImmediate(resolve)));
  }
}

/** Writes the same line until the reader has had enough and closes. */
async function endlessly(response: ServerResponse, line: string): Promise<void> {
  while (!response.destroyed) {
    response.write(line.repeat(20));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Misbehaviour that is the same in every protocol; false where the protocol has its own. */
function misbehaveOverHttp(response: ServerResponse, kind: Misbehaviour): boolean {
  switch (kind) {
    case 'redirect':
      response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end();
      return true;
    case 'html':
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<html><body>\x1b[31mWelcome to the hotel\x1b[0m</body></html>\n');
      return true;
    case 'silent':
      return true;
    default:
      return false;
  }
}

/** Statuses that a server answers with before any reply. */
type Refusal = 'unauthorized' | 'not-found' | 'too-many' | 'server-error' | 'overflow' | 'overloaded';

/** What a protocol writes where a server misbehaves. */
export interface Misbehaving {
  refusals: Record<Refusal, { status: number; body: unknown; headers?: Record<string, string> }>;
  /** Begins a reply as it streams. */
  begin(response: ServerResponse): void;
  /** A reply up to the middle of a sentence. */
  half: string;
  /** An error that comes in a reply; one that the same request would have again, where the protocol tells them apart. */
  error: string;
  wrong?: string;
  /** A call whose arguments were complete by chance: it must not be carried out. */
  call: string;
  /** Words that go on and on, after `half` where the protocol wants a beginning. */
  more: string;
  needsBeginning?: boolean;
  garbage: string;
}

/** Misbehaves as it is said, in the words of a protocol. */
export async function misbehaveAs(kind: Misbehaviour, response: ServerResponse, protocol: Misbehaving): Promise<void> {
  if (misbehaveOverHttp(response, kind)) return;
  if (Object.hasOwn(protocol.refusals, kind)) {
    const { status, body, headers = {} } = protocol.refusals[kind as Refusal];
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    sendJson(response, status, body);
    return;
  }
  const { half, error, wrong = error, call, more, needsBeginning = false, garbage } = protocol;
  protocol.begin(response);
  switch (kind) {
    case 'error-in-stream':
    case 'wrong-in-stream':
      await dribble(response, half + (kind === 'error-in-stream' ? error : wrong));
      response.end();
      return;
    case 'cut-off':
    case 'ends-early':
      await dribble(response, half + call);
      if (kind === 'cut-off') response.destroy();
      else response.end();
      return;
    case 'endless-text':
      if (needsBeginning) response.write(half);
      await endlessly(response, more);
      return;
    case 'stall':
      await dribble(response, half);
      return;
    default:
      response.end(garbage);
  }
}

/** Cuts a text into pieces of a few characters, never inside one. */
export function pieces(text: string, size = 4): string[] {
  const characters = [...text];
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The body as a JSON object, if it is one. */
export function bodyOf(request: Recorded): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(request.body);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Both protocols agree on as much of a request as a script looks at. */
export function seen(body: Record<string, unknown> | undefined): SeenRequest {
  const list = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);
  const messages = list(body?.['messages']).map(({ role, content }) => ({
    role: String(role),
    text: typeof content === 'string' ? content : '',
  }));
  return {
    messages,
    results: messages
      .slice(messages.findLastIndex(({ role }) => role === 'user'))
      .flatMap(({ role, text }) => (role === 'tool' ? [text] : [])),
    tools: list(body?.['tools']).map((tool) => (isRecord(tool['function']) ? String(tool['function']['name']) : '')),
    model: String(body?.['model']),
  };
}
