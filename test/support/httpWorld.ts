import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { HttpRequests } from '../../src/node/egress/httpRequests.ts';
import type { LookUp } from '../../src/node/egress/judgedAddress.ts';
import type { NodeParts } from '../../src/node/engineParts.ts';

/** A request as a server got it. */
export interface Got {
  method: string;
  url: string;
  host: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface HttpServer {
  port: number;
  got: Got[];
}

/** A real server on this machine, on every address of loopback that it is asked at. */
export async function httpServer(answer: (response: ServerResponse, got: Got) => void): Promise<HttpServer> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, url, host: headers.host ?? '', headers, body: Buffer.concat(chunks).toString() };
      got.push(one);
      answer(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, got };
}

/** Names as this world's name service knows them: each look-up takes the next answer, and the last one stays. */
export interface Names {
  looked: string[];
  change: (node: NodeParts) => void;
}

export function names(answers: Record<string, readonly (readonly string[])[]>): Names {
  const looked: string[] = [];
  const times = new Map<string, number>();
  const lookUp = (name: string): Promise<readonly string[]> => {
    looked.push(name);
    const all = Object.hasOwn(answers, name) ? (answers[name] ?? []) : [];
    const time = times.get(name) ?? 0;
    times.set(name, time + 1);
    const found = all[Math.min(time, all.length - 1)];
    return found
      ? Promise.resolve(found)
      : Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
  };
  return {
    looked,
    change: (node) => {
      node.parts.http = new HttpRequests(lookUp);
    },
  };
}

/** The same answers each time. */
export function namesOf(answers: Record<string, readonly string[]>): LookUp {
  return (name) => {
    const found = Object.hasOwn(answers, name) ? answers[name] : undefined;
    return found
      ? Promise.resolve(found)
      : Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }));
  };
}
