import { closeSync, constants, fstatSync, openSync, readlinkSync, type BigIntStats } from 'node:fs';
import { isInside } from '../../core/scope/spelling.ts';
import { bytesOfPath, textOfName } from '../files/rawPath.ts';
import { identityAt } from './entries.ts';
import type { Rules } from './surveyRules.ts';

/** O_PATH of open(2), which Node has no name for: a folder that is only named, whatever its mode. */
const PATH_ONLY = 0o10000000;

/** Where folders are in which a command began: people move and rename them meanwhile, and put others in their places. */
export class MovedRoots {
  readonly #now: ReadonlyMap<string, string | undefined>;

  /** Each folder as it was, and where it is; undefined where that is not known. */
  constructor(now: ReadonlyMap<string, string | undefined>) {
    this.#now = now;
  }

  /** Where they are, as far as that is known. */
  get folders(): string[] {
    return [...this.#now.values()].flatMap((now) => now ?? []);
  }

  /** Those that are elsewhere, and where; undefined where that is not known. */
  get moved(): [was: string, now: string | undefined][] {
    return [...this.#now].filter(([was, now]) => was !== now);
  }

  /** A path of before, as it is now. */
  there(path: string): string {
    const [was, now] = holding(this.#now, path) ?? [];
    return was === undefined || now === undefined ? path : now + path.slice(was.length);
  }

  /** A path of now, as it was. */
  back(path: string): string {
    const turned = this.moved.flatMap(([was, now]) => (now === undefined ? [] : [[now, was] as const]));
    const [now, was] = holding(new Map(turned), path) ?? [];
    return now === undefined || was === undefined ? path : was + path.slice(now.length);
  }

  /** Rules about paths of before, for paths of now. */
  rules(rules: Rules): Rules {
    if (this.moved.length === 0) return rules;
    return {
      ...(rules.hidesStores !== undefined && { hidesStores: rules.hidesStores }),
      ...(rules.deniesInside !== undefined && { deniesInside: rules.deniesInside }),
      isHidden: (path) => rules.isHidden(this.back(path)),
      isProtected: (path) => rules.isProtected(this.back(path)),
      isAboveProtected: (path) => rules.isAboveProtected(this.back(path)),
    };
  }
}

/** Folders that are held open, so that they are found again wherever they are moved. */
export class HeldRoots implements Disposable {
  readonly #held = new Map<string, number>();

  constructor(folders: readonly string[]) {
    for (const folder of folders)
      this.#held.set(folder, openSync(bytesOfPath(folder), PATH_ONLY | constants.O_NOFOLLOW | constants.O_DIRECTORY));
  }

  /** Which file system object each is (`identityAt`). */
  identities(): [path: string, identity: string][] {
    return [...this.#held].map(([folder, file]) => [folder, identityOf(fstatSync(file, { bigint: true }))]);
  }

  now(): MovedRoots {
    return new MovedRoots(new Map([...this.#held].map(([folder, file]) => [folder, placeOf(folder, file)])));
  }

  [Symbol.dispose](): void {
    for (const file of this.#held.values()) closeSync(file);
    this.#held.clear();
  }
}

/** The kernel names an open folder by where it is now: proc(5), /proc/PID/fd. */
function placeOf(folder: string, file: number): string | undefined {
  const identity = identityOf(fstatSync(file, { bigint: true }));
  if (identityAt(folder) === identity) return folder;
  try {
    const named = textOfName(readlinkSync(`/proc/self/fd/${file}`, 'buffer'));
    return identityAt(named) === identity ? named : undefined;
  } catch {
    return undefined;
  }
}

function identityOf({ dev, ino, birthtimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${birthtimeNs}`;
}

/** The deepest of some folders that holds a path, with what is said of it. */
function holding<T>(folders: ReadonlyMap<string, T>, path: string): [string, T] | undefined {
  return [...folders].filter(([folder]) => isInside(folder, path)).sort(([a], [b]) => b.length - a.length)[0];
}
