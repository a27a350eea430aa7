import { realpathSync, statSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { isInside } from '../../../core/scope/spelling.ts';
import { SYSTEM } from '../systemMounts.ts';
import type { PlaceKind } from './table.ts';

/** The account, as far as it says where places are. */
export interface Around {
  home: string;
  environment: NodeJS.ProcessEnv;
  uid: number;
  /** Workspaces and Oversign's own folders: no place may hold one or lie in one. */
  never: readonly string[];
  /** Folders that are shown for another reason: what lies there needs no place of its own. */
  seen: readonly string[];
}

/** A folder, or a file, that may be shown read-only: by the name that projects use, and as it is. */
export interface Place {
  path: string;
  real: string;
  /** It lies in one of the system's folders, which commands see anyway. */
  isOfSystem?: true;
}

/** What is below these is nobody's package, wherever a variable points. */
const NEVER_BELOW_HOME = ['.ssh', '.gnupg', '.aws', '.azure', '.kube', '.docker', '.password-store', '.mozilla'];
/** Folders in which everything lies: one that a variable names is no store. */
const SHARED_BELOW_HOME = ['', '.config', '.local', '.local/share', '.cache', 'Documents', 'Desktop', 'Downloads'];

/** Where a kind's places may be here: where tools look first, and where the account's variable says. */
export function rootsOf({ at, variable }: PlaceKind, { home, environment }: Around): string[] {
  const value = variable && environment[variable.name];
  const named = variable && value !== undefined && isAbsolute(value) ? [join(value, variable.below)] : [];
  return [...new Set([isAbsolute(at) ? at : join(home, at), ...named.map((path) => path.replace(/(?<=.)\/+$/, ''))])];
}

/**
 * The place at a path, if it may be shown: it belongs to the account or the system, nobody else can write there, and it
 * neither holds nor lies in what no command may see. Undefined for anything else, and for what commands see anyway.
 */
export function placeAt(path: string, kind: 'folder' | 'file', around: Around): Place | undefined {
  const real = realOf(path);
  if (real === undefined || SYSTEM.some((folder) => isInside(folder, real))) return undefined;
  const { home, uid, never } = around;
  const info = statSync(real, { throwIfNoEntry: false });
  if (!info || (kind === 'folder' ? !info.isDirectory() : !info.isFile())) return undefined;
  if ((info.uid !== uid && info.uid !== 0) || (info.mode & 0o002) !== 0) return undefined;
  if (real === '/' || /^\/(?:proc|sys|dev|etc|run|boot)(?:\/|$)/.test(real) || isInside(real, home)) return undefined;
  if (SHARED_BELOW_HOME.some((name) => real === join(home, name))) return undefined;
  if (NEVER_BELOW_HOME.some((name) => isInside(join(home, name), real))) return undefined;
  if (never.some((one) => isInside(one, real) || isInside(real, one) || isInside(one, path))) return undefined;
  return { path, real };
}

/** A folder of the system's own that a name of the account's leads to: it needs no mount, but that name. */
export function systemPlace(path: string): Place | undefined {
  const real = realOf(path);
  const isOne = real !== undefined && SYSTEM.some((folder) => isInside(folder, real));
  return isOne && statSync(real, { throwIfNoEntry: false })?.isDirectory()
    ? { path, real, isOfSystem: true }
    : undefined;
}

export function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
