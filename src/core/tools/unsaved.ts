import type { Action } from '../../shared/action.ts';
import type { Card } from '../../shared/approval.ts';
import { exactList, type Block } from '../../shared/block.ts';
import { isMetAt, type NotSaved, type OpenFiles } from '../editor/openFiles.ts';
import { kindOf } from '../kinds/table.ts';
import type { Files } from '../scope/files.ts';
import type { Scope } from '../scope/scope.ts';
import type { CallContext } from './tool.ts';

/** So many files are named. */
const MOST = 10;

/** What an action meets of what is unsaved in the editor, by real paths. */
export interface MetUnsaved {
  /** It would change the file under the person's hands: that is saved before, or the action does not happen. */
  changed: readonly string[];
  /** It may read or change the file, for all that is known: it is told that it has the saved text. */
  others: readonly string[];
}

/** What is unsaved of all that an action may touch. What only looks is given the person's text, and meets nothing. */
export async function unsavedMet(
  action: Action,
  { files, scope }: Pick<CallContext, 'files' | 'scope'>,
): Promise<MetUnsaved> {
  const footprint = kindOf(action).footprint(action);
  if (footprint.kind === 'nothing') return { changed: [], others: [] };
  const named =
    footprint.kind === 'paths'
      ? footprint.before
      : action.resources.filter(({ access }) => access === 'write' || access === 'delete');
  const changed: string[] = [];
  const others: string[] = [];
  for (const file of await files.unsaved()) {
    if (named.some((one) => isMetAt(one.path, file))) changed.push(file.path);
    else if (footprint.kind === 'anything' && isTold(file.path, scope)) others.push(file.path);
  }
  return { changed, others };
}

/**
 * What a command took away by its name is closed in the editor, as what a file tool takes away is: saving it there would
 * bring it back, unsaved or not.
 */
export async function closeGone(action: Action, files: Files, openFiles: OpenFiles): Promise<void> {
  if (kindOf(action).footprint(action).kind !== 'anything') return;
  for (const { path, access } of action.resources) {
    if (access !== 'delete') continue;
    const now = await files
      .onDisk()
      .preImage(path)
      .catch(() => undefined); // not to be looked at: then nothing is closed
    if (now?.kind === 'absent') await openFiles.gone(path);
  }
}

/** The files of the workspace that are unsaved, as a command, its card and the model are told of them. */
export async function unsavedTold({ files, scope }: Pick<CallContext, 'files' | 'scope'>): Promise<string[]> {
  return (await files.unsaved()).map(({ path }) => path).filter((path) => isTold(path, scope));
}

/** What may not be seen is not named either. */
function isTold(path: string, scope: Scope): boolean {
  return scope.rootOf(path) !== undefined && !scope.isHidden(path);
}

/** The card of an action, and above it what of the person's work it meets. */
export function withUnsaved(card: Card, { changed, others }: MetUnsaved, scope: Scope): Card {
  return {
    ...card,
    blocks: [
      ...warning('save', 'Your unsaved changes are saved first: ', changed, scope, ''),
      ...warning('edit', 'Unsaved in the editor: ', others, scope, '. The command gets the saved text.'),
      ...card.blocks,
    ],
  };
}

function warning(icon: string, head: string, paths: readonly string[], scope: Scope, end: string): Block[] {
  if (paths.length === 0) return [];
  const left = paths.length - MOST;
  const names = exactList(paths.slice(0, MOST).map((path) => scope.shown(path)));
  const words = [head, ...names, ...(left > 0 ? [` and ${left} more`] : []), ...(end === '' ? [] : [end])];
  return [{ kind: 'sentence', icon, tone: 'warning', words }];
}

/** "a.txt, b.txt and 3 more": names as a sentence of a result says them. */
export function namesOf(paths: readonly string[], scope: Scope): string {
  const left = paths.length - MOST;
  const names = paths.slice(0, MOST).map((path) => scope.shown(path));
  return names.join(', ') + (left > 0 ? ` and ${left} more` : '');
}

/** Why an action is not done whose files could not be saved before, for the model. */
export function notSavedWords(problems: readonly NotSaved[], scope: Scope): string {
  return problems
    .map(({ path, why }) => `${scope.shown(path)} has unsaved changes in the editor and could not be saved: ${why}`)
    .join('; ');
}
