import type { AuditRecord, RunSummary } from '../shared/auditEvent.ts';
import { titleOf } from '../shared/cut.ts';
import { proseLine, visibleLine } from '../shared/visible.ts';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** As much of a run's name as tells it from others, and as a command takes it. */
export function shortId(run: string, length = 8): string {
  return UUID.test(run) ? run.slice(0, length) : run;
}

/** When something was, as a person reads a clock where they are. */
export function localTime(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

interface Shown {
  /** Of the terminal; undefined where nothing wraps lines. */
  columns: number | undefined;
  home: string;
}

/** A run in the list: when, how it ended, which, where, and what for. */
export function runLine(run: RunSummary, { columns, home }: Shown): string {
  const count = run.actions === 1 ? '1 action' : `${run.actions} actions`;
  const head = `${shortId(run.run)}  ${localTime(run.time)}  ${run.state.padEnd(11)}  ${count.padEnd(11)}  ${withTilde(run.folder, home)}  `;
  // What it was for fills the line, and is never less than can be read.
  const room = columns === undefined ? 80 : Math.max(columns - head.length - 1, 24);
  return `${visibleLine(head)}${proseLine(titleOf(run.name ?? run.task, room))}`;
}

function withTilde(folder: string, home: string): string {
  return folder === home || folder.startsWith(`${home}/`) ? `~${folder.slice(home.length)}` : folder;
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
    `${String(event.seq).padStart(6)}  ${localTime(event.time)}  ${event.type.padEnd(14)}  ${typeof title === 'string' ? `${title}  ` : ''}${data.join(' ')}${ran === undefined ? '' : `  ran: ${ran}`}${said}`,
  );
}
