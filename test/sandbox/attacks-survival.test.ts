import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { argvOf, SURVIVORS } from '../support/attacks.ts';
import { processesWith, within } from '../support/processes.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { removeWhole } from '../support/tree.ts';

let base: string;
let cage: Caged;

beforeAll(async () => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'oversign-survival-')));
  cage = await caged(base);
});
afterAll(() => removeWhole(base));

/** Runs what comes after it and gives what that started a moment to settle. */
const SETTLE = ['/bin/bash', '-c', '"$@"; sleep 0.2', 'settle'];

function endAll(mark: string): Promise<boolean> {
  // One look can miss a process that begins during it: a chain has ended where none is seen for a while.
  let unseen = 0;
  return within(10_000, () => {
    const left = processesWith(mark);
    unseen = left.length === 0 ? unseen + 1 : 0;
    for (const pid of left)
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it has ended
      }
    return unseen > 3;
  });
}

test.each(SURVIVORS)('nothing survives the call: $name', async (survivor) => {
  const outside = `mark-${randomUUID()}`;
  const [file = '', ...args] = [...(survivor.within ?? []), ...SETTLE, ...argvOf(survivor)];
  spawnSync(file, args, { env: { PATH: process.env['PATH'], MARK: outside }, stdio: 'ignore' });
  expect(await within(5000, () => processesWith(outside).length > 0), 'control: it survives outside').toBe(true);
  expect(await endAll(outside)).toBe(true);

  const mark = `mark-${randomUUID()}`;
  const { ending } = await cage.run([...SETTLE, ...argvOf(survivor)], { environment: { MARK: mark } });
  try {
    expect(ending).toEqual({ kind: 'exited', code: 0 });
    expect(await within(5000, () => processesWith(mark).length === 0)).toBe(true);
  } finally {
    await endAll(mark);
  }
});

/** All of them at once, and then the command waits. */
const ALL = [
  '/bin/bash',
  '-c',
  `for i in $(seq ${SURVIVORS.length}); do "$1" "$2" "$3" & shift 3; done >/dev/null 2>&1; sleep 1; echo ready; sleep 987`,
  'all',
  ...SURVIVORS.flatMap(argvOf),
];

test.each(['stopped', 'timeout', 'limit'] as const)('nothing survives a call that is ended: %s', async (kind) => {
  const mark = `mark-${randomUUID()}`;
  const stop = new AbortController();
  const running = cage.run(ALL, {
    environment: { MARK: mark },
    signal: stop.signal,
    ...(kind === 'timeout' && { timeoutMs: 3000 }),
    ...(kind === 'limit' && { limits: { processes: 50 } }),
  });
  try {
    if (kind === 'stopped') {
      expect(await within(10_000, () => processesWith(mark).length > 60)).toBe(true);
      stop.abort();
      expect(await within(5000, () => processesWith(mark).length === 0)).toBe(true);
    }
    expect((await running).ending.kind).toBe(kind);
    expect(await within(5000, () => processesWith(mark).length === 0)).toBe(true);
  } finally {
    await endAll(mark);
  }
});
