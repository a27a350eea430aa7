import { statfsSync, statSync } from 'node:fs';

/** linux/magic.h */
const TMPFS = 0x01021994;
/** What a file in memory takes beside its content: an inode and a name (mm/shmem.c). */
const ENTRY_BYTES = 1024;

/**
 * What lies in file systems in memory, as a process inside a cage sees them. Until a cage has changed its root, a path
 * in there is this machine's own; so only a folder counts that is in memory, is another one than this process has at
 * that path, and is the same before and after it was read.
 */
export function bytesInMemoryFolders(pid: number, folders: readonly string[]): number {
  let bytes = 0;
  for (const folder of folders) {
    const path = `/proc/${pid}/root${folder}`;
    const device = deviceAt(path);
    if (device === undefined || device === deviceAt(folder)) continue;
    try {
      const info = statfsSync(path);
      if (info.type !== TMPFS || deviceAt(path) !== device) continue;
      const entries = Math.max(0, info.files - info.ffree);
      bytes += (info.blocks - info.bfree) * info.bsize + entries * ENTRY_BYTES;
    } catch {
      // it has ended, or cannot be looked at
    }
  }
  return bytes;
}

/** Of a file system in memory each mount has a device number of its own, which is not given again while it is there. */
function deviceAt(path: string): bigint | undefined {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false })?.dev;
  } catch {
    return undefined;
  }
}
