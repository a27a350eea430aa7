import type { TextEdit } from '../../grammar/textEdit.ts';
import { Changed, ToolFailure } from '../../outcome.ts';

/** What a change would make of a file, and why it would fail there, in words for a person. */
export interface Foreseen {
  readonly edit: TextEdit;
  readonly misfit?: string;
}

/**
 * What the card of a change shows. A call that cannot be done fails here, before anybody is asked; but whether an edit
 * fits tells what stands in the file. Where that is `untold`, the action comes out the same whether it fits or not, and
 * the model learns of it once the action is performed: only the card says what is wrong, and shows what was given.
 * @throws ToolFailure
 */
export async function foreseen(
  make: () => Promise<TextEdit>,
  { untold, given }: { untold: boolean; given: TextEdit },
): Promise<Foreseen> {
  try {
    return { edit: await make() };
  } catch (error) {
    if (!untold || !(error instanceof ToolFailure) || error instanceof Changed) throw error;
    return { edit: given, misfit: `This cannot be done as the file stands: ${error.message}.` };
  }
}
