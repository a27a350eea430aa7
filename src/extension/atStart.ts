import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { interruptedBefore } from '../node/audit/startLook.ts';
import { ownFolders } from '../node/folders.ts';
import { titleOf } from '../shared/cut.ts';

/**
 * What is to be said at the start of an editor of runs of these folders that were interrupted; undefined where there are
 * none. Opens no session: the log is looked into, and nothing is kept open.
 */
export function interruptedAtStart(folders: readonly string[], environment: NodeJS.ProcessEnv): string | undefined {
  const file = join(ownFolders(environment).data, 'audit.db');
  const [first, ...others] = interruptedBefore(file, folders.flatMap(real));
  if (!first) return undefined;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `Oversign: a run of this folder was interrupted: ${titleOf(first.task === '' ? first.run : first.task, 80)}${more}.`;
}

/** As runs are recorded. What is not there has no runs. */
function real(folder: string): string[] {
  try {
    return [realpathSync(folder)];
  } catch {
    return [];
  }
}
