import { join } from 'node:path';
import type { Approval } from '../../src/shared/approval.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { ScriptedEditor } from './scriptedEditor.ts';
import { workbench, type Workbench, type WorkbenchOptions } from './workbench.ts';

/** A call that edits it. */
export const EDIT = { name: 'edit_file', args: { path: 'a.txt', old_text: 'one', new_text: 'two' } };

/** A workbench beside an editor that has `a.txt` open. */
export async function besideEditor(
  options: WorkbenchOptions = {},
): Promise<Workbench & { editor: ScriptedEditor; at: string }> {
  const editor = new ScriptedEditor();
  const bench = await workbench({
    ...options,
    files: { 'a.txt': 'one mine\n', ...options.files },
    change: ({ parts }) => {
      parts.editor = editor;
      options.change?.({ parts } as Parameters<NonNullable<WorkbenchOptions['change']>>[0]);
    },
  });
  const at = join(bench.folder, 'a.txt');
  editor.open(at);
  return { ...bench, editor, at };
}

/** The sentences of a card. */
export function said(approval: Approval | undefined): string {
  return (approval?.card.blocks ?? [])
    .flatMap((block) => (block.kind === 'sentence' ? [block.words.map(plain).join('')] : []))
    .join('\n');
}

function plain(piece: unknown): string {
  if (typeof piece === 'string') return piece;
  return typeof piece === 'object' && piece !== null && 'exact' in piece ? String(piece.exact) : '';
}

/** What the last action returned. */
export function output(events: readonly AuditRecord[]): string {
  return String(events.findLast(({ type }) => type === 'finished')?.payload?.['output']);
}
