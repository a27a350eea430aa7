import type { Resource } from '../../../shared/action.ts';
import type { Loss } from '../../../shared/approval.ts';
import { Forbidden } from '../../scope/guard.ts';
import { ToolFailure } from '../failure.ts';
import { lossAt } from '../files/loss.ts';
import type { ToolContext } from '../tool.ts';

const MOST_SHOWN = 10;
/** Each is a walk and a question to version control. */
const MOST_LOOKED_AT = 60;

export interface CommandLosses {
  /** What no version control holds first, then the biggest. */
  shown: { path: string; loss: Loss }[];
  /** How many are not shown. */
  left: number;
  total: Pick<Loss, 'files' | 'bytes' | 'more'>;
}

/** What stands at the paths that a command says it deletes or overwrites. What it does not say cannot be known. */
export async function commandLosses(
  resources: readonly Resource[],
  context: ToolContext,
  signal: AbortSignal,
): Promise<CommandLosses> {
  const found: { path: string; loss: Loss }[] = [];
  const touched = resources.filter(({ access: how }) => how === 'write' || how === 'delete');
  for (const { path, access } of touched.slice(0, MOST_LOOKED_AT)) {
    try {
      const look = await context.files.look(path, context.folder, 'itself');
      // Writing into a folder takes nothing away from it.
      if (look.kind === 'absent' || (access === 'write' && look.kind === 'directory')) continue;
      found.push({ path: context.scope.shown(path), loss: await lossAt(look, context, signal) });
    } catch (error) {
      if (!(error instanceof ToolFailure || error instanceof Forbidden)) throw error;
    }
  }
  found.sort((a, b) => doubtOf(b.loss) - doubtOf(a.loss) || b.loss.bytes - a.loss.bytes);
  const notLookedAt = Math.max(0, touched.length - MOST_LOOKED_AT);
  return {
    shown: found.slice(0, MOST_SHOWN),
    left: Math.max(0, found.length - MOST_SHOWN) + notLookedAt,
    total: {
      files: found.reduce((sum, { loss }) => sum + loss.files, 0),
      bytes: found.reduce((sum, { loss }) => sum + loss.bytes, 0),
      more: notLookedAt > 0 || found.some(({ loss }) => loss.more),
    },
  };
}

function doubtOf({ tracked, unsaved }: Loss): number {
  return (unsaved ? 2 : 0) + (tracked === 'tracked' ? 0 : 1);
}
