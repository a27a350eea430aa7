import { PASSED_OVER } from '../files/leftOut.ts';
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
export async function secretsIn({ files, scope }: CallContext): Promise<SecretsFound> {
  const paths: string[] = [];
  let looked = 0;
  const visit = async (folder: string): Promise<boolean> => {
    for (const entry of await files.list(folder).catch(() => [])) {
      if ((looked += 1) > MOST_ENTRIES) return false;
      if (scope.isSecret(entry.path)) paths.push(entry.path);
      else if (entry.kind === 'directory' && !PASSED_OVER.has(entry.name) && !(await visit(entry.path))) return false;
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
