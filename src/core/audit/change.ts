import { textEdit } from '../grammar/textEdit.ts';
import { readAction, textArgument, type ReadAction } from './storedAction.ts';
import type { ActionNode } from './tree.ts';

/** What a file tool changed, as far as the log says: the file, and how its text came out of what stood there. */
export interface FileChange {
  path: string;
  /** Undefined where the log does not say any more (erased, cut), or the text before is another one than it was then. */
  after(before: string): string | undefined;
}

export function fileChange(action: ActionNode): FileChange | undefined {
  if (!action.changedFile) return undefined;
  const stored = readAction(action.events.findLast(({ type }) => type === 'proposed')?.payload);
  if (stored.kind !== 'action') return undefined;
  const path = stored.resources[0]?.path;
  if (path === undefined) return undefined;
  switch (action.tool) {
    case 'write_file': {
      const content = textArgument(stored, 'content');
      return { path, after: () => content };
    }
    case 'delete_path':
      return { path, after: () => '' };
    default:
      return { path, after: (before) => editedText(path, before, stored) };
  }
}

function editedText(path: string, before: string, stored: ReadAction): string | undefined {
  const [oldText, newText] = [textArgument(stored, 'old_text'), textArgument(stored, 'new_text')];
  if (oldText === undefined || newText === undefined) return undefined;
  const all = stored.arguments['replace_all'] === true;
  try {
    const replacement = { old_text: oldText, new_text: newText, replace_all: all };
    return textEdit(path, before, replacement, { shown: '', secret: false }).after;
  } catch {
    return undefined;
  }
}
