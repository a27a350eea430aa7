import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { chmodSync, closeSync, constants, mkdirSync, openSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';

export interface AttackWorld {
  /** What the attacks are told: where things are. */
  environment: Record<string, string>;
  /** The process outside that attacks look for and try to end. */
  victim: { pid: number; lives(): boolean };
  close(): void;
}

/** Everything outside a sandbox over `base`/work that an attack might reach: files, listeners, a process. */
export async function attackWorld(base: string): Promise<AttackWorld> {
  const work = join(base, 'work');
  for (const folder of ['work', 'home/.ssh', 'other', 'data']) mkdirSync(join(base, folder), { recursive: true });
  writeFileSync(join(base, 'home/.ssh/id_test'), 'SECRET');
  writeFileSync(join(base, 'other/secret.txt'), 'SECRET');
  writeFileSync(join(base, 'data/audit.db'), 'SECRET');
  symlinkSync(join(base, 'other/secret.txt'), join(work, 'link'));
  const mark = `oversign-attack-${randomUUID()}`;
  const shared = `/dev/shm/${mark}`;
  writeFileSync(shared, 'SECRET');

  const servers: Server[] = [];
  const listen = async (at: { port: number; host: string } | { path: string }): Promise<Server> => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('SECRET');
    });
    await new Promise<void>((resolve) => server.listen(at, resolve));
    servers.push(server);
    return server;
  };
  const tcp = await listen({ port: 0, host: '0.0.0.0' });
  await listen({ path: `\0${mark}` });
  for (const path of [join(work, 'socket'), join(base, 'other/socket')]) {
    await listen({ path });
    chmodSync(path, 0o777);
  }
  const udp = createSocket('udp4', (_message, from) => {
    udp.send('SECRET', from.port, from.address);
  });
  await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
  execFileSync('mkfifo', ['-m', '666', join(work, 'pipe')]);
  const reader = openSync(join(work, 'pipe'), constants.O_RDWR | constants.O_NONBLOCK);
  const child = spawn('sleep', ['600'], {
    env: { PATH: process.env['PATH'], OVERSIGN_PLANTED: mark },
    stdio: 'ignore',
  });

  const addresses = Object.values(networkInterfaces()).flat();
  const bound = tcp.address();
  return {
    environment: {
      W_BASE: base,
      W_WORK: work,
      W_MARK: mark,
      W_SHARED: shared,
      W_TCP: String(bound !== null && typeof bound === 'object' ? bound.port : 0),
      W_UDP: String(udp.address().port),
      W_ADDRESS: addresses.find((one) => one?.family === 'IPv4' && !one.internal)?.address ?? '127.0.0.1',
      W_VICTIM: String(child.pid),
    },
    victim: { pid: child.pid ?? 0, lives: () => child.exitCode === null && child.signalCode === null },
    close() {
      for (const server of servers) server.close();
      udp.close();
      closeSync(reader);
      child.kill('SIGKILL');
      rmSync(shared, { force: true });
    },
  };
}
