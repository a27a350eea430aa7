import { Missing } from '../../outcome.ts';
import { denialOf, Forbidden } from '../../scope/guard.ts';
import type { Scope } from '../../scope/scope.ts';
import { isInside } from '../../scope/spelling.ts';
import type { CallContext } from '../tool.ts';
import type { CommandOutput } from './runOutputs.ts';

/** Whether a path is kept from the agent by now, and was not then. */
type IsNew = (path: string) => boolean;

/**
 * An output may hold what was in files that have been denied since its command began: then it is not read any more. What
 * was denied before, no command has seen. Throws `Forbidden`.
 */
export async function refuseDeniedSince(output: CommandOutput, context: CallContext): Promise<void> {
  const { scope: now } = context;
  const { number, contentOf, scope: was } = output;
  if (was.rulesKey === now.rulesKey) return;
  const isNew: IsNew = (path) =>
    (now.isDenied(path) && !was.isDenied(path)) || (now.isHidden(path) && !was.isHidden(path));
  for (const entry of contentOf) {
    const path = entry.replace(/^\?/, '').replace(/(?<=.)\/$/, '');
    const found = isNew(path) ? path : entry.endsWith('/') ? await foundBelow(path, isNew, context) : undefined;
    if (found !== undefined) throw new Forbidden(deniedSince(found, number, now));
  }
}

async function foundBelow(folder: string, isNew: IsNew, context: CallContext): Promise<string | undefined> {
  const { scope } = context;
  const outside = scope.deniedOutside.find((path) => isInside(folder, path) && isNew(path));
  if (outside !== undefined) return outside;
  const inside = scope.rootOf(folder) !== undefined;
  for (const top of inside ? [folder] : scope.roots.filter((root) => isInside(folder, root))) {
    const found = scope.isHidden(top) ? undefined : await foundInTree(top, isNew, context);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Folders are gone through as ever; their names are looked at all, those that are denied too. */
async function foundInTree(top: string, isNew: IsNew, { files, signal }: CallContext): Promise<string | undefined> {
  const inFolder = async (folder: string): Promise<string | undefined> =>
    (await files.names(folder)).map((name) => `${folder === '/' ? '' : folder}/${name}`).find(isNew);
  const first = await inFolder(top);
  if (first !== undefined) return first;
  try {
    const walking = { enters: () => true, withoutSizes: true, unread: () => undefined };
    for await (const { path, kind } of files.walk(top, signal, walking)) {
      const found = kind === 'directory' ? await inFolder(path) : undefined;
      if (found !== undefined) return found;
    }
  } catch (error) {
    if (!(error instanceof Missing)) throw error; // it is gone
  }
  return undefined;
}

function deniedSince(path: string, number: number, scope: Scope): Forbidden['decision'] {
  const { rule = 'denied_paths', origin } = denialOf(scope, path, 'read') ?? {};
  const reason = `output ${number} may hold what is in ${scope.shown(path)}, which is denied by now; run the command again, which does not see that any more`;
  return { verdict: 'deny', rule, reason, origin: origin ?? { layer: 'built-in' } };
}
