import type { Resource } from '../../../shared/action.ts';
import type { Look } from '../../scope/files.ts';
import { relativeTo } from '../../scope/spelling.ts';
import type { CallContext } from '../tool.ts';
import { PASSED_OVER } from './leftOut.ts';

const MOST_ENTRIES = 20_000;
const MOST_FOUND = 5;

/**
 * The likely secrets that would go with a folder, up to five: deleting or moving it touches them as much as naming them
 * does. Not looked for in folders that tools re-create. A folder too big to be looked through whole is too big to be
 * kept before the change too, and asks for that.
 */
export async function secretsBelow(look: Look, { files, scope }: CallContext): Promise<Resource[]> {
  if (look.kind !== 'directory' || scope.isSecret(look.path)) return [];
  const found: Resource[] = [];
  let looked = 0;
  for await (const { path } of files.walk(look.path, new AbortController().signal)) {
    if ((looked += 1) > MOST_ENTRIES || found.length === MOST_FOUND) break;
    const isPassedOver = relativeTo(look.path, path)
      .split('/')
      .some((part) => PASSED_OVER.has(part));
    if (!isPassedOver && scope.isSecret(path)) found.push({ path, access: 'delete' });
  }
  return found;
}
