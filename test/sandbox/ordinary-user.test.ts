import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, chmodSync, constants, copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SandboxResult } from '../../src/core/sandbox/port.ts';
import { argvOf, ATTACKS, attempt, endOf, GREEDY, SURVIVORS, type Hostile } from '../support/attacks.ts';
import { attackWorld, type AttackWorld } from '../support/attackWorld.ts';
import { processesWith } from '../support/processes.ts';
import { removeWhole } from '../support/tree.ts';
import type { ChildJob } from '../support/sandboxChild.ts';

const isRoot = process.getuid?.() === 0;
const USER = isRoot ? 'oversign-test' : userInfo().username;

let base: string;
let world: AttackWorld;
let node = process.execPath;
let jobs = 0;

/** Runs commands in the sandbox as an ordinary account: this one, or one made for the test. */
async function runAs(commands: ChildJob['commands'], options: ChildJob['options'] = {}): Promise<SandboxResult[]> {
  jobs += 1;
  const file = join(base, `job-${jobs}.json`);
  writeFileSync(file, JSON.stringify({ base: join(base, 'account'), commands, options } satisfies ChildJob), {
    mode: 0o644,
  });
  const child = asUser([node, join(base, 'child.mjs'), file]);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  return JSON.parse(output) as SandboxResult[];
}

function asUser(argv: string[]) {
  const [file = '', ...args] = isRoot ? ['su', '-s', '/bin/bash', USER, '-c', 'exec "$0" "$@"', '--', ...argv] : argv;
  return spawn(file, args, {
    cwd: '/',
    env: { PATH: world.path },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function removeUser(): void {
  if (!readFileSync('/etc/passwd', 'utf8').includes(`\n${USER}:`)) return;
  execFileSync('userdel', ['-r', USER], { stdio: 'ignore' });
}

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'oversign-ordinary-')));
  chmodSync(base, 0o755);
  await mkdir(join(base, 'account'));
  world = await attackWorld(join(base, 'account'));
  await build({
    entryPoints: [join(import.meta.dirname, '../support/sandboxChild.ts')],
    outfile: join(base, 'child.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  if (!isRoot) return;
  removeUser();
  execFileSync('useradd', ['-m', '-s', '/bin/bash', USER]);
  execFileSync('chown', ['-R', '-h', `${USER}:`, join(base, 'account')]);
  // The repository may lie where only root can read.
  copyFileSync(process.execPath, join(base, 'node'));
  chmodSync(join(base, 'node'), 0o755);
  node = join(base, 'node');
});

afterAll(async () => {
  await world.close();
  await removeWhole(base);
  if (isRoot) removeUser();
});

test('the account is an ordinary one', async () => {
  const child = asUser(['/usr/bin/id', '-u']);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  await new Promise((resolve) => child.once('close', resolve));
  expect(Number(output)).toBeGreaterThan(0);
  accessSync(node, constants.X_OK);
});

const hasNode = existsSync('/usr/bin/node');
const startable = <T extends Hostile>(attacks: readonly T[]): T[] =>
  attacks.filter(({ language }) => language !== 'node' || hasNode);

// Several hundred attacks, one after another: more than one test's usual time on a busy machine.
test('every attack is held', async () => {
  const attacks = startable(ATTACKS);
  const results = await runAs(
    attacks.map((attack) => attempt(attack)),
    { environment: world.environment, denied: [...world.denied] },
  );
  expect(results).toHaveLength(attacks.length);
  const outcome = attacks.map(({ name }, index) => {
    const { output = '', ending } = results[index] ?? {};
    return `${name}: ${output === 'HELD\n' ? 'held' : JSON.stringify({ output, ending })}`;
  });
  expect(outcome).toEqual(attacks.map(({ name }) => `${name}: held`));
}, 600_000);

test.each(GREEDY)('nothing gets all that it wants: %s', async (group, all) => {
  const attacks = startable(all);
  const [first] = attacks;
  // Each in a folder of its own, that the account makes itself.
  const results = await runAs(
    attacks.map((attack, index) => [
      '/bin/bash',
      '-c',
      'export W_WORK="$1" && mkdir "$1" && shift && exec "$@"',
      'in',
      join(base, 'account/work', `${group} ${index}`),
      ...argvOf(attack),
    ]),
    { limits: first?.limits ?? {}, timeoutMs: first?.timeoutMs ?? 0, environment: { W_PAUSE: '1' } },
  );
  const outcome = attacks.map(({ name, endsBy }, index) => {
    const result = results[index];
    const end = result && endOf(result.ending);
    const isHeld = end !== undefined && endsBy.includes(end) && /^began/.test(result?.output ?? '');
    return `${name}: ${isHeld && !/^ALL$/m.test(result?.output ?? '') ? 'held' : JSON.stringify(result)}`;
  });
  expect(outcome).toEqual(attacks.map(({ name }) => `${name}: held`));
});

test('nothing survives its call', async () => {
  const survivors = startable(SURVIVORS);
  const mark = `mark-${randomUUID()}`;
  const results = await runAs(survivors.map(argvOf), { environment: { MARK: mark } });
  try {
    expect(results.map(({ ending }) => ending)).toEqual(survivors.map(() => ({ kind: 'exited', code: 0 })));
    expect(processesWith(mark)).toEqual([]);
  } finally {
    for (const pid of processesWith(mark)) process.kill(pid, 'SIGKILL');
  }
});

test('the number of processes is held by the kernel, for the whole cage', async () => {
  const many = 'for i in $(seq 1 100); do sleep 5 & done; wait -n; echo over';
  const [bomb, next] = await runAs([many, 'echo fine'], { limits: { processes: 40 }, timeoutMs: 20_000 });
  expect(bomb?.output).toMatch(/fork: (retry: )?Resource temporarily unavailable/);
  expect(next).toMatchObject({ output: 'fine\n', ending: { kind: 'exited', code: 0 } });
});

test('a folder closed beforehand hides what is denied in it, and one closed afterwards hides no trap', async () => {
  const work = join(base, 'account/work');
  execFileSync('bash', [
    '-c',
    `mkdir -p "${work}/shut" && echo SECRET > "${work}/shut/a.key" && chmod 311 "${work}/shut" ${isRoot ? `&& chown -R ${USER}: "${work}/shut"` : ''}`,
  ]);
  const [open, denied, trap, again] = await runAs(
    [
      'echo begin',
      'chmod 755 shut; cat shut/a.key',
      'mkdir -p new/.git/hooks other/.vscode; echo evil > new/.git/hooks/x; chmod 555 new/.git/hooks new/.git; chmod 311 new; chmod 000 other',
      'ls -d new/.git other/.vscode shut',
    ],
    { denied: ['*.key'] },
  );
  expect(open?.output).toBe('begin\n');
  expect(denied?.output).not.toContain('SECRET');
  expect(trap?.quarantined).toHaveLength(2);
  expect(again?.output).toContain('shut');
  expect(again?.output).not.toMatch(/^new\/\.git|^other\/\.vscode/m);
  expect(existsSync(join(work, 'new/.git'))).toBe(false);
});
