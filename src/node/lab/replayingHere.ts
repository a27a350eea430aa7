import { lstatSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { EngineParts } from '../../compose.ts';
import { preImageAt } from '../files/preImage.ts';
import { realPaths } from '../files/realPath.ts';
import { WorkspaceRefused } from '../workspaceFolders.ts';
import { decidingParts, type DecidingOptions } from './decidingParts.ts';

/** How long others wait while it decides, in milliseconds. */
const STRETCH = 12;
/** So many scripts, and bytes of one, are looked at; of others it is said that they are not as they were. */
const [MOST_SCRIPTS, MOST_BYTES] = [2000, 2 ** 20];

/** What a log is replayed with on this machine: policies are read, paths looked at, and nothing is changed or started. */
export interface ReplayingHere {
  look: {
    realPath: (path: string) => Promise<string>;
    digestOf: (path: string) => Promise<string | undefined>;
  };
  /** What decides in these folders; or why nothing is decided there, as a sentence. */
  partsFor: (folders: readonly string[]) => Promise<EngineParts | { problem: string }>;
  /** Lets others at work in between, and throws where it is to stop. */
  breathe: () => Promise<void>;
}

export function replayingHere(policies: Omit<DecidingOptions, 'workspace'>, signal: AbortSignal): ReplayingHere {
  let since = performance.now();
  return {
    look: lookNow(),
    partsFor: async ([workspace = '', ...besides]) => {
      try {
        return await decidingParts({ ...policies, workspace, besides });
      } catch (error) {
        if (error instanceof WorkspaceRefused) return { problem: error.message };
        throw error;
      }
    },
    breathe: async () => {
      signal.throwIfAborted();
      if (performance.now() - since < STRETCH) return;
      await setImmediate();
      since = performance.now();
      signal.throwIfAborted();
    },
  };
}

function lookNow(): ReplayingHere['look'] {
  const digests = new Map<string, Promise<string | undefined>>();
  const real = realPaths();
  return {
    realPath: real,
    digestOf: (path) => {
      const known = digests.get(path);
      if (known) return known;
      if (digests.size >= MOST_SCRIPTS) return Promise.resolve(undefined);
      const found = digestOf(path);
      digests.set(path, found);
      return found;
    },
  };
}

async function digestOf(path: string): Promise<string | undefined> {
  try {
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (info?.isFile() !== true || info.size > MOST_BYTES) return undefined;
    return (await preImageAt(path, path)).digest;
  } catch {
    return undefined; // nobody may look there
  }
}
