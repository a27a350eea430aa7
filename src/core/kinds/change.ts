import type { Action, Change, Resource } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { visibleLine } from '../../shared/visible.ts';
import { decision } from '../policy/decision.ts';
import { toolsThat } from '../policy/toolsThat.ts';
import { pathProblem } from '../policy/values.ts';
import { isInside, parentOf } from '../scope/spelling.ts';
import { confirmedFirst } from './confirmed.ts';
import type { Kind, Offer, Standing } from './kind.ts';
import { aboutSecret, readsPrivate } from './secrets.ts';
import { touched } from './touched.ts';

/** Changing files by a file tool. */
export const change: Kind<Change> = {
  isConfined: false,
  standard,
  allowed: confirmedFirst,
  labels: ({ resources, undo }, { scope }) => [
    ...(readsPrivate(resources, scope) ? ['private' as const] : []),
    ...(undo === 'none' ? ['outward' as const] : []),
  ],
  offers(action, { shown, roots }) {
    const only = onlyWritten(action);
    if (!only) return [];
    const root = roots.find((one) => isInside(one, only.path));
    const folder = parentOf(only.path);
    return [
      edits('edits', only.path, `edits to ${visibleLine(shown(only.path))}`),
      ...(root !== undefined && folder !== root && isInside(root, folder)
        ? [edits('folder', folder, `edits to files below ${visibleLine(shown(folder))}/`)]
        : []),
      ...(root === undefined ? [] : [edits('workspace', root, 'edits to any file of this workspace folder')]),
    ];
  },
  always({ tool, effect, resources }) {
    const [only, ...others] = resources;
    if (effect !== 'write' || !only || others.length > 0 || /[*?[\]{}\\]/.test(only.path)) return undefined;
    const tools = toolsThat('write');
    // A rule that would not match the call that it was made for is none, nor is one that no policy may hold.
    if (pathProblem(only.path) !== undefined) return undefined;
    return tools.some((name) => name === tool) ? { tools, paths: [only.path] } : undefined;
  },
  starts: () => undefined,
  toCover: ({ resources }) => resources,
  footprint: ({ changes }) => ({ kind: 'paths', before: changes }),
  ran: () => undefined,
  explained: () => [],
  facets: touched,
};

function standard(action: Change, { scope, policy }: Standing): Decision {
  const secret = action.resources.find(({ path, access }) => access === 'read' && scope.isSecret(path));
  const hidden = action.resources.find(({ path }) => scope.isSecret(path));
  switch (action.effect) {
    case 'write':
      // Whether an edit fits tells what is in the file.
      if (secret) return aboutSecret(secret, scope);
      // A new file of such a name holds what the model knows already.
      if (hidden && action.changes.some(({ path, kind }) => path === hidden.path && kind !== 'absent'))
        return aboutSecret(hidden, scope, '; what is in it would be replaced');
      return changing(action, policy, 'edit', 'the agent wants to change a file');
    case 'delete':
      if (hidden) return aboutSecret(hidden, scope, '; it would be deleted');
      return changing(action, policy, 'delete', 'the agent wants to delete');
    case 'move':
      if (hidden) return aboutSecret(hidden, scope, movedWords(hidden, action));
      return changing(action, policy, 'move', 'the agent wants to move or rename');
  }
}

/** Under another name it could be read without a question; what is in a folder keeps its name. */
function movedWords(hidden: Resource, { resources: [from, to] }: Change): string {
  return hidden.path === from?.path || hidden.path === to?.path ? ', and its new name may not' : '; it would be moved';
}

function changing({ undo }: Change, policy: Standing['policy'], rule: string, reason: string): Decision {
  if (!policy.confirmActions.value && undo === 'full')
    return decision(
      'allow',
      'confirm_actions',
      'questions are off for changes inside the workspace whose earlier content is kept',
      policy.confirmActions.origin,
    );
  return decision('ask', rule, reason);
}

function edits(id: string, path: string, words: string): Offer {
  const isBroad = id !== 'edits';
  const covers = (other: Action): boolean => {
    const written = onlyWritten(other)?.path;
    return written !== undefined && (written === path || (isBroad && isInside(path, written)));
  };
  return { id, words, isBroad, covers };
}

/** The one file that an action writes, where that is all it does. */
function onlyWritten(action: Action): Resource | undefined {
  const [only, ...others] = action.resources;
  return action.effect === 'write' && others.length === 0 && only?.access === 'write' ? only : undefined;
}
