import { namedList } from '../../../shared/named.ts';
import type { PreImage } from '../../../shared/action.ts';
import type { UndoState } from '../../../shared/undoState.ts';
import type { Undo } from '../../checkpoint/port.ts';
import type { ToolPorts } from '../ports.ts';

/** What undo will be able to do where what stands at these paths is changed. */
export async function undoOf({ foresee }: Pick<ToolPorts, 'foresee'>, preImages: PreImage[]): Promise<Undo> {
  const present = preImages.filter((image) => image.kind !== 'absent').map((image) => image.path);
  return foresee(present);
}

/** Of what only looks, or speaks. */
export const NOTHING_CHANGES = { state: 'nothing', words: 'Nothing to undo: nothing changes on disk.' } as const;

/** So many things that do not come back are named. */
const MOST_LEFT_OUT = 3;

const WHY_NONE: Record<Extract<Undo, { kind: 'none' }>['why'], string> = {
  'too large': 'Cannot be undone: it is too much to keep a copy of.',
  'of another kind': 'Cannot be undone: it holds more than files, folders and links.',
  'not kept': 'Cannot be undone: what stands there is not kept.',
};

/** What undo does with a new file. */
export const REMOVES_IT = 'removes the new file';

/** The same for a person. `back`: what undo does, where it can. */
export function undoView(undo: Undo, back: string): { state: UndoState; words: string } {
  return { state: undo.kind, words: undoWords(undo, back) };
}

/** The words promise what is kept, and nothing more. */
export function undoWords(undo: Undo, back = 'puts back what was there'): string {
  switch (undo.kind) {
    case 'whole':
      return `Can be undone: ${back}.`;
    case 'partly':
      return `Can be undone, but not ${namedList(undo.leftOut, MOST_LEFT_OUT)}.`;
    case 'none':
      return WHY_NONE[undo.why];
    case 'nothing':
      return NOTHING_CHANGES.words;
  }
}
