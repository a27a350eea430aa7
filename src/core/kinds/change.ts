import type { Action, Change, Resource } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { named } from '../../shared/named.ts';
import { decision } from '../policy/decision.ts';
import { toolsThat } from '../policy/toolsThat.ts';
import { pathProblem } from '../policy/values.ts';
import { isInside, parentOf } from '../scope/spelling.ts';
import type { WayInForce } from '../../shared/way.ts';
import { confirmedFirst } from './confirmed.ts';
import type { Kind, Offer, Standing } from './kind.ts';
import { aboutSecret, readsPrivate } from './secrets.ts';
import { reviewed } from './reviewed.ts';
import { touched } from './touched.ts';

/** So many files are named, where an approval is remembered for exactly these. */
const MOST_NAMED = 5;

/** Changing files by a file tool. */
export const change: Kind<Change> = {
  isConfined: false,
  canOnlyLook: false,
  standard,
  allowed: confirmedFirst,
  labels: ({ resources, undo }, { scope }) => [
    ...(readsPrivate(resources, scope) ? ['private' as const] : []),
    ...(undo === 'whole' || undo === 'nothing' ? [] : ['outward' as const]),
  ],
  offers(action, { shown, roots }) {
    const paths = written(action);
    const [first] = paths;
    if (first === undefined) return [];
    const root = roots.find((one) => paths.every((path) => isInside(one, path)));
    const folder = folderOf(paths);
    const names = paths.map((path) => named(shown(path))).join(' and ');
    return [
      ...(paths.length <= MOST_NAMED ? [edits('edits', paths, `edits to ${names}`)] : []),
      ...(root !== undefined && folder !== root && isInside(root, folder)
        ? [edits('folder', [folder], `edits to files below ${named(`${shown(folder)}/`)}`)]
        : []),
      ...(root === undefined ? [] : [edits('workspace', [root], 'edits to any file of this workspace folder')]),
    ];
  },
  always(action) {
    const paths = written(action);
    if (paths.length === 0 || paths.length > MOST_NAMED) return undefined;
    const tools = toolsThat('write');
    // A rule that would not match the call that it was made for is none, nor is one that no policy may hold.
    if (paths.some((path) => /[*?[\]{}\\]/.test(path) || pathProblem(path) !== undefined)) return undefined;
    return tools.some((name) => name === action.tool) ? { tools, paths } : undefined;
  },
  starts: () => undefined,
  toCover: ({ resources }) => resources,
  footprint: ({ changes }) => ({ kind: 'paths', before: changes }),
  ran: () => undefined,
  explained: () => [],
  facets: touched,
};

function standard(action: Change, { scope, way }: Standing): Decision {
  const secret = action.resources.find(({ path, access }) => access === 'read' && scope.isSecret(path));
  const hidden = action.resources.find(({ path }) => scope.isSecret(path));
  const replaced = action.changes.find(({ path, kind }) => kind !== 'absent' && scope.isSecret(path));
  switch (action.effect) {
    case 'write':
      // Whether an edit fits tells what is in the file.
      if (secret) return aboutSecret(secret, scope);
      // A new file of such a name holds what the model knows already.
      if (replaced) return aboutSecret(replaced, scope, ': its content would be replaced');
      return changing(action, way, 'edit', writingWords(action));
    case 'delete':
      if (hidden) return aboutSecret(hidden, scope, ': it would be deleted');
      return changing(action, way, 'delete', 'Asks because it deletes.');
    case 'move':
      if (hidden) return aboutSecret(hidden, scope, movedWords(hidden, action));
      return changing(action, way, 'move', 'Asks because it moves or renames.');
  }
}

function writingWords({ changes }: Change): string {
  const isNew = changes.every(({ kind }) => kind === 'absent');
  if (changes.length === 1) return isNew ? 'Asks because it creates a file.' : 'Asks because it changes a file.';
  return isNew ? 'Asks because it creates files.' : 'Asks because it changes files.';
}

/** Under another name it could be read without a question; what is in a folder keeps its name. */
function movedWords(hidden: Resource, { resources: [from, to] }: Change): string {
  return hidden.path === from?.path || hidden.path === to?.path ? ', and its new name may not' : ': it would be moved';
}

function changing({ undo }: Change, way: WayInForce, rule: string, reason: string): Decision {
  return way.way === 'review' && undo === 'whole' ? reviewed(way) : decision('ask', rule, reason);
}

function edits(id: string, paths: readonly string[], words: string): Offer {
  const isBroad = id !== 'edits';
  const isCovered = (path: string): boolean => paths.some((one) => one === path || (isBroad && isInside(one, path)));
  const covers = (other: Action): boolean => {
    const others = written(other);
    return others.length > 0 && others.every(isCovered);
  };
  return { id, words, isBroad, covers };
}

/** The files that an action writes, where that is all it does; else none. */
function written({ effect, resources }: Action): string[] {
  const isAll = effect === 'write' && resources.every(({ access }) => access === 'write');
  return isAll ? resources.map(({ path }) => path) : [];
}

/** The folder that all of them lie in. */
function folderOf([first = '/', ...others]: readonly string[]): string {
  let folder = parentOf(first);
  while (!others.every((path) => isInside(folder, path))) folder = parentOf(folder);
  return folder;
}
