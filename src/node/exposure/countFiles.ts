import { opendir } from 'node:fs/promises';
import { standingOf } from '../../core/exposure/fileKinds.ts';
import type { Scope } from '../../core/scope/scope.ts';
import { FILE_STANDINGS, type FileCount, type FileStanding } from '../../shared/reach.ts';

export interface CountLimits {
  entries: number;
  ms: number;
}
const LIMITS: CountLimits = { entries: 100_000, ms: 3000 };
/** After so many entries others have a turn. */
const EVERY = 200;
const LONGEST = 4096;

/**
 * How many files there are in the workspace, by what they are to the agent. Names alone are looked at; no link is
 * followed; it stops at a number of entries, after a time, or when it is told to, and says so. Never throws.
 */
export async function countFiles(scope: Scope, signal: AbortSignal, limits: CountLimits = LIMITS): Promise<FileCount> {
  const counts = Object.fromEntries(FILE_STANDINGS.map((name) => [name, 0])) as Record<FileStanding, number>;
  const found: FileCount = { counts, links: 0, unread: 0, looked: 0, isWhole: true };
  const until = performance.now() + limits.ms;
  const stopped = (): FileCount['stopped'] =>
    signal.aborted
      ? 'cancelled'
      : found.looked >= limits.entries
        ? 'entries'
        : performance.now() > until
          ? 'time'
          : undefined;
  const left = [...scope.roots].reverse();
  for (let folder = left.pop(); folder !== undefined; folder = left.pop()) {
    try {
      for await (const entry of await opendir(folder, { bufferSize: EVERY })) {
        const why = stopped();
        if (why !== undefined) return { ...found, isWhole: false, stopped: why };
        found.looked += 1;
        if (found.looked % EVERY === 0) await new Promise((resolve) => setImmediate(resolve));
        const path = `${folder === '/' ? '' : folder}/${entry.name}`;
        if (entry.isSymbolicLink()) found.links += 1;
        else if (!entry.isDirectory()) counts[standingOf(path, scope)] += 1;
        else if (scope.isHidden(path)) counts[scope.isDenied(path) ? 'denied' : 'outside'] += 1;
        else if (path.length > LONGEST) found.unread += 1;
        else left.push(path);
      }
    } catch {
      found.unread += 1; // gone, or not to be read: by commands of this account neither
    }
  }
  return found;
}
