import type { History } from '../../command/meaning.ts';
import { Forbidden } from '../../scope/guard.ts';
import { isRepositoryShape } from '../../scope/repositoryShape.ts';
import { absolutePath, BadPath, isInside, parentOf } from '../../scope/spelling.ts';
import { Missing, ToolFailure } from '../../outcome.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext } from '../tool.ts';

const UNKNOWN = 'git may show files that are denied: which repository it shows is not known';
const UNREADABLE = 'git may show files that are denied: its index cannot be read';
const TOO_MUCH = 'git may show files that are denied: its history is too long to be looked through';
const MOST_BYTES = 64 * 1024 * 1024;

/** What is asked about repositories: the workspace's files, and version control itself. */
export type RepositoryView = Pick<CallContext, 'files' | 'scope'> & Pick<ToolPorts, 'versionControl'>;

/** Where a repository stands: the folder that git is run in for it, and its index, which a bare one has not. */
interface Repository {
  top: string;
  index: string | undefined;
}

/**
 * Why git might show what is kept from the agent: it holds the content of every file that it tracks or ever tracked, and
 * nothing hides that from it. Undefined where nothing of that kind is in the repositories that it shows.
 */
export async function historyDoubt(
  histories: readonly History[],
  cwd: string,
  view: RepositoryView,
): Promise<string | undefined> {
  if (!view.scope.keepsOut) return undefined;
  for (const { folder, digests } of histories) {
    if (folder === undefined) return UNKNOWN;
    try {
      const start = absolutePath(folder, cwd, view.scope.home);
      const repository = await repositoryAround(start, view);
      if (repository === undefined) continue;
      if (typeof repository === 'string') return repository;
      const doubt = (await doubtAbout(repository, view)) ?? (await digestDoubt(repository, digests, view));
      if (doubt !== undefined) return doubt;
    } catch (error) {
      if (error instanceof BadPath) return UNKNOWN;
      throw error;
    }
  }
  return undefined;
}

/** The same about the repositories of the workspace folders, for commands that may look into what git keeps. */
export async function keepsWhatIsDenied(view: RepositoryView): Promise<string | undefined> {
  return historyDoubt(
    view.scope.roots.map((folder) => ({ folder, digests: [] })),
    '/',
    view,
  );
}

/** The repository that a folder lies in; a text where that cannot be told. One outside is not there for a command. */
async function repositoryAround(start: string, view: RepositoryView): Promise<Repository | string | undefined> {
  const { scope, files } = view;
  const root = scope.rootOf(start);
  for (let folder = start; root !== undefined && isInside(root, folder); folder = parentOf(folder)) {
    try {
      const { kind } = await files.look(`${folder}/.git`, folder, 'itself');
      if (kind === 'directory') return { top: folder, index: `${folder}/.git/index` };
      if (kind !== 'absent') return 'git may show files that are denied: its index is elsewhere';
      if (isRepositoryShape(await files.names(folder))) return { top: folder, index: undefined };
    } catch (error) {
      if (error instanceof Forbidden) return undefined; // hidden from the command, too
      if (!(error instanceof ToolFailure)) throw error;
      return UNREADABLE;
    }
  }
  return undefined;
}

async function doubtAbout({ top, index }: Repository, view: RepositoryView): Promise<string | undefined> {
  const { scope, files, versionControl } = view;
  const isKept = (name: string): boolean => scope.isHidden(`${top}/${name}`);
  if (index !== undefined) {
    try {
      const tracked = await versionControl.staged(await files.read(index, MOST_BYTES), isKept);
      if (tracked.kind === 'unknown') return UNREADABLE;
      if (tracked.kind === 'held') return `git keeps the content of ${tracked.name}, which is denied, and may show it`;
    } catch (error) {
      if (error instanceof Forbidden) return undefined;
      if (!(error instanceof ToolFailure)) throw error;
      if (!(error instanceof Missing)) return UNREADABLE;
    }
  }
  const ever = await versionControl.everHeld(top, { isKept, key: scope.rulesKey });
  if (ever.kind === 'unknown') return TOO_MUCH;
  return ever.kind === 'held'
    ? `git keeps an earlier content of ${ever.name}, which is denied, and may show it`
    : undefined;
}

/** An object that is named by its digest may be any file's content: only commits and tags are shown without a question. */
async function digestDoubt(
  { top }: Repository,
  digests: readonly string[],
  { versionControl }: RepositoryView,
): Promise<string | undefined> {
  if (digests.length === 0 || (await versionControl.areCommits(top, digests))) return undefined;
  return `git may show a file that is denied: what ${digests[0]?.slice(0, 12) ?? ''} is was not found out`;
}
