import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { statOf } from './pointers.ts';

/** Alternates of alternates are followed so far. */
const DEEPEST = 5;
/** Header and first table of an index of a pack, version 2 (gitformat-pack(5)). */
const FANOUT_AT = 8;
const NAMES_AT = FANOUT_AT + 256 * 4;

/** Whether a repository still has an object. Looks for its name alone, and does not read it. */
export function hasObject(gitFolder: string, digest: string): boolean {
  return isIn(join(gitFolder, 'objects'), digest, 0);
}

function isIn(objects: string, digest: string, depth: number): boolean {
  if (statOf(join(objects, digest.slice(0, 2), digest.slice(2)))?.isFile() === true) return true;
  const packs = namesIn(join(objects, 'pack')).filter((name) => name.endsWith('.idx'));
  if (packs.some((name) => isInPack(join(objects, 'pack', name), digest))) return true;
  if (depth === DEEPEST) return false;
  return othersOf(objects).some((other) => isIn(other, digest, depth + 1));
}

function isInPack(index: string, digest: string): boolean {
  // An index without its pack is of no use.
  if (statOf(index.replace(/idx$/, 'pack'))?.isFile() !== true) return false;
  const wanted = Buffer.from(digest, 'hex');
  let fd: number;
  try {
    fd = openSync(index, 'r');
  } catch {
    return false;
  }
  try {
    const at = (position: number, length: number): Buffer => {
      const bytes = Buffer.alloc(length);
      if (readSync(fd, bytes, 0, length, position) < length) throw new Error('it ends before that');
      return bytes;
    };
    if (at(0, 4).readUInt32BE() !== 0xff744f63) return false;
    const [first = 0] = wanted;
    let low = first === 0 ? 0 : at(FANOUT_AT + (first - 1) * 4, 4).readUInt32BE();
    let high = at(FANOUT_AT + first * 4, 4).readUInt32BE();
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const order = at(NAMES_AT + middle * wanted.length, wanted.length).compare(wanted);
      if (order === 0) return true;
      if (order < 0) low = middle + 1;
      else high = middle;
    }
    return false;
  } catch {
    return false;
  } finally {
    closeSync(fd);
  }
}

/** Object folders of other repositories that this one borrows from. */
function othersOf(objects: string): string[] {
  try {
    const lines = readFileSync(join(objects, 'info', 'alternates'), 'utf8')
      .split('\n')
      .slice(0, 20);
    return lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => (isAbsolute(line) ? line : resolve(objects, line)));
  } catch {
    return [];
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
