import { ToolFailure } from '../../core/outcome.ts';
import type { Obstacles } from '../../core/sandbox/port.ts';
import { firstPaths } from '../../core/sandbox/remarks.ts';
import { planWorkspace } from './cage.ts';
import { surveyBefore, type CommandCall } from './commandCall.ts';
import { allPointersIn } from './commitPointers.ts';
import { entryAt } from './entries.ts';
import { gitAround } from './gitAround.ts';
import type { HeldLink } from './heldLinks.ts';
import { hiddenElsewhere } from './hiddenElsewhere.ts';
import { canBeMade, whyNotNow } from './standIn.ts';

type Parts = Pick<CommandCall, 'spec' | 'signal' | 'base' | 'folders' | 'environment' | 'links' | 'known'> & {
  isStandIn: (path: string) => boolean;
};

/**
 * Plans a cage over the folders as for a command, and makes nothing: what a command that may change them would be
 * refused for is said before anybody is asked about one.
 */
export async function obstaclesIn(parts: Parts): Promise<Obstacles> {
  try {
    return await planned(parts);
  } catch (error) {
    if (error instanceof ToolFailure) return { refusal: error.message, words: [] };
    throw error;
  }
}

async function planned(parts: Parts): Promise<Obstacles> {
  const { spec, base, isStandIn } = parts;
  hiddenElsewhere(base, spec);
  const found = await surveyBefore(parts);
  const git = await gitAround(spec, parts, isStandIn);
  const exists = (path: string): boolean => entryAt(path) !== undefined;
  const plan = await planWorkspace(spec.folders, found, { ...git, exists, isStandIn, canBeMade });
  for (const standIn of plan.placeholders) {
    const why = isStandIn(standIn.path) ? undefined : whyNotNow(standIn);
    if (why !== undefined) throw new ToolFailure(why);
  }
  for (const gitFolder of found.gitFolders.filter((path) => !isStandIn(path))) await allPointersIn(gitFolder);
  const closed = found.closedFolders;
  return {
    words: [
      ...plan.heldLinks.map(linkWords),
      ...(closed.length === 0 ? [] : [`hidden from commands, because you cannot look into it: ${firstPaths(closed)}`]),
    ],
  };
}

function linkWords({ path, text, target }: HeldLink): string {
  const leads = `${path} is a link at a protected place: no command can replace it`;
  const rest = target ? `, nor change ${target.path}` : `; it leads outside, to ${text}, which commands do not see`;
  return (leads + rest).toWellFormed();
}
