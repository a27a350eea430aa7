import { lstatSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import type { PathsBelow, PolicyLook } from '../../core/policy/port.ts';

const MOST_PATHS = 20_000;
/** What is in these is made again from elsewhere, and there is a lot of it. */
const PASSED_OVER = new Set(['node_modules', '.git', '.venv', 'venv', '__pycache__', 'target', 'dist']);

/** The disk, as far as a policy is told about it: nothing is opened but folders, and no link is followed. */
export const policyLook: PolicyLook = { stands, below };

/** Before every call: at once, and not by way of the thread pool. */
function stands(path: string): Promise<boolean> {
  try {
    lstatSync(path);
    return Promise.resolve(true);
  } catch {
    return Promise.resolve(false);
  }
}

async function below(folders: readonly string[]): Promise<PathsBelow> {
  const paths: string[] = [];
  const waiting = [...folders];
  for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) {
    const entries = await opendir(folder).catch(() => undefined);
    if (!entries) continue;
    for await (const entry of entries) {
      if (paths.length >= MOST_PATHS) return { paths, isWhole: false };
      const path = join(folder, entry.name);
      paths.push(path);
      if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) waiting.push(path);
    }
  }
  return { paths, isWhole: true };
}
