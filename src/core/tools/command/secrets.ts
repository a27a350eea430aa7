import { PASSED_OVER } from '../files/looking.ts';
import type { ToolContext } from '../tool.ts';

const MOST_ENTRIES = 20_000;
const MOST_SHOWN = 5;

/**
 * Likely secrets that a command could read, up to five. In a workspace too big to be looked through whole, its folder
 * stands for them: what is not known counts as being there.
 */
export async function secretsIn({ files, scope }: ToolContext): Promise<string[]> {
  const found: string[] = [];
  let looked = 0;
  const visit = async (folder: string): Promise<boolean> => {
    for (const entry of await files.list(folder).catch(() => [])) {
      if ((looked += 1) > MOST_ENTRIES) return false;
      if (scope.isSecret(entry.path)) found.push(entry.path);
      else if (entry.kind === 'directory' && !PASSED_OVER.has(entry.name) && !(await visit(entry.path))) return false;
      if (found.length >= MOST_SHOWN) return true;
    }
    return true;
  };
  for (const root of scope.roots) if (!(await visit(root)) && found.length === 0) return [root];
  return found.slice(0, MOST_SHOWN);
}
