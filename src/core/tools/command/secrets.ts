import { PASSED_OVER } from '../files/leftOut.ts';
import type { Sandbox } from '../../sandbox/port.ts';
import { nameOf } from '../../scope/spelling.ts';
import type { FileEntry } from '../../scope/files.ts';
import type { CallContext } from '../tool.ts';

const MOST_ENTRIES = 20_000;

export interface SecretsFound {
  paths: string[];
  /** Not everything was looked through: there may be more. */
  atLeast: boolean;
}

/**
 * Likely secrets that a command could read. In a workspace too big to be looked through whole, its folder stands for
 * them: what is not known counts as being there.
 */
export async function secretsIn(given: CallContext, runner: Pick<Sandbox, 'knownIn'>): Promise<SecretsFound> {
  const { scope, signal } = given;
  const looksFor = {
    folders: scope.roots,
    key: `likely secrets ${scope.placesKey}`,
    isWanted: (path: string) => scope.isSecret(path) && !scope.isHidden(path),
    isPassedOver: (path: string) => scope.isHidden(path) || PASSED_OVER.has(nameOf(path)),
  };
  const known = await runner.knownIn?.(looksFor, signal);
  return known ? { paths: [...known], atLeast: false } : lookedFor(given);
}

async function lookedFor({ files, scope, signal }: CallContext): Promise<SecretsFound> {
  const paths: string[] = [];
  let looked = 0;
  const walking = {
    withoutSizes: true,
    enters: ({ path, name }: FileEntry) => !PASSED_OVER.has(name) && !scope.isSecret(path),
    unread: () => undefined, // nor can a command read it
  };
  const visit = async (folder: string): Promise<boolean> => {
    for await (const { path } of files.walk(folder, signal, walking)) {
      if ((looked += 1) > MOST_ENTRIES) return false;
      if (scope.isSecret(path)) paths.push(path);
    }
    return true;
  };
  let atLeast = false;
  for (const root of scope.roots)
    if (!(await visit(root))) {
      atLeast = true;
      if (paths.length === 0) return { paths: [root], atLeast };
    }
  return { paths, atLeast };
}
