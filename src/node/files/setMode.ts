import { chmod, constants, open } from 'node:fs/promises';
import { lstatSync } from 'node:fs';
import { ToolFailure } from '../../core/outcome.ts';
import { HAS_OPEN_LOOKUP } from './openTree.ts';

/** open(2), O_PATH: opens what nobody may read, and nothing behind a link. Node has no name for it. */
const PATH_ONLY = 0o10000000;

/** Sets the permission bits of what stands at a path, never through a link; resolves with those that it had. */
export async function setMode(at: string, mode: number): Promise<number> {
  if (!HAS_OPEN_LOOKUP) {
    const before = modeOf(lstatSync(at));
    await chmod(at, mode);
    return before;
  }
  const handle = await open(at, PATH_ONLY | constants.O_NOFOLLOW);
  try {
    const before = modeOf(await handle.stat());
    if (before !== mode) await chmod(`/proc/self/fd/${handle.fd}`, mode);
    return before;
  } finally {
    await handle.close();
  }
}

function modeOf(info: { isFile(): boolean; isDirectory(): boolean; mode: number }): number {
  if (!info.isFile() && !info.isDirectory()) throw new ToolFailure('it is neither a file nor a folder any more');
  return info.mode & 0o7777;
}
