import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { controlGroups } from '../../src/node/sandbox/groups/find.ts';
import { ownHierarchies } from '../../src/node/sandbox/groups/where.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { processesWith, within } from '../support/processes.ts';
import { caged, LIMITS, type Caged } from '../support/sandboxRun.ts';
import type { ChildJob } from '../support/sandboxChild.ts';
import { removeWhole } from '../support/tree.ts';

const MIB = 1024 ** 2;
const TMPFS = 0x01021994;

const isRoot = process.getuid?.() === 0;
const isVersion1 = isRoot && controlGroups(0)[0]?.name === 'cgroup v1';
const why = isVersion1 ? '' : '(skipped: needs root and control groups of version 1) ';
const parents = ownHierarchies()
  .filter(({ version, controllers }) => version === 1 && controllers.some((name) => ['memory', 'pids'].includes(name)))
  .map(({ own }) => own);

/** This process's groups. */
const groups = (): string[] =>
  parents.flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => name.startsWith(`oversign-${process.pid}-`))
      .map((name) => join(parent, name)),
  );

/** Groups go when their last process is gone; what waits for the sandbox's next call may have one. */
const areGone = (): Promise<boolean> =>
  within(10_000, () => new Set(groups().map((path) => path.split('/').at(-1))).size <= 1);

// One sandbox for all: each may keep a cage waiting.
let cage: Caged;
let base: string;
beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'oversign-groups-')));
  cage = await caged(base);
});
afterAll(() => removeWhole(base));

const python = (text: string): string => `/usr/bin/python3 -c '${text}'`;

describe.skipIf(!isVersion1)(`${why}with control groups of version 1`, () => {
  test('memory of the whole tree is held by the kernel, and the whole tree ends', async () => {
    const mark = `mark-${randomUUID()}`;
    const hog = `setsid ${python('import time; x = bytearray(90 << 20); time.sleep(60)')} &`;
    const result = await cage.run(`(sleep 60 &) ; ${hog.repeat(4)} sleep 60`, {
      limits: { memoryBytes: 256 * MIB },
      environment: { MARK: mark },
    });
    expect(result.ending).toEqual({ kind: 'limit', limit: 'memory' });
    expect(result.use.memoryBytes).toBeGreaterThan(200 * MIB);
    expect(result.use.memoryBytes).toBeLessThanOrEqual(256 * MIB);
    expect(processesWith(mark)).toEqual([]);
    expect(await areGone()).toBe(true);
  });

  test.each([
    ['files in memory', 'head -c 300M /dev/zero > /dev/shm/x; sleep 60'],
    [
      'memory that belongs to no process',
      python('import os; fd = os.memfd_create("x"); [os.write(fd, bytes(1 << 20)) for i in range(300)]'),
    ],
    ['memory of a process that has ended', `${python('x = bytearray(300 << 20)')}; echo on; exit 0`],
  ])('%s is counted', async (_name, command) => {
    const result = await cage.run(command, { limits: { memoryBytes: 128 * MIB, diskBytes: 1024 * MIB } });
    expect(result.ending).toEqual({ kind: 'limit', limit: 'memory' });
    expect(await areGone()).toBe(true);
  });

  test('no more processes than allowed are ever there', async () => {
    const mark = `mark-${randomUUID()}`;
    const result = await cage.run('for i in $(seq 300); do setsid sleep 60 & done 2>/dev/null; sleep 60', {
      limits: { processes: 40 },
      environment: { MARK: mark },
    });
    expect(result.ending).toEqual({ kind: 'limit', limit: 'processes' });
    expect(result.use.processes).toBeGreaterThan(8);
    expect(result.use.processes).toBeLessThanOrEqual(40);
    expect(processesWith(mark)).toEqual([]);
    expect(await areGone()).toBe(true);
    // As many as are allowed do go: the wrapper and the sandbox's own do not count.
    const fits = await cage.run(`for i in $(seq 37); do sleep 1 & done; wait; echo all`, { limits: { processes: 40 } });
    expect(fits).toMatchObject({ ending: { kind: 'exited', code: 0 }, output: 'all\n' });
  });

  test('a stopped call leaves no process and no group', async () => {
    const mark = `mark-${randomUUID()}`;
    const stop = new AbortController();
    const running = cage.run('setsid sleep 60 & sleep 60', { environment: { MARK: mark }, signal: stop.signal });
    expect(await within(20_000, () => processesWith(mark).length >= 2)).toBe(true);
    const [own] = groups().filter((path) => readFileSync(join(path, 'cgroup.procs'), 'latin1').split('\n').length > 3);
    stop.abort();
    expect(own).toBeDefined();
    expect((await running).ending).toEqual({ kind: 'stopped' });
    expect(processesWith(mark)).toEqual([]);
    expect(await areGone()).toBe(true);
    expect(groups()).not.toContain(own);
  });

  test('ten calls, also at once, leave no groups', async () => {
    for (let i = 0; i < 5; i += 1) expect((await cage.run('true')).ending).toEqual({ kind: 'exited', code: 0 });
    const all = await Promise.all(Array.from({ length: 5 }, () => cage.run('(sleep 60 &); sleep 0.2; echo done')));
    expect(all.map(({ output }) => output)).toEqual(Array(5).fill('done\n'));
    expect(await areGone()).toBe(true);
  });

  test('what a command used, and what held its limits', async () => {
    const result = await cage.run(
      `${python('x = bytearray(100 << 20); sum(range(20_000_000))')}; dd if=/dev/zero of=big bs=1M count=8 conv=fsync status=none; sleep 0.3 & sleep 0.4`,
      { timeoutMs: 20_000 },
    );
    expect(result.ending).toEqual({ kind: 'exited', code: 0 });
    const { use } = result;
    expect(use.memoryBytes).toBeGreaterThan(100 * MIB);
    expect(use.memoryBytes).toBeLessThan(LIMITS.memoryBytes);
    expect(use.cpuSeconds).toBeGreaterThan(0.1);
    expect(use.processes).toBeGreaterThanOrEqual(3);
    if (statfsSync(cage.folder).type !== TMPFS) expect(use.diskBytes).toBeGreaterThanOrEqual(8 * MIB);
    const held = Object.fromEntries(result.limits.map(({ name, how, by }) => [name, `${how} by ${by}`]));
    expect(held).toMatchObject({
      memory: 'enforced by cgroup v1',
      processes: 'enforced by cgroup v1',
      'file size': 'enforced by RLIMIT_FSIZE',
      'wall time': 'enforced by Oversign',
    });
    expect(held['CPU time']).toMatch(/^watched by looked at every/);
    expect(result.limits.find(({ name }) => name === 'wall time')?.value).toBe('20 s');
    const ofEveryCall = result.limits.filter(({ name }) => name !== 'output' && name !== 'wall time');
    expect(await cage.sandbox.status(LIMITS)).toMatchObject({ works: true, limits: ofEveryCall });
  });

  test.each([undefined, 'SIGKILL'] as const)(
    'when this process ends (%s), nothing that it started goes on',
    async (signal) => {
      const job = join(base, 'job.json');
      const commands = ['true', 'true', 'true', ...(signal ? ['sleep 60'] : [])];
      writeFileSync(job, JSON.stringify({ base, commands } satisfies ChildJob));
      const child = spawn(process.execPath, [join(import.meta.dirname, '../support/sandboxChild.ts'), job], {
        stdio: 'ignore',
      });
      const closed = new Promise((resolve) => child.once('close', resolve));
      const inhabitants = (): string[] =>
        parents.flatMap((parent) =>
          readdirSync(parent)
            .filter((name) => name.startsWith(`oversign-${String(child.pid)}-`))
            .flatMap((name) =>
              readFileSync(join(parent, name, 'cgroup.procs'), 'latin1')
                .split('\n')
                .filter(Boolean),
            ),
        );
      if (signal) {
        expect(
          await within(30_000, () => processesWith('sleep\x0060').some((pid) => inhabitants().includes(String(pid)))),
        ).toBe(true);
        child.kill(signal);
      }
      await closed;
      expect(await within(5000, () => inhabitants().length === 0)).toBe(true);
    },
  );

  test('groups of processes that are gone are taken away, those of living ones are not', async () => {
    const dead = spawn('sleep', ['0.3']);
    const { pid = 0 } = dead;
    const { start } = identityOf(pid);
    await new Promise((resolve) => dead.once('close', resolve));
    const neighbour = spawn('sleep', ['60']);
    onTestFinished(() => void neighbour.kill());
    const living = identityOf(neighbour.pid ?? 0);
    const own = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
    const name = {
      dead: `oversign-${pid}-${start}-${own}-1`,
      reused: `oversign-${living.pid}-1-${own}-1`,
      living: `oversign-${living.pid}-${living.start}-${own}-1`,
      inhabited: `oversign-${pid}-${start}-${own}-2`,
      foreign: `oversign-${randomUUID()}`,
      // In a container its number means another process, or none, here.
      contained: `oversign-${pid}-${start}-1-1`,
    };
    const at = (kind: keyof typeof name): string[] => parents.map((parent) => join(parent, name[kind]));
    for (const kind of Object.keys(name) as (keyof typeof name)[]) for (const path of at(kind)) mkdirSync(path);
    for (const path of at('inhabited')) writeFileSync(join(path, 'cgroup.procs'), String(living.pid));
    onTestFinished(async () => {
      await new Promise((resolve) => neighbour.once('close', resolve).kill('SIGKILL'));
      for (const kind of ['living', 'inhabited', 'foreign', 'contained'] as const)
        for (const path of at(kind)) rmdirSync(path);
    });
    expect(controlGroups(0)[0]?.name).toBe('cgroup v1');
    const left = parents.map((parent) => Object.values(name).filter((one) => readdirSync(parent).includes(one)));
    for (const names of left) expect(names).toEqual([name.living, name.inhabited, name.foreign, name.contained]);
    expect(processesWith('sleep')).toContain(living.pid);
  });
});
