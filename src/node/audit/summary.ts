import * as z from 'zod';
import type { AuditRecord, RunSummary } from '../../shared/auditEvent.ts';
import { FolderMarkSchema } from '../../shared/folderMark.ts';

/** As it is recorded of a run whose process is gone: nobody else could say why. */
export const OWNER_GONE = 'the process that owned it is gone';
const FoldersSchema = z.array(FolderMarkSchema);
const GONE = 'The process that ran it was gone before it ended.';

/** What is counted of a run. */
export type Counted = Pick<RunSummary, 'actions' | 'files' | 'questions' | 'cost'>;

/** A run in one line, from its events. An active run with no end is running; one that is not was interrupted. */
export function summarize(
  { run, start }: { run: string; start: number },
  events: readonly AuditRecord[],
  counted: Counted,
  isActive: boolean,
): RunSummary {
  const first = events.find((event) => event.type === 'run_started');
  let state: RunSummary['state'] = isActive ? 'active' : 'interrupted';
  let reason = isActive ? '' : GONE;
  let folders: RunSummary['folders'];
  let isDismissed = false;
  let isPinned = false;
  let name = '';
  for (const event of events) {
    if (event.type === 'run_started' || event.type === 'run_continued') {
      folders = FoldersSchema.safeParse(event.payload?.['folders']).data ?? folders;
      state = isActive ? 'active' : 'interrupted';
      isDismissed = false;
    } else if (event.type === 'dismissed') {
      isDismissed = true;
    } else if (event.type === 'run_labelled') {
      isPinned = event.data['pinned'] === undefined ? isPinned : event.data['pinned'] === true;
      name = event.payload === undefined ? name : text(event.payload['name']);
    } else if (event.type === 'run_finished') {
      state = finalState(event.data['state']);
      reason = text(event.payload?.['reason']);
    } else if (event.type === 'interrupted' && event.action === undefined) {
      state = 'interrupted';
      reason = interruptedWords(event.data['reason']);
    }
  }
  return {
    run,
    start,
    task: text(first?.payload?.['task']),
    folder: text(first?.payload?.['folder']),
    ...(folders && { folders }),
    time: first?.time ?? '',
    state,
    reason,
    ...counted,
    ...lastModel(events),
    ...(isDismissed && { isDismissed }),
    ...(isPinned && { isPinned }),
    ...(name !== '' && { name }),
  };
}

function lastModel(events: readonly AuditRecord[]): Pick<RunSummary, 'model' | 'destination'> {
  const last = events.findLast(({ type }) => type === 'run_started' || type === 'run_continued');
  const model = last?.data['model'];
  const destination = last?.payload?.['destination'];
  return {
    ...(typeof model === 'string' && { model }),
    ...(typeof destination === 'string' && { destination }),
  };
}

function finalState(value: unknown): RunSummary['state'] {
  return value === 'stopped' || value === 'limit' || value === 'failed' ? value : 'finished';
}

function interruptedWords(reason: unknown): string {
  return typeof reason === 'string' && reason !== OWNER_GONE ? reason : GONE;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
