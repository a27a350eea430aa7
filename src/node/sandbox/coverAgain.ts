import { setTimeout as pause } from 'node:timers/promises';
import { startProcess } from '../process/spawn.ts';
import { entryAt, identityAt } from './entries.ts';
import { freeze } from './freeze.ts';
import type { RunningCage } from './runInCage.ts';
import type { StillTimes } from './stillTimes.ts';

/** What was covered: `absent`, by a stand-in. `read-only` and `absent` can be looked at, of what is hidden nothing. */
export type Covered = 'read-only' | 'absent' | 'hidden';

const NSENTER = '/usr/bin/nsenter';
const MOST_MS = 5_000;

/** Each prints which entry it is that is covered now, or fails. What it starts is the system's own, and read-only. */
const READ_ONLY = `mount -o bind,ro,nosuid,nodev "$1" "$1" && [ ! -L "$1" ] && [ ! -w "$1" ] && stat -c %d:%i "$1"`;
const HIDDEN = `[ ! -L "$1" ] && stat -c %d:%i "$1" && mount -o bind,ro,nosuid,nodev /dev/null "$1" && [ -c "$1" ]`;
const SCRIPTS = { 'read-only': READ_ONLY, absent: READ_ONLY, hidden: HIDDEN } satisfies Record<Covered, string>;

/**
 * Covers what somebody has put in the place of something covered, in a cage that runs: the kernel takes a mount away
 * together with what it covers. False where that cannot be done, or comes too late: the command has to end.
 *
 * A command that only waited meanwhile has seen nothing. One that may have run is held up before what is protected is
 * covered; what should have been hidden from it, it may have read, and what was absent, it may have made.
 */
export async function coverAgain(path: string, how: Covered, cage: RunningCage, still: StillTimes): Promise<boolean> {
  const info = entryAt(path);
  if (!path.isWellFormed() || !info || !(info.isFile() || (info.isDirectory() && how !== 'hidden'))) return false;
  const since = still.stillSince();
  const hasWaited = since !== undefined && Number(info.ctimeNs) / 1e6 >= since;
  if (hasWaited) {
    if (!(await mountOver(path, how, cage))) return false;
    return how === 'read-only' || still.stillSince() === since;
  }
  if (how !== 'read-only') return false;
  const thaw = await freeze(cage.outer);
  if (!thaw) return false;
  try {
    return await mountOver(path, how, cage);
  } finally {
    thaw();
  }
}

async function mountOver(path: string, how: Covered, { outer, init }: RunningCage): Promise<boolean> {
  const first = init();
  const info = entryAt(path);
  const identity = identityAt(path);
  if (first === undefined || !info) return false;
  // Of an ordinary user it is the namespace around the cage's own that may change its mounts (user_namespaces(7)).
  const around = process.getuid?.() === 0 ? [] : [`--user=/proc/${outer}/ns/user`, '--preserve-credentials'];
  const child = await startProcess({
    file: NSENTER,
    args: [...around, `--mount=/proc/${first}/ns/mnt`, '--', '/bin/sh', '-c', SCRIPTS[how], 'sh', path],
    cwd: '/',
    environment: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
    outputCap: 4096,
  }).catch(() => undefined);
  if (!child) return false;
  const timer = new AbortController();
  void pause(MOST_MS, undefined, { signal: timer.signal }).then(
    () => {
      child.kill();
    },
    () => undefined,
  );
  const { code, output } = await child.ended;
  timer.abort();
  return code === 0 && output.toString('utf8').trim() === `${info.dev}:${info.ino}` && identityAt(path) === identity;
}
