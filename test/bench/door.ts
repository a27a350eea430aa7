import { createServer, get, type Server as Http } from 'node:http';
import { createServer as listener, type AddressInfo, type Server } from 'node:net';
import type { Connecting } from '../../src/core/egress/connecting.ts';
import { serveDoor } from '../../src/node/egress/commandDoor/serveDoor.ts';

type Pair = (
  name: string,
  ours: () => unknown,
  other: () => unknown,
  each?: number,
  breathMs?: number,
) => Promise<void>;

const MEGABYTE = Buffer.alloc(1024 * 1024, 'x');
const [MEGABYTES, REQUESTS] = [64, 60];

/** What a command's way out costs, once it is decided: the door against a straight connection, on this machine's loopback. */
export async function benchDoor(pair: Pair): Promise<void> {
  const server = createServer((request, response) => {
    let left = request.url === '/large' ? MEGABYTES : 0;
    const more = (): void => {
      while (left > 0) {
        left -= 1;
        if (!response.write(MEGABYTE)) return void response.once('drain', more);
      }
      response.end('done');
    };
    more();
  });
  const [to, door] = [await opened(server), listener()];
  const through = await opened(door);
  const end = serveDoor(door, {
    connecting: { connects: (wanted) => Promise.resolve(leaveFor(wanted)), looked: () => undefined },
    lookUp: () => Promise.resolve(['127.0.0.1']),
    signal: new AbortController().signal,
  });
  const asked = (path: string, by: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const url = `http://127.0.0.1:${to}${path}`;
      get({
        host: '127.0.0.1',
        port: by,
        path: by === to ? path : url,
        agent: false,
        headers: { host: `127.0.0.1:${to}` },
      })
        .on('response', (response) => response.resume().on('end', resolve).on('error', reject))
        .on('error', reject);
    });
  const small = async (by: number): Promise<void> => {
    for (let count = 0; count < REQUESTS; count += 1) await asked('/', by);
  };
  await pair(
    `${REQUESTS} small requests through the door / straight`,
    () => small(through),
    () => small(to),
    REQUESTS,
  );
  await pair(
    `a download of ${MEGABYTES} MB through the door / straight`,
    () => asked('/large', through),
    () => asked('/large', to),
  );
  end();
  server.closeAllConnections();
  server.close();
}

function leaveFor(wanted: Parameters<Connecting['connects']>[0]): Awaited<ReturnType<Connecting['connects']>> {
  return {
    ...wanted,
    judge: () => undefined,
    permit: () => Promise.resolve({ received: () => undefined, endedBy: () => Promise.resolve(undefined) }),
    connected: () => undefined,
    sent: () => undefined,
    received: () => undefined,
    failed: () => undefined,
    endedBy: () => Promise.resolve(undefined),
  };
}

async function opened(server: Server | Http): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}
