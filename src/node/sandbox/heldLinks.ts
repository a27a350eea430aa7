import { readlinkSync, symlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isInside, nameOf } from '../../core/scope/spelling.ts';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { entryAt } from './entries.ts';
import { realOf } from './gitFile.ts';

/** A link where a protected path should be: it is protected, and so is what it leads to. */
export interface HeldLink {
  path: string;
  /** As it is written, in the bytes that `textOfName` stands for. */
  text: string;
  /** What it leads to in the workspace: read-only, or kept from being made where it is not there. */
  target?: { path: string; isThere: boolean };
}

/**
 * No mount holds a link itself. So what it leads to is held, the folders above it are (cage.ts), a command that puts
 * something else there is ended (watchedCommand.ts), and it is put back. `refused`: those that lead to a place that
 * commands have to write in, or through further links, of which the same would be true.
 */
export function heldLinks(paths: readonly string[], roots: readonly string[]): { held: HeldLink[]; refused: string[] } {
  const held: HeldLink[] = [];
  const refused: string[] = [];
  for (const path of paths) {
    const one = heldLink(path, roots);
    if (one) held.push(one);
    else refused.push(path);
  }
  return { held, refused };
}

function heldLink(path: string, roots: readonly string[]): HeldLink | undefined {
  try {
    const text = textOfName(readlinkSync(bytesOfPath(path), { encoding: 'buffer' }));
    const written = resolve(dirname(path), text);
    const isIn = (at: string): boolean => roots.some((root) => isInside(root, at));
    const real = realOf(path);
    if (!isIn(written) && (real === undefined || !isIn(real))) return { path, text };
    if (real !== undefined && real !== written) return undefined;
    if (roots.some((root) => isInside(written, root)) || isInside(written, path)) return undefined;
    return { path, text, target: { path: written, isThere: real !== undefined } };
  } catch {
    return undefined; // it went, or is no link any more
  }
}

/** Puts links back that are gone, or in whose place something was that is set aside by now. */
export function putBackLinks(held: readonly HeldLink[]): string[] {
  const sentences: string[] = [];
  for (const { path, text } of held) {
    if (entryAt(path)) continue;
    try {
      symlinkSync(bytesOfPath(text), bytesOfPath(path));
      sentences.push(
        `${nameOf(path)}, which is a link at a protected place, was taken away, and is there again`.toWellFormed(),
      );
    } catch {
      sentences.push(`${path}, which was a link to ${text}, is gone and could not be made again`.toWellFormed());
    }
  }
  return sentences;
}
