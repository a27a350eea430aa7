import type { Action, PreImage } from '../../../shared/action.ts';
import type { Undo } from '../../checkpoint/port.ts';
import type { ToolPorts } from '../ports.ts';

/** What undo will be able to do where what stands at these paths is changed. */
export async function undoOf({ foresee }: Pick<ToolPorts, 'foresee'>, preImages: PreImage[]): Promise<Undo> {
  const present = preImages.filter((image) => image.kind !== 'absent').map((image) => image.path);
  return foresee(present);
}

/** As an action says it: whatever is not whole is none, so that nothing is let through for an undo that is not certain. */
export function undoOfAction({ kind }: Undo): Action['undo'] {
  switch (kind) {
    case 'whole':
      return 'full';
    case 'partly':
    case 'none':
      return 'none';
    case 'nothing':
      return 'nothing-to-undo';
  }
}

const WHY_NONE: Record<Extract<Undo, { kind: 'none' }>['why'], string> = {
  'too large': 'This is too much to keep a copy of: it cannot be undone.',
  'of another kind': 'It holds something that is neither a file, a folder nor a link: it cannot be undone.',
  'not kept': 'What stood there before is not kept: it cannot be undone.',
};

/** What commands change cannot be put back yet: the words promise the kept content, nothing more. */
export function undoWords(undo: Undo): string {
  switch (undo.kind) {
    case 'whole':
      return 'What stands there now is kept in Oversign’s data folder before the change.';
    case 'partly':
      return `Not all of it can be undone. Left out: ${undo.leftOut.join(', ')}.`;
    case 'none':
      return WHY_NONE[undo.why];
    case 'nothing':
      return 'Nothing changes on disk.';
  }
}
