import { chmodSync, closeSync, constants, fstatSync, openSync, type BigIntStats } from 'node:fs';
import { bytesOfPath } from '../files/rawPath.ts';
import { entryAt } from './entries.ts';

/** O_PATH of open(2), which Node has no name for: a folder that is only named, whatever its mode. */
const PATH_ONLY = 0o10000000;

/** What may be done with a folder, and which one it is. */
interface Kept {
  identity: string;
  mode: number;
}

/**
 * The modes of folders that a command may write in but that are not its own to open: the workspace folders, and those
 * that hold protected entries. Inside a cage chmod(2) cannot be kept from them alone, so they are set back afterwards.
 * Of commands that run at the same time, none takes for the mode before what another one made of it.
 */
export class FolderModes {
  readonly #held = new Map<string, { kept: Kept; calls: number }>();

  /** Keeps the modes for one command; `restore` is called once, after it. Parents come before what is in them. */
  keep(paths: readonly string[]): { restore(): string[] } {
    const mine: { path: string; kept: Kept }[] = [];
    for (const path of new Set(paths)) {
      const now = keptOf(entryAt(path));
      if (!now) continue;
      const there = this.#held.get(path);
      const one = there?.kept.identity === now.identity ? there : { kept: now, calls: 0 };
      one.calls += 1;
      this.#held.set(path, one);
      mine.push({ path, kept: one.kept });
    }
    return {
      restore: () => {
        const sentences = mine.flatMap(({ path, kept }) => setBack(path, kept));
        for (const { path, kept } of mine) {
          const one = this.#held.get(path);
          if (one?.kept !== kept) continue;
          one.calls -= 1;
          if (one.calls === 0) this.#held.delete(path);
        }
        return sentences;
      },
    };
  }
}

/** What is another folder by now is left alone: it is opened first, so that what is looked at is what is changed. */
function setBack(path: string, { identity, mode }: Kept): string[] {
  const look = keptOf(entryAt(path));
  if (look?.identity !== identity || look.mode === mode) return [];
  const change = `the mode of ${path.toWellFormed()} was changed from ${octal(mode)} to ${octal(look.mode)}`;
  try {
    const folder = openSync(bytesOfPath(path), PATH_ONLY | constants.O_NOFOLLOW | constants.O_DIRECTORY);
    try {
      if (keptOf(fstatSync(folder, { bigint: true }))?.identity !== identity) return [];
      chmodSync(`/proc/self/fd/${folder}`, mode);
    } finally {
      closeSync(folder);
    }
    return [`${change} while the command ran, and was set back`];
  } catch (error) {
    return [`${change} while the command ran, and could not be set back (${String(error)}): look at it`];
  }
}

function keptOf(info: BigIntStats | undefined): Kept | undefined {
  if (!info?.isDirectory()) return undefined;
  return { identity: `${info.dev}:${info.ino}:${info.birthtimeNs}`, mode: Number(info.mode & 0o7777n) };
}

const octal = (mode: number): string => mode.toString(8).padStart(4, '0');
