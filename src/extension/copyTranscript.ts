import * as vscode from 'vscode';
import { transcriptMarkdown } from '../core/audit/transcriptMarkdown.ts';
import { Failure } from '../core/outcome.ts';
import type { Entry } from '../shared/runView.ts';
import { copy } from '../vscode/followed.ts';
import type { Controller } from './controller.ts';
import type { Session } from './session.ts';

/** Copies the transcript in the panel, with the agent's long replies as whole as the log has them. */
export async function copyTranscript(controller: Controller): Promise<void> {
  const session = await controller.session();
  const { run } = session.panel();
  if (!run || run.entries.length === 0) throw new Failure('Nothing to copy yet: the transcript is empty.');
  const entries: Entry[] = [];
  for (const entry of run.entries) entries.push(await wholeEntry(entry, run.id, session));
  await copy(transcriptMarkdown(run.task, entries, run.entriesBefore));
  vscode.window.setStatusBarMessage('Oversign: copied', 3000);
}

async function wholeEntry(entry: Entry, run: string, { log }: Session): Promise<Entry> {
  if (entry.kind !== 'assistant' || !entry.whole) return entry;
  let text = '';
  for (;;) {
    const part = await log.text(run, { kind: 'reply', turn: entry.whole.turn }, text.length);
    if (!part || part.text === '') break;
    text += part.text;
  }
  // Where the log does not have all of it, what is shown says how much is missing.
  return text.length < entry.whole.length ? entry : { ...entry, text };
}
