import type { Card } from '../../../shared/approval.ts';
import type { Block, Words } from '../../../shared/block.ts';
import { gitPointerOf, isStateFolder, repositoryOf } from '../../checkpoint/gitPointer.ts';
import type { RevertStep } from '../../checkpoint/port.ts';
import { pointerWords } from '../../checkpoint/pointerWords.ts';
import { visibleLine } from '../../../shared/visible.ts';
import type { CallContext } from '../tool.ts';

/** So many lines of each kind are shown. */
export const MOST_SHOWN = 100;
/** A commit is known by so many letters of its name. */
const SHORT = 10;

/** What would happen, path by path; and above it what would be lost, and what would not come back. */
export function revertCard(
  revert: {
    steps: readonly RevertStep[];
    since: string[];
    leftOut: readonly string[];
    seen: boolean;
    /** By path from where to where git is put back, where that can be said. */
    moves: ReadonlyMap<string, { from?: string; to?: string }>;
  },
  { scope }: CallContext,
): Card {
  const shown = (path: string): { exact: string } => ({ exact: scope.shown(path) });
  return {
    kind: 'revert',
    blocks: [
      ...(revert.seen ? [warning(['A command ran meanwhile: what you changed then is among it.'])] : []),
      ...some(revert.since, (path) => warning([shown(path), ' was changed since: what stands there now is replaced'])),
      ...some(revert.leftOut, (what) => warning(['Does not come back: ', { exact: what }])),
      ...some(shownSteps(revert.steps), (step) => ({
        kind: 'sentence',
        icon: 'discard',
        tone: 'plain',
        words: [...stepWords(step, shown), ...moveWords(revert.moves.get(step.path))],
      })),
    ],
  };
}

/** What is taken away to be made again, and modes of what is made again, go without saying. */
function shownSteps(steps: readonly RevertStep[]): RevertStep[] {
  const again = new Set(steps.filter((step) => STANDS_AGAIN.has(step.do)).map(({ path }) => path));
  const gone = new Set(steps.filter((step) => step.do === 'remove folder').map(({ path }) => path));
  return steps.filter(({ do: does, path }) => {
    if (does === 'allow') return !again.has(path) && !gone.has(path);
    return !(does === 'remove' || does === 'remove folder') || !again.has(path);
  });
}

const STANDS_AGAIN: ReadonlySet<RevertStep['do']> = new Set(['put back', 'link', 'make folder'] as const);

function stepWords(step: RevertStep, shown: (path: string) => { exact: string }): Words {
  switch (step.do) {
    case 'move back':
      return ['Moves ', shown(step.path), ' back to ', shown(step.to)];
    case 'remove':
      return ['Removes ', shown(step.path)];
    case 'remove folder':
      return ['Removes ', shown(step.path), ', if nothing is left in it'];
    case 'make folder':
      return ['Makes the folder ', shown(step.path), ' again'];
    case 'put back':
      return ['Puts back ', shown(step.path)];
    case 'link':
      return ['Makes the link ', shown(step.path), ' again'];
    case 'point':
      return [`Puts ${pointerWords(step.path)} of `, shown(repositoryAt(step.path)), ' back where it stood'];
    case 'unpoint':
      if (isStateFolder(gitPointerOf(step.path)?.name))
        return [`Ends ${pointerWords(step.path)} in `, shown(repositoryAt(step.path)), '; it does not come back'];
      return [`Takes ${pointerWords(step.path)} of `, shown(repositoryAt(step.path)), ' away again'];
    case 'allow':
      return ['Sets the permissions of ', shown(step.path), ` to ${step.mode.toString(8).padStart(3, '0')}`];
  }
}

function moveWords(move: { from?: string; to?: string } | undefined): Words {
  if (move?.from === undefined) return [];
  const from = placeWords(move.from);
  return move.to === undefined ? [`: it stands at ${from}`] : [`: from ${from} to ${placeWords(move.to)}`];
}

function placeWords(value: string): string {
  if (value.startsWith('ref: refs/heads/')) return `branch ${visibleLine(value.slice('ref: refs/heads/'.length))}`;
  return /^[0-9a-f]{40,64}$/.test(value) ? value.slice(0, SHORT) : visibleLine(value);
}

function repositoryAt(path: string): string {
  const pointer = gitPointerOf(path);
  return pointer ? repositoryOf(pointer) : path;
}

function some<T>(all: readonly T[], block: (one: T) => Block): Block[] {
  const left = all.length - MOST_SHOWN;
  return [...all.slice(0, MOST_SHOWN).map(block), ...(left > 0 ? [warning([`And ${left} more.`])] : [])];
}

function warning(words: Words): Block {
  return { kind: 'sentence', icon: 'warning', tone: 'warning', words };
}
