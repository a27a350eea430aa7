import type { Meaning } from '../../command/meaning.ts';
import { ToolFailure } from '../../outcome.ts';
import { Forbidden } from '../../scope/guard.ts';
import { goesBack } from '../../scope/spelling.ts';
import type { CallContext } from '../tool.ts';

const MOST_FOLDERS = 50;

/** Where each program of a line that moves may start, whole and real; null where that is not known for sure. */
export async function startFolders(
  { folders }: Meaning,
  cwd: string,
  { files, policy }: CallContext,
): Promise<(string[] | null)[]> {
  const known = new Map<string, string | undefined>([['.', cwd]]);
  for (const spelling of new Set(folders.flatMap((from) => from ?? []))) {
    if (known.has(spelling)) continue;
    // Behind a link `..` is another folder to the shell than to the system, and CDPATH has others searched first.
    const isPlain = known.size < MOST_FOLDERS && !goesBack(spelling) && !policy.variables.value.includes('CDPATH');
    known.set(spelling, isPlain ? await folderAt(spelling, cwd, files) : undefined);
  }
  return folders.map((from) => {
    const real = (from ?? []).map((spelling) => known.get(spelling));
    const sure = real.filter((one) => one !== undefined);
    return sure.length === 0 || sure.length < real.length ? null : sure;
  });
}

async function folderAt(spelling: string, cwd: string, files: CallContext['files']): Promise<string | undefined> {
  try {
    const look = await files.look(spelling, cwd, 'followed');
    return look.kind === 'directory' ? look.path : undefined;
  } catch (error) {
    if (error instanceof ToolFailure || error instanceof Forbidden) return undefined;
    throw error;
  }
}
