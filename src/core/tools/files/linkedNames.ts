import type { Action, PreImage } from '../../../shared/action.ts';
import { exactList, type Block } from '../../../shared/block.ts';
import { gitPointerOf } from '../../checkpoint/gitPointer.ts';
import type { CallContext, Described } from '../tool.ts';

const MOST = 5;

/**
 * A change to a file that has other names, with what becomes of those: all that lie in the workspace and may be written
 * are the same file, so they change with it, and the action says so. Where one lies elsewhere the file is parted from
 * it, so that nothing changes out of sight.
 */
export async function withLinkedNames(described: Described, context: CallContext): Promise<Described> {
  const { action } = described;
  // What is taken away under one name stays under the others.
  if (!('changes' in action) || action.resources.some(({ access }) => access === 'delete')) return described;
  const also: PreImage[] = [];
  const parted: string[] = [];
  for (const { path, kind } of action.changes) {
    if (kind !== 'file' || gitPointerOf(path)) continue;
    const links = await context.files.otherNames(path);
    if (links.kind === 'elsewhere') parted.push(path);
    if (links.kind !== 'all') continue;
    for (const name of links.names)
      if (![...action.changes, ...also].some((one) => one.path === name)) also.push(await context.files.preImage(name));
  }
  if (also.length === 0 && parted.length === 0) return described;
  const changed: Action = {
    ...action,
    changes: [...action.changes, ...also],
    resources: [...action.resources, ...also.map(({ path }) => ({ path, access: 'write' as const }))],
  };
  const { scope } = context;
  const shown = (paths: readonly string[]): string[] => paths.map((path) => scope.shown(path));
  const blocks = [
    ...sentence('The same file under other names, which changes with it: ', shown(also.map(({ path }) => path)), '.'),
    ...sentence(
      '',
      shown(parted),
      ' has other names outside the workspace, or where nothing may be written: they keep what they have.',
    ),
  ];
  return { ...described, action: changed, card: { ...described.card, blocks: [...blocks, ...described.card.blocks] } };
}

function sentence(head: string, names: readonly string[], end: string): Block[] {
  if (names.length === 0) return [];
  const left = names.length - MOST;
  const words = [head, ...exactList(names.slice(0, MOST)), ...(left > 0 ? [` and ${left} more`] : []), end];
  return [{ kind: 'sentence', icon: 'link', tone: 'warning', words: words.filter((word) => word !== '') }];
}
