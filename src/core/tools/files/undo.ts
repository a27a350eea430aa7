import type { Action, PreImage } from '../../../shared/action.ts';
import type { ToolContext } from '../tool.ts';

/** Whether everything that stands at these paths can be kept before the change. */
export async function undoOf(context: ToolContext, preImages: PreImage[]): Promise<Action['undo']> {
  const present = preImages.filter((image) => image.kind !== 'absent').map((image) => image.path);
  return (await context.checkpoints.canKeep(context.run, present)) ? 'full' : 'none';
}

/** Undo itself is not built yet: the words promise the kept content, nothing more. */
export function undoWords(undo: Action['undo']): string {
  switch (undo) {
    case 'full':
      return 'What stands there now is kept in Oversign’s data folder before the change.';
    case 'none':
      return 'This is too much to keep a copy of: it cannot be undone.';
    case 'nothing-to-undo':
      return 'Nothing changes on disk.';
  }
}
