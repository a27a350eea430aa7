import { constants, realpathSync, statSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Refusal } from '../core/outcome.ts';
import type { Fault } from '../shared/fault.ts';
import type { SpelledFolder } from './files/ownSpelling.ts';
import { refuseWorkspace } from './sandbox/cage.ts';

/** A workspace that the agent must not have, with the sentence that says why. */
export class WorkspaceRefused extends Refusal {
  override name = 'WorkspaceRefused';

  override get fault(): Fault {
    return 'workspace';
  }
}

/** A folder that was named and is not worked in: as it was named, and why, as a sentence. */
export interface LeftOut {
  folder: string;
  why: string;
}

export interface WorkspaceFolders {
  /** Real paths, each once, in the order in which they were named. */
  roots: string[];
  /** Those that were named otherwise: through a link. */
  spelled: SpelledFolder[];
  leftOut: LeftOut[];
}

interface Judged {
  home: string;
  /** Oversign's own folders. */
  own: readonly string[];
  /** Whether something is of use where none of them can be worked in: the log is read without. Else the first throws. */
  mayHaveNone: boolean;
}

/** The workspace folders as they really are; those that cannot be worked in are left out and named. */
export async function workspaceFolders(
  folders: readonly string[],
  { home, own, mayHaveNone }: Judged,
): Promise<WorkspaceFolders> {
  const found: WorkspaceFolders = { roots: [], spelled: [], leftOut: [] };
  for (const folder of folders) {
    try {
      const real = await realFolder(folder);
      const problem = refuseWorkspace(real, home, own);
      if (problem !== undefined) throw new WorkspaceRefused(problem);
      if (!found.roots.includes(real)) found.roots.push(real);
      found.spelled.push(...spelledFolder(folder, real));
    } catch (error) {
      if (!(error instanceof WorkspaceRefused)) throw error;
      found.leftOut.push({ folder, why: error.message });
    }
  }
  const [first] = found.leftOut;
  if (first && found.roots.length === 0 && !mayHaveNone) throw new WorkspaceRefused(first.why);
  return found;
}

/** What a folder that was opened through a link is called. */
export function spelledFolder(folder: string, real: string): SpelledFolder[] {
  const spelled = resolve(folder);
  return spelled === real ? [] : [{ spelled, real }];
}

/** A workspace folder as it really is; one that cannot be worked in is refused here, not taken for an empty one. */
export async function realFolder(path: string): Promise<string> {
  try {
    const folder = realpathSync(path);
    if (!statSync(folder).isDirectory()) throw new WorkspaceRefused(`The workspace ${path} is not a folder.`);
    await access(folder, constants.R_OK | constants.X_OK);
    return folder;
  } catch (error) {
    if (error instanceof WorkspaceRefused) throw error;
    const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    throw new WorkspaceRefused(
      missing ? `The workspace ${path} does not exist.` : `The workspace ${path} cannot be entered and read.`,
    );
  }
}
