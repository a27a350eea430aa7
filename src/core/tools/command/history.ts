import { namesInIndex } from '../../command/gitIndex.ts';
import type { Meaning } from '../../command/understand.ts';
import { Forbidden } from '../../scope/guard.ts';
import { absolutePath, BadPath, isInside, parentOf } from '../../scope/spelling.ts';
import { ToolFailure } from '../failure.ts';
import type { ToolContext } from '../tool.ts';

const UNKNOWN = 'git may show files that are denied: which repository it shows is not known';
const UNREADABLE = 'git may show files that are denied: its index cannot be read';
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Why git might show what is denied: it keeps the content of every file that it tracks, and nothing hides that from
 * it. Undefined where no denied file is tracked. Files that it tracked once and does no more are not found by this.
 */
export async function historyDoubt(meaning: Meaning, cwd: string, context: ToolContext): Promise<string | undefined> {
  if (!context.scope.deniesInside) return undefined;
  for (const spelling of new Set(meaning.histories)) {
    if (spelling === undefined) return UNKNOWN;
    try {
      const doubt = await doubtAbout(absolutePath(spelling, cwd, context.scope.home), context);
      if (doubt !== undefined) return doubt;
    } catch (error) {
      if (error instanceof BadPath) return UNKNOWN;
      throw error;
    }
  }
  return undefined;
}

/** About the repository that a folder lies in. One outside the workspace is not there for a command. */
async function doubtAbout(start: string, { scope, files }: ToolContext): Promise<string | undefined> {
  const root = scope.rootOf(start);
  for (let folder = start; root !== undefined && isInside(root, folder); folder = parentOf(folder)) {
    try {
      const { kind } = await files.look(`${folder}/.git`, folder, 'itself');
      if (kind === 'directory') {
        const names = namesInIndex(await files.read(`${folder}/.git/index`, MOST_BYTES));
        if (!names) return UNREADABLE;
        const denied = names.find((name) => scope.isDenied(`${folder}/${name}`));
        return denied === undefined
          ? undefined
          : `git keeps the content of ${denied}, which is denied, and may show it`;
      }
      if (kind !== 'absent') return 'git may show files that are denied: its index is elsewhere';
    } catch (error) {
      if (error instanceof Forbidden) return undefined; // hidden from the command, too
      if (!(error instanceof ToolFailure)) throw error;
      return /does not exist/.test(error.message) ? undefined : UNREADABLE;
    }
  }
  return undefined;
}
