import { edited } from '../editedText.ts';
import type { ActionNode } from './tree.ts';

/** What a file tool changed, as far as the log says: the file, and how its text came out of what stood there. */
export interface FileChange {
  path: string;
  /** Undefined where the log does not say any more (erased), or the text before is another one than it was then. */
  after(before: string): string | undefined;
}

export function fileChange(action: ActionNode): FileChange | undefined {
  if (!action.changedFile) return undefined;
  const proposed = action.events.findLast(({ type }) => type === 'proposed')?.payload?.['action'];
  if (typeof proposed !== 'object' || proposed === null || Array.isArray(proposed)) return undefined;
  const { resources, arguments: args } = proposed;
  const [resource] = Array.isArray(resources) ? resources : [];
  const path = member(resource, 'path');
  if (path === undefined) return undefined;
  switch (action.tool) {
    case 'write_file': {
      const content = member(args, 'content');
      return { path, after: () => content };
    }
    case 'delete_path':
      return { path, after: () => '' };
    default:
      return { path, after: (before) => editedText(before, args) };
  }
}

function editedText(before: string, args: unknown): string | undefined {
  const [oldText, newText] = [member(args, 'old_text'), member(args, 'new_text')];
  if (oldText === undefined || newText === undefined) return undefined;
  const all = typeof args === 'object' && args !== null && 'replace_all' in args && args.replace_all === true;
  try {
    return edited(before, { old_text: oldText, new_text: newText, replace_all: all }, '');
  } catch {
    return undefined;
  }
}

function member(value: unknown, key: string): string | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  const found: unknown = (value as Record<string, unknown>)[key];
  return typeof found === 'string' ? found : undefined;
}
