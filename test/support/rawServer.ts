/** A real HTTP server that answers every request for a reply with exactly these bytes, and everything else with 404. */
import type { ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { sendJson, serve, type ModelServer } from './modelServer.ts';

export interface RawAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** Written one after the other, each as a packet of its own. */
  pieces: (string | Uint8Array)[];
  /** What the server does after the last piece: by itself it closes as it should. */
  then?: 'stays open' | 'breaks off';
}

export async function rawServer(path: string, answers: readonly RawAnswer[]): Promise<ModelServer> {
  let number = 0;
  const server = await serve(path, [], async (request, response) => {
    if (request.method === 'GET' || request.path === '/api/show') {
      sendJson(response, 404, { error: { message: 'nothing here' } });
      return;
    }
    const answer = answers[Math.min(number, answers.length - 1)];
    number += 1;
    if (answer) await write(response, answer);
  });
  onTestFinished(() => server.close());
  return server;
}

async function write(response: ServerResponse, { status = 200, headers, pieces, then }: RawAnswer): Promise<void> {
  response.writeHead(status, headers ?? { 'content-type': 'text/event-stream' });
  for (const piece of pieces) {
    if (response.destroyed) return;
    if (!response.write(piece))
      await new Promise<void>((resolve) => {
        goingOn(response, resolve);
      });
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (then === 'breaks off') response.destroy();
  else if (then !== 'stays open') response.end();
}

/** When there is room for more, or nobody to read it. */
function goingOn(response: ServerResponse, then: () => void): void {
  const on = (): void => {
    response.off('drain', on);
    response.off('close', on);
    then();
  };
  response.on('drain', on);
  response.on('close', on);
}
