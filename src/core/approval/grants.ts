import type { Action } from '../../shared/action.ts';
import { canonicalJson } from '../../shared/json.ts';
import { visibleLine } from '../../shared/visible.ts';
import type { GrantView } from '../policy/facts.ts';

/** A remembered approval: the identical command in the same folder, or edits to one file. For one run. */
export type Grant =
  | { id: string; kind: 'command'; launch: string; words: string }
  | { id: string; kind: 'edits'; path: string; words: string };

/**
 * The grant that *Approve for this run* would give for an action; undefined where none is offered. It is proven
 * to cover the action it came from before anyone sees it.
 */
export function grantFor(action: Action, id: string, shown: (path: string) => string): Grant | undefined {
  const grant = draft(action, id, shown);
  return grant && covers(grant, action) ? grant : undefined;
}

export function grantView(grant: Grant): GrantView {
  return { id: grant.id, words: grant.words, covers: (action) => covers(grant, action) };
}

function draft(action: Action, id: string, shown: (path: string) => string): Grant | undefined {
  if (action.effect === 'execute' && action.launch) {
    const words = `exactly this command in ${visibleLine(shown(action.launch.cwd))}, for this run`;
    return { id, kind: 'command', launch: canonicalJson(action.launch), words };
  }
  const [only, ...others] = action.resources;
  if (action.effect === 'write' && only && others.length === 0)
    return { id, kind: 'edits', path: only.path, words: `edits to ${visibleLine(shown(only.path))}, for this run` };
  return undefined;
}

function covers(grant: Grant, action: Action): boolean {
  switch (grant.kind) {
    case 'command':
      return (
        action.effect === 'execute' && action.launch !== undefined && canonicalJson(action.launch) === grant.launch
      );
    case 'edits':
      return (
        action.effect === 'write' &&
        action.resources.length === 1 &&
        action.resources.every(({ path, access }) => access === 'write' && path === grant.path)
      );
  }
}
