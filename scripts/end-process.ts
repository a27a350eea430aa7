/** Ending a detached child together with everything it has started. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { descendants, isRunning, signalIfAlive } from './process-tree.ts';

const graceMs = 2000;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Ends `child` (spawned with `detached: true`), its process group and all its
 * descendants: first politely, after two seconds by force. Resolves when none is left.
 */
export async function stopTree(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined) return;
  // Listed before the first signal: whoever survives its parent is no descendant any more.
  const tree = descendants(pid);
  const gone = (): boolean =>
    (child.exitCode !== null || child.signalCode !== null) && !tree.some((info) => isRunning(info));

  if (child.exitCode === null && child.signalCode === null) signalIfAlive(-pid, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (!gone() && Date.now() < deadline) await sleep(20);

  while (!gone()) {
    for (const info of [...tree, ...descendants(pid)]) {
      if (isRunning(info)) signalIfAlive(info.pid, 'SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) signalIfAlive(-pid, 'SIGKILL');
    await sleep(20);
  }
}

/**
 * Kills the child's group when this process exits or is ended by a signal. A
 * signal that somebody else listens to is left to them.
 *
 * @returns takes the arrangement back.
 */
export function endTreeWithUs(child: ChildProcess): () => void {
  if (living.size === 0) {
    process.on('exit', killAll);
    for (const signal of signals) process.on(signal, onSignal);
  }
  living.add(child);
  return () => {
    if (!living.delete(child) || living.size > 0) return;
    process.off('exit', killAll);
    for (const signal of signals) process.off(signal, onSignal);
  };
}

const living = new Set<ChildProcess>();

function killAll(): void {
  for (const { pid } of living) {
    if (pid !== undefined) signalIfAlive(-pid, 'SIGKILL');
  }
}

function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  killAll();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}
