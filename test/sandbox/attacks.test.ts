import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ATTACKS, attempt } from '../support/attacks.ts';
import { attackWorld, type AttackWorld } from '../support/attackWorld.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { removeWhole } from '../support/tree.ts';

const isRoot = process.getuid?.() === 0;

let base: string;
let world: AttackWorld;
let cage: Caged;

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'oversign-attacks-')));
  world = await attackWorld(base);
  cage = await caged(base, world.path);
  process.env['OVERSIGN_PLANTED'] = 'planted';
});
afterAll(async () => {
  delete process.env['OVERSIGN_PLANTED'];
  await world.close();
  await removeWhole(base);
});

/** Runs an argv on this machine. Not spawnSync: the listeners live in this process. */
async function outside(argv: string[]): Promise<string> {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, {
    env: { ...process.env, ...world.environment },
    cwd: cage.folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}

test('they are many, in three languages, and no two have one name', () => {
  expect(ATTACKS.length).toBeGreaterThanOrEqual(110);
  expect(new Set(ATTACKS.map(({ language }) => language)).size).toBe(3);
  expect(new Set(ATTACKS.map(({ name }) => name)).size).toBe(ATTACKS.length);
});

test.each(ATTACKS)('held in the sandbox: $name', async (attack) => {
  const result = await cage.run(attempt(attack), { environment: world.environment, denied: [...world.denied] });
  expect(result).toMatchObject({ output: 'HELD\n', ending: { kind: 'exited', code: 0 } });
});

test('and nothing outside has changed', async () => {
  await cage.run('kill -9 -1; pkill -9 sleep', { environment: world.environment });
  expect(world.victim.lives()).toBe(true);
  expect(readFileSync(`${base}/other/secret.txt`, 'utf8')).toBe('SECRET');
  expect(readFileSync(`${base}/home/.bashrc`, 'utf8')).toBe('# my settings\n');
  expect(readFileSync(`${cage.folder}/denied.key`, 'utf8')).toBe('SECRET');
  for (const name of ['other/new', 'data/new', 'tools/lib/new.js', 'work/.vscode'])
    expect(existsSync(join(base, name)), name).toBe(false);
  for (const folder of ['/usr/local/bin', '/etc', '/'])
    expect(existsSync(join(folder, 'oversign-attack')), folder).toBe(false);
});

// Last, because they do change what is outside.
test.each(ATTACKS.filter(({ control }) => control.as === 'anyone' || isRoot))(
  'control, without the protection it works: $name',
  async (attack) => {
    expect(await outside(attempt(attack, attack.control.within))).toBe('ESCAPED\n');
  },
);
