import type { Resource } from '../../../shared/action.ts';
import type { Loss } from '../../../shared/approval.ts';
import { Forbidden } from '../../scope/guard.ts';
import { ToolFailure } from '../failure.ts';
import { lossAt } from '../files/loss.ts';
import type { ToolContext } from '../tool.ts';

const MOST = 10;

/** What stands at the paths that a command says it deletes or overwrites. What it does not say cannot be known. */
export async function commandLosses(
  resources: readonly Resource[],
  context: ToolContext,
  signal: AbortSignal,
): Promise<{ path: string; loss: Loss }[]> {
  const losses: { path: string; loss: Loss }[] = [];
  for (const { path, access } of resources
    .filter(({ access: how }) => how === 'write' || how === 'delete')
    .slice(0, MOST)) {
    try {
      const look = await context.files.look(path, context.folder, 'itself');
      // Writing into a folder takes nothing away from it.
      if (look.kind === 'absent' || (access === 'write' && look.kind === 'directory')) continue;
      losses.push({ path: context.scope.shown(path), loss: await lossAt(look, context, signal) });
    } catch (error) {
      if (!(error instanceof ToolFailure || error instanceof Forbidden)) throw error;
    }
  }
  return losses;
}
