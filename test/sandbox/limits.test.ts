import { randomUUID } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { processesWith, within } from '../support/processes.ts';
import { caged } from '../support/sandboxRun.ts';
import { temporaryFolder } from '../support/tree.ts';

const MIB = 1024 ** 2;

test('wall time ends a command, and what it started', async () => {
  const mark = `mark-${randomUUID()}`;
  const cage = await caged(await temporaryFolder());
  const result = await cage.run(`echo begun; setsid sleep 987 & sleep 987`, {
    timeoutMs: 700,
    environment: { MARK: mark },
  });
  expect(result).toMatchObject({ ending: { kind: 'timeout', seconds: 0.7 }, output: 'begun\n' });
  expect(await within(5000, () => processesWith(mark).length === 0)).toBe(true);
});

test('a flood of output is counted in full and kept up to the cap', async () => {
  const cage = await caged(await temporaryFolder());
  const result = await cage.run(
    `head -c ${50 * MIB} /dev/zero | tr '\\0' x; head -c ${MIB} /dev/zero | tr '\\0' y >&2`,
    { outputCap: 10_000 },
  );
  expect(result.ending).toEqual({ kind: 'exited', code: 0 });
  expect(result.outputBytes).toBe(51 * MIB);
  expect(result.output).toHaveLength(10_000);
});

test('too many processes end the command, or cannot be started', async () => {
  const mark = `mark-${randomUUID()}`;
  const cage = await caged(await temporaryFolder());
  // A bounded crowd: root is only watched, and a real bomb would take the machine with it before the next look.
  const bomb = 'for i in $(seq 400); do sleep 20 & done; sleep 20';
  const result = await cage.run(bomb, { limits: { processes: 64 }, timeoutMs: 15_000, environment: { MARK: mark } });
  // Root is only watched; for others the kernel refuses to fork, and the command goes on until its time is over.
  if (process.getuid?.() === 0) expect(result.ending).toEqual({ kind: 'limit', limit: 'processes' });
  else expect(result.output).toContain('Resource temporarily unavailable');
  expect(await within(5000, () => processesWith(mark).length === 0)).toBe(true);
});

test('memory is watched over the whole tree', async () => {
  const cage = await caged(await temporaryFolder());
  const hog = `/usr/bin/python3 -c 'import time; x = bytearray(90 << 20); time.sleep(20)' & `;
  const result = await cage.run(`${hog.repeat(4)} wait`, { limits: { memoryBytes: 256 * MIB } });
  expect(result.ending).toEqual({ kind: 'limit', limit: 'memory' });
  const few = await cage.run(`/usr/bin/python3 -c 'x = bytearray(90 << 20)'`, { limits: { memoryBytes: 256 * MIB } });
  expect(few.ending).toEqual({ kind: 'exited', code: 0 });
});

test('processor time is limited, also over several processes', async () => {
  const cage = await caged(await temporaryFolder());
  const one = await cage.run('while :; do :; done', { limits: { cpuSeconds: 1 } });
  expect(one.ending).toEqual({ kind: 'limit', limit: 'CPU time' });
  const many = await cage.run('for i in 1 2 3; do (while :; do :; done) & done; wait', { limits: { cpuSeconds: 2 } });
  expect(many.ending).toEqual({ kind: 'limit', limit: 'CPU time' });
});

test('one file cannot grow over the limit', async () => {
  const cage = await caged(await temporaryFolder());
  const result = await cage.run('exec dd if=/dev/zero of=big bs=1M count=64', { limits: { diskBytes: 8 * MIB } });
  expect(result.ending.kind).toBe('limit');
  expect(statSync(join(cage.folder, 'big')).size).toBeLessThanOrEqual(8 * MIB);
});

test.each(['/tmp', '/dev/shm', '"$HOME"'])('temporary files in %s are limited together', async (folder) => {
  const cage = await caged(await temporaryFolder());
  const fill = `cd ${folder} && for i in 1 2 3 4; do head -c ${4 * MIB} /dev/zero > part$i || echo full; done; du -xsm . | cut -f1`;
  const result = await cage.run(fill, { limits: { diskBytes: 8 * MIB } });
  expect(result.output).toContain('No space left on device');
  expect(Number(result.output.trim().split('\n').at(-1))).toBeLessThanOrEqual(9);
});

test('a limit that is lower already stays, quietly', async () => {
  const base = await temporaryFolder();
  const job = join(base, 'job.json');
  writeFileSync(
    job,
    JSON.stringify({
      base,
      commands: ['ulimit -H -f; ulimit -S -t; ulimit -H -c'],
      options: { limits: { diskBytes: 256 * MIB, cpuSeconds: 50 } },
    }),
  );
  const child = join(import.meta.dirname, '../support/sandboxChild.ts');
  const ended = spawnSync(
    '/bin/bash',
    ['-c', `ulimit -f 100000; ulimit -t 40; exec "$0" "$@"`, process.execPath, child, job],
    { encoding: 'utf8' },
  );
  const [result] = JSON.parse(ended.stdout) as [{ output: string }];
  expect(result.output).toBe('100000\n40\n0\n');
});

test('what the kernel counts for a whole account is bounded, for good', async () => {
  const cage = await caged(await temporaryFolder());
  const result = await cage.run(
    'for o in n i q l; do ulimit -H -$o; done; ulimit -n unlimited 2>/dev/null || echo refused',
  );
  const [descriptors, signals, queues, locked, last] = result.output
    .trim()
    .split('\n')
    .map((line) => line.trim());
  expect(Number(descriptors)).toBeLessThanOrEqual(65_536);
  expect(Number(signals)).toBeLessThanOrEqual(4096);
  expect(Number(queues)).toBeLessThanOrEqual(819_200);
  expect(Number(locked)).toBeLessThanOrEqual(8192);
  expect(last).toBe('refused');
  const room = await cage.run(`/usr/bin/python3 -c "import os; [os.dup(1) for _ in range(900)]; print('ok')"`);
  expect(room.output).toBe('ok\n');
});

test('a limit that cannot be set ends the call', async () => {
  const cage = await caged(await temporaryFolder());
  const result = await cage.run('echo ran', { limits: { processes: Number.NaN } });
  expect(result.output).not.toContain('ran\n');
  // Where a control group refuses it the cage is never built; else the wrapper ends itself.
  expect(['violation', 'exited']).toContain(result.ending.kind);
  expect(result.ending).not.toEqual({ kind: 'exited', code: 0 });
});

test('hundreds of denied files are all hidden', async () => {
  const cage = await caged(await temporaryFolder());
  for (let i = 0; i < 700; i += 1) writeFileSync(join(cage.folder, `${i}.key`), 'SECRET');
  const result = await cage.run('cat *.key | wc -c', { denied: ['*.key'] });
  expect(result.output.trim().split('\n').at(-1)).toBe('0');
  expect(readFileSync(join(cage.folder, '699.key'), 'utf8')).toBe('SECRET');
  const open = await cage.run('cat *.key | wc -c');
  expect(open.output.trim()).toBe(String(700 * 6));
});
