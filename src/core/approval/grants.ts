import type { Action } from '../../shared/action.ts';
import type { Until } from '../../shared/approval.ts';
import { canonicalJson } from '../../shared/json.ts';
import type { GrantListing } from '../../shared/runView.ts';
import { visibleLine } from '../../shared/visible.ts';
import type { GrantView } from '../policy/facts.ts';
import { isInside, parentOf } from '../scope/spelling.ts';

/** What a remembered approval covers: the identical command, reading one file, or edits at or below a path. */
export type Cover =
  | { kind: 'command'; launch: string; scripts: string }
  | { kind: 'read'; path: string }
  | { kind: 'edits'; path: string; below: boolean };

/** A cover with its words, as it is offered. */
export interface Offer {
  id: string;
  cover: Cover;
  words: string;
}

/**
 * What an approval of this action could be remembered for, narrowest first; empty where nothing is offered. Each is
 * proven to cover the action that it came from before anyone sees it.
 */
export function offersFor(action: Action, shown: (path: string) => string, roots: readonly string[]): Offer[] {
  return drafts(action, shown, roots).filter(({ cover }) => covers(cover, action));
}

function drafts(action: Action, shown: (path: string) => string, roots: readonly string[]): Offer[] {
  if (action.effect === 'execute' && action.launch) {
    // What it uses cannot be told apart from what it will use the next time.
    if (action.command?.unbound) return [];
    const cover: Cover = { kind: 'command', launch: canonicalJson(action.launch), scripts: scriptsOf(action) };
    return [{ id: 'command', cover, words: `exactly this command in ${visibleLine(shown(action.launch.cwd))}` }];
  }
  const [only, ...others] = action.resources;
  if (!only || others.length > 0) return [];
  if (action.effect === 'read')
    return [
      { id: 'read', cover: { kind: 'read', path: only.path }, words: `reading ${visibleLine(shown(only.path))}` },
    ];
  if (action.effect !== 'write') return [];
  const root = roots.find((one) => isInside(one, only.path));
  const folder = parentOf(only.path);
  const edits = (id: string, path: string, words: string): Offer => ({
    id,
    cover: { kind: 'edits', path, below: id !== 'edits' },
    words,
  });
  return [
    edits('edits', only.path, `edits to ${visibleLine(shown(only.path))}`),
    ...(root !== undefined && folder !== root && isInside(root, folder)
      ? [edits('folder', folder, `edits to files below ${visibleLine(shown(folder))}/`)]
      : []),
    ...(root === undefined ? [] : [edits('workspace', root, 'edits to any file of this workspace folder')]),
  ];
}

/** The files that say what the command does, with their digests: another content is another command. */
function scriptsOf(action: Action): string {
  return canonicalJson(action.preImages);
}

export function covers(cover: Cover, action: Action): boolean {
  switch (cover.kind) {
    case 'command':
      return (
        action.effect === 'execute' &&
        action.launch !== undefined &&
        !action.command?.unbound &&
        canonicalJson(action.launch) === cover.launch &&
        scriptsOf(action) === cover.scripts
      );
    case 'read':
      return (
        action.effect === 'read' &&
        action.resources.every(({ path, access }) => access === 'read' && path === cover.path)
      );
    case 'edits':
      return (
        action.effect === 'write' &&
        action.resources.length === 1 &&
        action.resources.every(
          ({ path, access }) =>
            access === 'write' && (path === cover.path || (cover.below && isInside(cover.path, path))),
        )
      );
  }
}

/** Whether it covers whatever lies in a folder, and so what nobody thought of. */
export function isBroad(cover: Cover): boolean {
  return cover.kind === 'edits' && cover.below;
}

interface Given extends Offer {
  until: Until;
  /** Milliseconds of the run's clock. */
  ends: number | undefined;
  uses: number;
}

/** The grants of one run. None outlives it. */
export class GrantBook {
  readonly #given = new Map<string, Given>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  give(id: string, offer: Offer, until: Until): void {
    const ends = until.kind === 'minutes' ? this.#now() + until.minutes * 60_000 : undefined;
    this.#given.set(id, { ...offer, id, until, ends, uses: 0 });
  }

  /** Takes a grant back; false when there is none of this id. */
  revoke(id: string): boolean {
    return this.#given.delete(id);
  }

  /** A call was decided by this grant and is about to happen. */
  used(id: string): void {
    const given = this.#given.get(id);
    if (given) given.uses += 1;
  }

  /** Those that still count, for deciding. */
  views(): GrantView[] {
    return this.#alive().map(({ id, cover, words, until }) => ({
      id,
      words: `${words}, ${untilWords(until)}`,
      isBroad: isBroad(cover),
      covers: (action) => covers(cover, action),
    }));
  }

  list(): GrantListing[] {
    return this.#alive().map(({ id, words, until, uses }) => ({ id, words: `${words}, ${untilWords(until)}`, uses }));
  }

  #alive(): Given[] {
    const now = this.#now();
    for (const [id, { ends, until, uses }] of this.#given)
      if ((ends !== undefined && now >= ends) || (until.kind === 'uses' && uses >= until.uses)) this.#given.delete(id);
    return [...this.#given.values()];
  }
}

export function untilWords(until: Until): string {
  switch (until.kind) {
    case 'run':
      return 'for this run';
    case 'minutes':
      return until.minutes === 1 ? 'for one minute' : `for ${until.minutes} minutes`;
    case 'uses':
      return until.uses === 1 ? 'one more time' : `${until.uses} more times`;
  }
}
