import { createServer, type Server } from 'node:net';

/** What the self-test tries to reach from inside a cage: it says `word` to whoever gets through. */
export interface Listener {
  port: number;
  close(): void;
}

/** Listens on this machine's own address and on a Unix socket for as long as the test takes. */
export async function listen(socketPath: string, word: string): Promise<Listener> {
  const servers: Server[] = [];
  const open = (at: { host: string; port: number } | { path: string }): Promise<Server> =>
    new Promise((resolve, reject) => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.end(word);
      });
      server.once('error', reject);
      server.listen(at, () => {
        resolve(server);
      });
      server.unref();
      servers.push(server);
    });
  const close = (): void => {
    for (const server of servers) server.close();
  };
  try {
    await open({ path: socketPath });
    const address = (await open({ host: '127.0.0.1', port: 0 })).address();
    return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, close };
  } catch (error) {
    close();
    throw error;
  }
}
