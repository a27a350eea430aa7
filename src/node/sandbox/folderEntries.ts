import { lstatSync, readdirSync } from 'node:fs';
import { chmod, readdir } from 'node:fs/promises';
import { ToolFailure } from '../../core/outcome.ts';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import type { Stretch } from './stretch.ts';

/**
 * Before a call it looks and changes nothing. After one there is no limit to how much it looks at, and it opens what
 * the call may have closed: every folder but those that were closed before.
 */
export type When = 'before' | { closedBefore: ReadonlySet<string>; deniedBefore: ReadonlySet<string> };

export interface Entry {
  path: string;
  name: string;
  kind: 'folder' | 'file' | 'link' | 'special';
}

/** What is in a folder; nothing where it cannot be looked into. */
export async function entriesOrNone(folder: string, stretch: Stretch): Promise<Entry[]> {
  const entries = await entriesOf(folder, 'before', stretch);
  return entries === 'closed' ? [] : entries;
}

/** A folder that takes more than this on its file system holds so much that reading it at once would be noticed. */
const LARGE_BYTES = 65_536;

/** What is in a folder: read at once, with a breath in between (stretch.ts); of a large one by way of the thread pool. */
export async function entriesOf(folder: string, when: When, stretch: Stretch): Promise<Entry[] | 'closed'> {
  const bytes = bytesOfPath(folder);
  const options = { withFileTypes: true, encoding: 'buffer' } as const;
  await stretch.rest();
  const isLarge = (): boolean => (lstatSync(bytes, { throwIfNoEntry: false })?.size ?? 0) > LARGE_BYTES;
  const read = async (): Promise<Entry[]> =>
    (isLarge() ? await readdir(bytes, options) : readdirSync(bytes, options)).map((entry) => {
      const name = textOfName(entry.name);
      const kind = entry.isDirectory()
        ? 'folder'
        : entry.isFile()
          ? 'file'
          : entry.isSymbolicLink()
            ? 'link'
            : 'special';
      return { path: `${folder}/${name}`, name, kind };
    });
  try {
    return await read();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return []; // gone meanwhile
    if (code !== 'EACCES' && when === 'before')
      throw new ToolFailure(`${folder} cannot be looked through (${String(code)})`);
    if (when === 'before' || when.closedBefore.has(folder)) return 'closed';
    return chmod(bytes, 0o700)
      .then(read)
      .catch(() => 'closed' as const);
  }
}
