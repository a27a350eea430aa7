import type { Launch, Resource } from '../../../shared/action.ts';
import { gitPointerOf } from '../../checkpoint/gitPointer.ts';
import type { Undo } from '../../checkpoint/port.ts';
import { gitTakesAway } from '../../command/gitTakesAway.ts';
import type { Meaning } from '../../command/meaning.ts';
import { isInside } from '../../scope/spelling.ts';
import { commandPlace } from '../commandPlace.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext } from '../tool.ts';
import type { SecretsFound } from './secrets.ts';

interface Ran {
  given: Pick<CallContext, 'scope' | 'policy'>;
  launch: Pick<Launch, 'outside' | 'uncovered'>;
  /** Likely secrets that it can change. */
  secrets: SecretsFound;
  meaning: Meaning;
  /** The workspace is looked at as it stands now. */
  anew: boolean;
  /** The paths that it names. */
  resources: readonly Resource[];
}

/** What undo will be able to do for what a command changes, and what it does where it can do all. */
export interface UndoOfCommand {
  undo: Undo;
  back: string;
}

const FILES = 'puts back what it changes in the workspace';

/**
 * Of likely secrets no copy is made: they do not come back. Where git stands comes back, and not what git is made of: a
 * line that takes that away says so.
 */
export async function undoOfCommand(
  { foreseeAnything }: Pick<ToolPorts, 'foreseeAnything'>,
  { given, launch, secrets: { paths, atLeast }, meaning, anew, resources }: Ran,
): Promise<UndoOfCommand> {
  const { undo, repositories } = await foreseeAnything({ ...commandPlace(given, launch), anew });
  const { scope } = given;
  const hit = repositories.filter((git) => resources.some((one) => isHit(git, one)));
  const leftOut = [
    ...paths.map((path) => scope.shown(path)),
    ...(atLeast ? ['other likely secrets'] : []),
    ...hit.map((git) => scope.shown(git)),
    ...(repositories.length > 0 ? gitTakesAway(meaning) : []),
    ...(launch.outside === true && repositories.length > 0 ? ['git’s own configuration, hooks and objects'] : []),
  ];
  const back = repositories.length > 0 ? `${FILES}, and where git stood` : FILES;
  if (leftOut.length === 0 || undo.kind === 'none' || undo.kind === 'nothing') return { undo, back };
  return { undo: { kind: 'partly', leftOut: [...(undo.kind === 'partly' ? undo.leftOut : []), ...leftOut] }, back };
}

/** Whether a path that a command writes or takes away is a repository, has one in it, or is in it and is none of its pointers. */
function isHit(git: string, { path, access }: Resource): boolean {
  if (access !== 'write' && access !== 'delete') return false;
  if (isInside(git, path)) return gitPointerOf(path) === undefined;
  return access === 'delete' && isInside(path, git);
}
