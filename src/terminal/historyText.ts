import type { AuditRecord, RunSummary } from '../shared/auditEvent.ts';
import { titleOf } from '../shared/cut.ts';
import { proseLine, visibleLine } from '../shared/visible.ts';

export function runLine(run: RunSummary): string {
  return `${visibleLine(`${run.time}  ${run.state.padEnd(11)}  ${String(run.actions).padStart(3)} actions  ${run.run}`)}  ${proseLine(titleOf(run.task, 80))}`;
}

/** A run that is at work: which, where, and what for. */
export function runningLine(words: string, task: string): string {
  return `${visibleLine(words)}  ${proseLine(titleOf(task, 80))}`;
}

/** One event of the log as one line of text. `ran`: what it ran, whole, where the title may not say all of it. */
export function eventLine(event: AuditRecord, ran?: string): string {
  const data = Object.entries(event.data).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const title = event.payload?.['title'];
  const words = event.type === 'left_behind' ? event.payload?.['words'] : undefined;
  const said = Array.isArray(words) && words.length > 0 ? `  ${words.map(String).join(' ')}` : '';
  return visibleLine(
    `${String(event.seq).padStart(6)}  ${event.time}  ${event.type.padEnd(14)}  ${typeof title === 'string' ? `${title}  ` : ''}${data.join(' ')}${ran === undefined ? '' : `  ran: ${ran}`}${said}`,
  );
}
