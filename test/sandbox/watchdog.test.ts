import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { bytesInMemoryFolders } from '../../src/node/sandbox/memoryFolders.ts';
import { treeOf, treeRoot } from '../../src/node/sandbox/processTree.ts';
import { watchTree } from '../../src/node/sandbox/watchdog.ts';
import { ordinaryAccount, type OrdinaryAccount } from '../support/ordinaryAccount.ts';
import { within } from '../support/processes.ts';
import { caged, LIMITS } from '../support/sandboxRun.ts';
import { temporaryFolder } from '../support/tree.ts';

// What the watch takes for the cage's: nothing of this machine's, whatever moment it looks at.

const MIB = 1024 ** 2;
const FOLDERS = ['/tmp', '/var/tmp', '/dev/shm', '/home/agent'];

function started(argv: readonly string[]): ChildProcess & { pid: number } {
  const [file = '', ...args] = argv;
  const child = spawn(file, args, { stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child as ChildProcess & { pid: number };
}

const childrenOf = (pid: number): number[] =>
  existsSync(`/proc/${pid}/task`)
    ? readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
        readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim().split(' ').filter(Boolean).map(Number),
      )
    : [];

/** The process of a cage that `argv` makes, once it runs `sleep`. */
async function inside(argv: readonly string[]): Promise<number> {
  const outer = started([
    ...argv,
    '/bin/sh',
    '-c',
    'for i in 1 2 3 4 5 6 7 8; do : > /tmp/x$i; done; head -c 12000000 /dev/zero > /tmp/big; exec sleep 60',
  ]);
  let found: number | undefined;
  const isReady = (): boolean => {
    const pending = [outer.pid];
    for (let pid = pending.pop(); pid !== undefined; pid = pending.pop()) {
      pending.push(...childrenOf(pid));
      if (readFileSync(`/proc/${pid}/comm`, 'latin1') === 'sleep\n') found = pid;
    }
    return found !== undefined;
  };
  expect(await within(10_000, isReady)).toBe(true);
  return found ?? 0;
}

describe('folders in memory', () => {
  const usedHere = (folder: string): number => {
    const { blocks, bfree, bsize } = statfsSync(folder);
    return (blocks - bfree) * bsize;
  };

  test('a process that still has this machine’s root has none, however full the disk is', () => {
    const child = started(['/bin/sleep', '60']);
    expect(bytesInMemoryFolders(child.pid, FOLDERS)).toBe(0);
    expect(bytesInMemoryFolders(process.pid, FOLDERS)).toBe(0);
    // Control: what it would be taken for.
    expect(usedHere(`/proc/${child.pid}/root/tmp`)).toBeGreaterThan(0);
  });

  test('nor has one with another root and this machine’s folders in it', async () => {
    const outer = started(['bwrap', '--dev-bind', '/', '/', '/bin/sleep', '60']);
    expect(await within(10_000, () => childrenOf(outer.pid).length > 0)).toBe(true);
    const [child = 0] = childrenOf(outer.pid);
    expect(await within(10_000, () => readFileSync(`/proc/${child}/comm`, 'latin1') === 'sleep\n')).toBe(true);
    expect(bytesInMemoryFolders(child, FOLDERS)).toBe(0);
    expect(usedHere(`/proc/${child}/root/tmp`)).toBeGreaterThan(0);
  });

  test('in a cage its own are counted, with the names of empty files', async () => {
    const pid = await inside(['bwrap', '--unshare-pid', '--dev-bind', '/', '/', '--tmpfs', '/tmp']);
    const bytes = bytesInMemoryFolders(pid, FOLDERS);
    expect(bytes).toBeGreaterThan(12_000_000 + 8 * 1024);
    expect(bytes).toBeLessThan(14 * MIB);
  });

  test('before the cage has changed its root, no limit is said to be gone over', async () => {
    const outer = started(['/bin/sh', '-c', 'sleep 60; true']);
    expect(await within(10_000, () => childrenOf(outer.pid).length > 0)).toBe(true);
    const said: string[] = [];
    const limits = { ...LIMITS, memoryBytes: 64 * MIB };
    const watch = watchTree({ outer: outer.pid, isCage: true, group: undefined, limits, inMemory: FOLDERS }, (name) =>
      said.push(name),
    );
    const { over, use } = watch.end();
    expect({ over, said }).toEqual({ over: undefined, said: [] });
    expect(use.memoryBytes).toBeGreaterThan(0);
    expect(use.memoryBytes).toBeLessThan(64 * MIB);
    expect(usedHere('/tmp')).toBeGreaterThan(64 * MIB); // control
  });
});

describe('processes', () => {
  test('a number that is another process’s by now has no tree', async () => {
    const outer = started(['/bin/sh', '-c', 'sleep 60; true']);
    expect(await within(10_000, () => childrenOf(outer.pid).length > 0)).toBe(true);
    const root = treeRoot(outer.pid);
    expect(treeOf(root).map(({ pid }) => pid)).toEqual([outer.pid, ...childrenOf(outer.pid)]);
    expect(treeOf({ ...root, start: '1' })).toEqual([]);
  });

  test('a watch whose first process is gone counts nobody', async () => {
    const outer = started(['/bin/sleep', '60']);
    const watch = watchTree(
      { outer: outer.pid, isCage: false, group: undefined, limits: LIMITS, inMemory: [] },
      () => undefined,
    );
    const gone = new Promise((resolve) => outer.once('exit', resolve));
    outer.kill('SIGKILL');
    await gone;
    expect(watch.end()).toMatchObject({ over: undefined, use: { processes: 0 } });
  });
});

describe('memory that no process shows as its own', () => {
  const ROOM = { memoryBytes: 128 * MIB, diskBytes: 512 * MIB };
  /** Zeros that are only looked at take no memory but for the tables that lead to them: 4 KiB for each 2 MiB. */
  const TABLES = `import ctypes, mmap, time
print("began", flush=True)
libc = ctypes.CDLL(None, use_errno=True); libc.mmap.restype = ctypes.c_void_p
size = 1 << 40
at = libc.mmap(None, ctypes.c_size_t(size), 1, 0x4022, -1, ctypes.c_long(0))
libc.madvise(ctypes.c_void_p(at), ctypes.c_size_t(size), 15)
for i in range(60000): ctypes.string_at(at + i * (2 << 20), 1)
time.sleep(2); print("ALL", flush=True)`;
  const EMPTY = `import os, time
print("began", flush=True)
for i in range(200000): os.close(os.open("/tmp/%d" % i, os.O_CREAT | os.O_WRONLY))
time.sleep(2); print("ALL", flush=True)`;
  const python = (code: string): string[] => ['/usr/bin/python3', '-c', code];
  const NAMES = ['tables of pages', 'empty files in memory'];
  let account: OrdinaryAccount;
  beforeAll(async () => {
    account = await ordinaryAccount('oversign-watch');
  });
  afterAll(() => account.close());

  test('is counted, for root', async () => {
    const cage = await caged(await temporaryFolder());
    for (const [index, code] of [TABLES, EMPTY].entries()) {
      const { output, ending } = await cage.run(python(code), { limits: ROOM });
      expect({ output, ending }, NAMES[index]).toEqual({
        output: 'began\n',
        ending: { kind: 'limit', limit: 'memory' },
      });
    }
  });

  test('is counted, for an ordinary user without control groups', async () => {
    const results = await account.run([TABLES, EMPTY].map(python), { limits: ROOM });
    for (const [index, { output, ending }] of results.entries())
      expect({ output, ending }, NAMES[index]).toEqual({
        output: 'began\n',
        ending: { kind: 'limit', limit: 'memory' },
      });
  });

  test('control: with room enough both get what they want', async () => {
    const results = await account.run([TABLES, EMPTY].map(python), { limits: { memoryBytes: 2048 * MIB } });
    expect(results.map(({ output }) => output)).toEqual(['began\nALL\n', 'began\nALL\n']);
  });

  test('messages and semaphores are refused where nothing counts them', async () => {
    const code = `import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for ask in [lambda: libc.msgget(0, 0o1600), lambda: libc.semget(0, 30000, 0o1600), lambda: libc.mq_open(b"/q", os.O_CREAT | os.O_RDWR, 0o600, None)]:
    print(ask() >= 0, ctypes.get_errno())`;
    const [{ output, limits } = { output: '', limits: [] }] = await account.run([python(code)]);
    if (limits.find(({ name }) => name === 'memory')?.how === 'watched')
      expect(output).toBe('False 38\nFalse 38\nFalse 38\n');
    const outside = spawnSync('bwrap', ['--unshare-ipc', '--dev-bind', '/', '/', ...python(code)], {
      encoding: 'utf8',
    });
    expect(outside.stdout).toMatch(/^True \d+\nTrue \d+\nTrue/);
  });
});
