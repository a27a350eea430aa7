import { closeSync, openSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processesWith, within } from '../support/processes.ts';
import { caged } from '../support/sandboxRun.ts';
import { temporaryFolder } from '../support/tree.ts';

// The attacks themselves, with their controls: test/sandbox/attacks*.test.ts, and ordinary-user.test.ts beside them.

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
  test('after Stop', async () => {
    const mark = `mark-${randomUUID()}`;
    const cage = await caged(await temporaryFolder());
    const stop = new AbortController();
    const running = cage.run(`trap '' TERM; setsid sleep 987 & sleep 987 & sleep 987`, {
      environment: { MARK: mark },
      signal: stop.signal,
    });
    expect(await within(40_000, () => processesWith(mark).length >= 4)).toBe(true);
    stop.abort();
    expect(await within(5000, () => processesWith(mark).length === 0)).toBe(true);
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
    expect(await within(5000, () => processesWith(mark).length === 0)).toBe(true);
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
