import { execFileSync, spawn } from 'node:child_process';
import { randomInt, randomUUID } from 'node:crypto';
import { createSocket } from 'node:dgram';
import {
  chmodSync,
  closeSync,
  constants,
  linkSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { dirname, join } from 'node:path';
import { KEEPER } from './attacks/keeper.ts';

export interface AttackWorld {
  /** What the attacks are told: where things are. */
  environment: Record<string, string>;
  /** A PATH with a toolchain that lies outside the system's folders. */
  path: string;
  /** What is denied in the workspace. */
  denied: readonly string[];
  /** The process outside that attacks look for and try to end. */
  victim: { pid: number; lives(): boolean };
  close(): Promise<void>;
}

const FILES: Record<string, string> = {
  'home/.ssh/id_test': 'SECRET',
  'home/.bashrc': '# my settings\n',
  'other/secret.txt': 'SECRET',
  'data/audit.db': 'SECRET',
  'tools/bin/tool': '#!/bin/sh\n',
  'tools/lib/tool.js': '',
  'work/denied.key': 'SECRET',
  'work/folder.key/inner': 'SECRET',
  'work/nested/deep/b.key': 'SECRET',
  'work/x.code-workspace': '{}',
  'work/.oversign/policy.yaml': '',
  ...repository('work/.git'),
  ...repository('work/nested/repo/.git'),
};

function repository(folder: string): Record<string, string> {
  return {
    [`${folder}/HEAD`]: 'ref: refs/heads/main\n',
    [`${folder}/config`]: '[core]\n\trepositoryformatversion = 0\n',
    [`${folder}/objects/info/packs`]: '\n',
    [`${folder}/refs/heads/.keep`]: '',
    [`${folder}/hooks/README`]: '',
  };
}

/** Everything outside a sandbox over `base`/work that an attack might reach: files, listeners, a process. */
export async function attackWorld(base: string): Promise<AttackWorld> {
  const work = join(base, 'work');
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(dirname(join(base, name)), { recursive: true });
    writeFileSync(join(base, name), content);
  }
  linkSync(join(work, 'denied.key'), join(work, 'second-name'));
  symlinkSync(join(base, 'other/secret.txt'), join(work, 'link'));
  const mark = `oversign-attack-${randomUUID()}`;
  const shared = `/dev/shm/${mark}`;
  writeFileSync(shared, 'SECRET');

  const servers: Server[] = [];
  const listen = async (at: { port: number; host: string } | { path: string }): Promise<string> => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('SECRET');
    });
    await new Promise<void>((resolve, reject) => server.once('error', reject).listen(at, resolve));
    servers.push(server);
    const bound = server.address();
    return String(bound !== null && typeof bound === 'object' ? bound.port : 0);
  };
  const tcp = await listen({ port: 0, host: '0.0.0.0' });
  const tcp6 = await listen({ port: 0, host: '::1' });
  await listen({ path: `\0${mark}` });
  for (const path of [join(work, 'socket'), join(base, 'other/socket')]) {
    await listen({ path });
    chmodSync(path, 0o777);
  }
  const udp = createSocket('udp4', (_message, from) => {
    udp.send('SECRET', from.port, from.address);
  });
  await new Promise<void>((resolve) => udp.bind(0, '0.0.0.0', resolve));
  execFileSync('mkfifo', ['-m', '666', join(work, 'pipe')]);
  const reader = openSync(join(work, 'pipe'), constants.O_RDWR | constants.O_NONBLOCK);
  const secret = openSync(join(base, 'other/secret.txt'), 'r');
  const child = spawn('sleep', ['600'], {
    env: { PATH: process.env['PATH'], OVERSIGN_PLANTED: mark },
    cwd: join(base, 'other'),
    stdio: ['ignore', 'ignore', 'ignore', secret],
  });
  closeSync(secret);
  const key = String(randomInt(1, 2 ** 31 - 1));
  const keeper = spawn('/usr/bin/python3', ['-c', KEEPER, key, mark, work, join(base, 'other/secret.txt')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const handle = await new Promise<string>((resolve) => {
    keeper.stdout.once('data', (chunk: Buffer) => {
      resolve(chunk.toString().trim());
    });
    keeper.once('exit', () => {
      resolve('');
    });
  });

  const addresses = Object.values(networkInterfaces()).flat();
  return {
    environment: {
      W_BASE: base,
      W_WORK: work,
      W_MARK: mark,
      W_SHARED: shared,
      W_TCP: tcp,
      W_TCP6: tcp6,
      W_UDP: String(udp.address().port),
      W_ADDRESS: addresses.find((one) => one?.family === 'IPv4' && !one.internal)?.address ?? '127.0.0.1',
      W_VICTIM: String(child.pid),
      W_HANDLE: handle,
      W_KEY: key,
      W_HOST: hostname(),
    },
    path: `${join(base, 'tools/bin')}:/usr/local/bin:/usr/bin:/bin`,
    denied: ['*.key'],
    victim: { pid: child.pid ?? 0, lives: () => child.exitCode === null && child.signalCode === null },
    async close() {
      for (const server of servers) server.close();
      udp.close();
      closeSync(reader);
      child.kill('SIGKILL');
      rmSync(shared, { force: true });
      const gone = new Promise((resolve) => keeper.once('exit', resolve));
      keeper.stdin.end();
      await gone;
    },
  };
}
