import type { Doubt, Meaning } from '../../command/meaning.ts';
import { removalsIn, removalWords, type Removal } from '../../command/removesFirst.ts';
import { seenFrom } from '../../command/shellState.ts';
import { ToolFailure } from '../../outcome.ts';
import { Forbidden } from '../../scope/guard.ts';
import type { CallContext } from '../tool.ts';

const MOST = 5;

/** The steps of a line that take away, without a network, what only a network brings back: each is asked about. */
export async function offlineRemovals(
  { programs, folders }: Pick<Meaning, 'programs' | 'folders'>,
  cwd: string,
  { files }: Pick<CallContext, 'files'>,
): Promise<Doubt[]> {
  const words = programs.map((program) => program.map((word) => (word.kind === 'known' ? word.text : null)));
  const found: Doubt[] = [];
  for (const removal of removalsIn(words).slice(0, MOST))
    if (await isThere(removal, folders[removal.program], cwd, files))
      found.push({ why: removalWords(removal), kind: 'offline' });
  return found;
}

/** Where there is nothing yet, nothing is lost. Where it cannot be looked at, it may be there. */
async function isThere(
  { removes }: Removal,
  folders: readonly string[] | undefined,
  cwd: string,
  files: CallContext['files'],
): Promise<boolean> {
  if (removes === undefined || folders === undefined) return true;
  for (const folder of folders) {
    try {
      const look = await files.look(seenFrom(folder, removes), cwd, 'itself');
      if (look.kind !== 'absent') return true;
    } catch (error) {
      if (error instanceof ToolFailure || error instanceof Forbidden) return true;
      throw error;
    }
  }
  return false;
}
