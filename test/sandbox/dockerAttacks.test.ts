import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DockerSandbox } from '../../src/node/sandbox/docker/dockerSandbox.ts';
import { ATTACKS, attempt } from '../support/attacks.ts';
import { attackWorld, type AttackWorld } from '../support/attackWorld.ts';
import { startDockerEngine, type DockerEngine } from '../support/dockerEngine.ts';
import { cagedBy, type Caged } from '../support/sandboxRun.ts';
import { removeWhole } from '../support/tree.ts';

/** What a container of Docker's lets a command do and the host sandbox does not. docs/security.md says so. */
const DIFFERENCES: readonly string[] = [
  'write: a process’s memory by /proc',
  'write: its own place in the queue of those that die',
  'socket: to the host of a virtual machine',
  'socket: to the host of a virtual machine, by a longer number',
  'socket: to the kernel’s events',
  'socket: to the kernel’s generic doors',
  'socket: to the kernel’s list of sockets',
  'socket: to the kernel’s packet filter',
  'privilege: a setuid program',
  'privilege: a setgid program',
  'privilege: a setuid program, by its descriptor',
  'privilege: a setuid program, when it is made',
  'privilege: a setuid program, made as a node',
  'kernel: io_uring',
  'kernel: io_setup',
  'kernel: adjtimex',
  'kernel: memfd_secret',
  'kernel: openat2',
  'kernel: words put into a terminal',
  'kernel: words put into a terminal, by a longer number',
  'kernel: TIOCLINUX',
  'kernel: a call for 32 bits',
  'kernel: modify_ldt',
];

let base: string;
let world: AttackWorld;
let cage: Caged<DockerSandbox> | undefined;
let engine: DockerEngine | undefined;
let end: (() => Promise<void>) | undefined;
let why = '';

/** Another file's engine may have its turn first; on a fresh machine it is installed. */
const MOST_WAITING_MS = 600_000;

beforeAll(async () => {
  const started = await startDockerEngine();
  if (typeof started === 'string') {
    why = started;
    return;
  }
  engine = started;
  base = await realpath(await mkdtemp(join(tmpdir(), 'oversign-docker-')));
  world = await attackWorld(base);
  const environment = { ...engine.environment, PATH: world.path };
  cage = await cagedBy(base, 'work', (folders, folder) => new DockerSandbox(folders, environment, [folder]));
  end = await cage.sandbox.begin('r');
  process.env['OVERSIGN_PLANTED'] = 'planted';
}, MOST_WAITING_MS);
afterAll(async () => {
  delete process.env['OVERSIGN_PLANTED'];
  await end?.();
  await cage?.sandbox.close();
  const left = engine?.docker('ps', '--all', '--quiet');
  await engine?.close();
  if (!engine) return;
  await world.close();
  await removeWhole(base);
  expect(left).toBe('');
});

test.for(ATTACKS)('in a container: $name', async (attack, { skip }) => {
  if (!engine) skip(why);
  const result = await cage?.run(attempt(attack), { environment: world.environment, denied: [...world.denied] });
  const isDifference = DIFFERENCES.includes(attack.name);
  expect(result).toMatchObject({
    output: isDifference ? 'ESCAPED\n' : 'HELD\n',
    ending: { kind: 'exited', code: 0 },
  });
});

test('and nothing outside has changed', async ({ skip }) => {
  if (!engine) skip(why);
  await cage?.run('kill -9 -1; pkill -9 sleep', { environment: world.environment });
  await end?.(); // stand-ins of protected paths stay for the run
  end = undefined;
  expect(world.victim.lives()).toBe(true);
  expect(readFileSync(`${base}/other/secret.txt`, 'utf8')).toBe('SECRET');
  expect(readFileSync(`${base}/home/.bashrc`, 'utf8')).toBe('# my settings\n');
  expect(readFileSync(`${base}/work/denied.key`, 'utf8')).toBe('SECRET');
  for (const name of ['other/new', 'data/new', 'tools/lib/new.js', 'work/.vscode'])
    expect(existsSync(join(base, name)), name).toBe(false);
  for (const folder of ['/usr/local/bin', '/etc', '/'])
    expect(existsSync(join(folder, 'oversign-attack')), folder).toBe(false);
});
