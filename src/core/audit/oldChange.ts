import type { AuditRecord } from '../../shared/auditEvent.ts';
import { edited } from '../editedText.ts';
import { readAction, textArgument, type ReadAction } from './storedAction.ts';

// Logs of versions that recorded no `changed` event. There a change is made again from the arguments of the tools that
// there were; no other tool ever comes to them.

type After = (before: string, stored: ReadAction) => string | undefined;

/** How the text of the one file that an old call was about came out of what stood there. */
const OLD_TOOLS = new Map<string, After>([
  ['write_file', (_before, stored) => textArgument(stored, 'content')],
  ['edit_file', editedText],
  ['delete_path', () => ''],
]);

/** What a call changed, as far as such a log says. */
export interface OldChange {
  path: string;
  /** Undefined where the log does not say any more (erased, cut), or the text before is another one than it was then. */
  after(before: string): string | undefined;
}

/** Whether an action that is done changed one file, where no `changed` event says what it changed. */
export function isOldChange(tool: string, events: readonly AuditRecord[]): boolean {
  return OLD_TOOLS.has(tool) && events.some(({ type }) => type === 'checkpoint');
}

export function oldChange(tool: string, events: readonly AuditRecord[]): OldChange | undefined {
  const after = OLD_TOOLS.get(tool);
  if (!after || !isOldChange(tool, events)) return undefined;
  const stored = readAction(events.findLast(({ type }) => type === 'proposed')?.payload);
  if (stored.kind !== 'action') return undefined;
  const path = stored.resources[0]?.path;
  return path === undefined ? undefined : { path, after: (before) => after(before, stored) };
}

function editedText(before: string, stored: ReadAction): string | undefined {
  const [oldText, newText] = [textArgument(stored, 'old_text'), textArgument(stored, 'new_text')];
  if (oldText === undefined || newText === undefined) return undefined;
  const all = stored.arguments['replace_all'] === true;
  try {
    return edited(before, { old_text: oldText, new_text: newText, replace_all: all }, '');
  } catch {
    return undefined;
  }
}
