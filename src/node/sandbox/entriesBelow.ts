import type { Dir } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { OpenedForCount } from './openedForCount.ts';

export interface Below {
  folders: readonly string[];
  /** Folders that are out of the command's reach. */
  without: ReadonlySet<string>;
}

export interface EntryBelow {
  path: string;
  kind: 'folder' | 'file' | 'other';
}

/**
 * Every entry below the folders that a command may write in, while it runs: what it closed to its owner is opened, and set
 * back when whoever asks has had enough. Links are not followed.
 */
export async function* entriesBelow({ folders, without }: Below): AsyncGenerator<EntryBelow> {
  const opened = new OpenedForCount();
  const pending = [...folders];
  try {
    for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
      const all = await openedOrListed(folder, opened);
      if (!all) continue;
      try {
        for await (const entry of all) {
          const path = `${folder}/${textOfName(entry.name as unknown as Buffer)}`;
          const kind = entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other';
          if (kind === 'folder' && !without.has(path)) pending.push(path);
          yield { path, kind };
        }
      } catch {
        continue; // gone meanwhile
      }
    }
  } finally {
    opened.close();
  }
}

async function openedOrListed(folder: string, opened: OpenedForCount): Promise<Dir | undefined> {
  try {
    return await listed(folder).catch((error: unknown) => {
      if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
      opened.open(folder);
      return listed(folder);
    });
  } catch {
    return undefined; // gone meanwhile
  }
}

/** Node gives names as bytes here; its types do not know it. */
function listed(folder: string): Promise<Dir> {
  return opendir(bytesOfPath(folder), { encoding: 'buffer' as 'utf8', bufferSize: 1024 });
}
