import { constants } from 'node:fs';
import { chmod, copyFile, link, lutimes, mkdir, readlink, symlink } from 'node:fs/promises';
import { throwIfStopped } from '../../../core/outcome.ts';
import { bytesOfPath, textOfName } from '../../files/rawPath.ts';
import { entryIn, type Tree } from './stood.ts';

/** A folder of more bytes is not copied for a view. */
export const MOST_COPIED = 512 << 20;

/** Copies what was seen of a folder; what several names share they share in the copy. Blocks are shared where that can be. */
export async function copyTree(
  from: string,
  to: string,
  { tree, signal }: { tree: Tree; signal: AbortSignal },
): Promise<void> {
  const linked = new Map<string, string>();
  const folders: string[] = [];
  for (const [below, { kind, names }] of tree.entries) {
    throwIfStopped(signal);
    const info = entryIn(from, below);
    if (!info) continue; // it is found out that this changed
    const [source, target] = [bytesOfPath(`${from}/${below}`), bytesOfPath(`${to}/${below}`)];
    if (kind === 'directory') {
      await mkdir(target, { mode: 0o700 });
      folders.push(below);
      continue;
    }
    const other = names > 1 ? linked.get(String(info.ino)) : undefined;
    if (kind === 'file' && other !== undefined) await link(bytesOfPath(`${to}/${other}`), target);
    else if (kind === 'file') {
      await copyFile(source, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await chmod(target, Number(info.mode & 0o7777n));
      linked.set(String(info.ino), below);
    } else if (kind === 'link') await symlink(bytesOfPath(textOfName(await readlink(source, 'buffer'))), target);
    if (kind !== 'other') await lutimes(target, Number(info.atimeMs) / 1000, Number(info.mtimeMs) / 1000);
  }
  for (const below of folders.toReversed()) {
    const info = entryIn(from, below);
    if (info) await chmod(bytesOfPath(`${to}/${below}`), Number(info.mode & 0o7777n));
  }
}
