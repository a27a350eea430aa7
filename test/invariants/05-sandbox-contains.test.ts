import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ATTACKS, attempt } from '../support/attacks.ts';
import { attackWorld, type AttackWorld } from '../support/attackWorld.ts';
import { processesWith, within } from '../support/processes.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { temporaryFolder } from '../support/tree.ts';

const isRoot = process.getuid?.() === 0;

describe('attacks', () => {
  let base: string;
  let world: AttackWorld;
  let cage: Caged;

  beforeAll(async () => {
    base = await realpath(await mkdtemp(join(tmpdir(), 'oversign-attacks-')));
    world = await attackWorld(base);
    cage = await caged(base);
    process.env['OVERSIGN_PLANTED'] = 'planted';
  });
  afterAll(async () => {
    delete process.env['OVERSIGN_PLANTED'];
    world.close();
    await rm(base, { recursive: true, force: true });
  });

  test('there are many of them, in three languages, most with a control', () => {
    expect(ATTACKS.length).toBeGreaterThanOrEqual(50);
    expect(new Set(ATTACKS.map(({ language }) => language)).size).toBe(3);
    expect(ATTACKS.filter(({ control }) => control !== 'none').length).toBeGreaterThan(ATTACKS.length / 2);
  });

  test.each(ATTACKS)('held in the sandbox: $name', async (attack) => {
    const result = await cage.run(attempt(attack), { environment: world.environment });
    expect(result).toMatchObject({ output: 'HELD\n', ending: { kind: 'exited', code: 0 } });
  });

  test('and nothing outside has changed', async () => {
    await cage.run('kill -9 -1; pkill -9 sleep', { environment: world.environment });
    expect(world.victim.lives()).toBe(true);
    expect(readFileSync(`${base}/other/secret.txt`, 'utf8')).toBe('SECRET');
    for (const path of [
      `${base}/other/new`,
      `${base}/data/new`,
      '/usr/oversign-attack',
      '/usr/local/bin/oversign-attack',
      '/etc/oversign-attack',
      '/oversign-attack',
    ])
      expect(existsSync(path), path).toBe(false);
  });

  // Last, because they do change what is outside.
  test.each(ATTACKS.filter(({ control }) => control === 'always' || (control === 'root' && isRoot)))(
    'control, without a sandbox it works: $name',
    async (attack) => {
      const [file = '', ...args] = attempt(attack);
      // Not spawnSync: the listeners live in this process.
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
      expect(output).toBe('ESCAPED\n');
    },
  );
});

test('a descriptor that this process itself inherited does not reach a command', async () => {
  const base = await temporaryFolder();
  writeFileSync(join(base, 'secret'), 'SECRET');
  const look = ['/bin/bash', '-c', '{ cat <&7; } 2>/dev/null; ls /proc/self/fd | tr "\\n" " "'];
  const job = join(base, 'job.json');
  writeFileSync(job, JSON.stringify({ base, commands: [look] }));
  const open = (): number => openSync(join(base, 'secret'), 'r');
  const start = (file: string, args: string[]): string => {
    const descriptor = open();
    const ended = spawnSync(file, args, {
      stdio: ['ignore', 'pipe', 'inherit', 'ignore', 'ignore', 'ignore', 'ignore', descriptor],
      encoding: 'utf8',
    });
    closeSync(descriptor);
    return ended.stdout;
  };
  expect(start('/bin/bash', look.slice(1))).toMatch(/^SECRET/);
  const [result] = JSON.parse(
    start(process.execPath, [join(import.meta.dirname, '../support/sandboxChild.ts'), job]),
  ) as [{ output: string }];
  // 3 is the folder that ls itself reads.
  expect(result.output.trim()).toBe('0 1 2 3');
});

describe('nothing survives', () => {
  const SURVIVORS: [string, string][] = [
    ['setsid', 'setsid sleep 987 >/dev/null 2>&1 < /dev/null & disown'],
    ['nohup', 'nohup sleep 987 >/dev/null 2>&1 &'],
    [
      'a double fork',
      `/usr/bin/python3 -c 'import os,time\nif os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0:\n    os.closerange(0,9); time.sleep(987)'`,
    ],
    [
      'a detached node',
      `node -e 'require("child_process").spawn("sleep",["987"],{detached:true,stdio:"ignore"}).unref()'`,
    ],
    ['one that keeps the pipes open', 'sleep 987 &'],
    ['one that ignores signals', `(trap '' HUP TERM INT; while :; do sleep 1; done) &`],
  ];

  test.each(SURVIVORS)('after the call: %s', async (_name, command) => {
    const mark = `mark-${randomUUID()}`;
    const cage = await caged(await temporaryFolder());
    const outside = spawnSync('/bin/bash', ['-c', command], {
      env: { PATH: process.env['PATH'], MARK: mark },
      stdio: 'ignore',
    });
    expect(outside.status).toBe(0);
    expect(await within(5000, () => processesWith(mark).length > 0), 'control: it survives outside').toBe(true);
    for (const pid of processesWith(mark)) process.kill(pid, 'SIGKILL');
    expect(await within(5000, () => processesWith(mark).length === 0)).toBe(true);

    const result = await cage.run(`${command}\nsleep 0.2`, { environment: { MARK: mark } });
    expect(result.ending).toEqual({ kind: 'exited', code: 0 });
    expect(await within(1000, () => processesWith(mark).length === 0)).toBe(true);
  });

  test('after Stop, within a second', async () => {
    const mark = `mark-${randomUUID()}`;
    const cage = await caged(await temporaryFolder());
    const stop = new AbortController();
    const running = cage.run(`trap '' TERM; setsid sleep 987 & sleep 987 & sleep 987`, {
      environment: { MARK: mark },
      signal: stop.signal,
    });
    expect(await within(10_000, () => processesWith(mark).length >= 4)).toBe(true);
    stop.abort();
    expect(await within(1000, () => processesWith(mark).length === 0)).toBe(true);
    expect((await running).ending).toEqual({ kind: 'stopped' });
  });

  test('after a Stop at any moment of the start', async () => {
    const mark = `mark-${randomUUID()}`;
    const cage = await caged(await temporaryFolder());
    await cage.sandbox.status((await cage.spec([])).limits);
    for (let ms = 0; ms < 100; ms += 1) {
      const stop = new AbortController();
      setTimeout(() => {
        stop.abort();
      }, ms / 3);
      const { ending } = await cage.run(`: ${mark}; sleep 987; :`, { signal: stop.signal });
      expect(ending).toEqual({ kind: 'stopped' });
    }
    // The mark is in the arguments of bubblewrap too, of its half-built child as well.
    expect(await within(1000, () => processesWith(mark).length === 0)).toBe(true);
  });
});

test('the self-test says what it is, and a broken cage is a violation, not an exit code', async () => {
  const cage = await caged(await temporaryFolder());
  expect(await cage.sandbox.status((await cage.spec([])).limits)).toMatchObject({ works: true, name: 'bubblewrap' });
  const forged = await cage.run('echo "bwrap: Can\'t mount proc" >&2; exit 1');
  expect(forged.ending).toEqual({ kind: 'exited', code: 1 });
  const broken = await cage.run('true', { cwd: join(cage.folder, 'not-there') });
  expect(broken.ending).toMatchObject({ kind: 'violation' });
});
