import type { RunSummary } from '../shared/auditEvent.ts';
import { titleOf } from '../shared/cut.ts';
import { counted } from '../shared/named.ts';
import type { PanelHead } from '../shared/runView.ts';

type EarlierLine = NonNullable<PanelHead['earlier']>[number];

/** Of some runs, newest first, those that can be looked at: pinned ones before others. */
export function earlierOf(runs: readonly RunSummary[]): RunSummary[] {
  const ended = runs.filter(({ state, task }) => state !== 'active' && task !== '');
  return [...ended.filter(({ isPinned }) => isPinned), ...ended.filter(({ isPinned }) => isPinned !== true)];
}

export function earlierLine(run: RunSummary): EarlierLine {
  return {
    ...{ run: run.run, title: runName(run), told: [whenWords(run.time), ...changedAskedAndPaid(run)].join(' · ') },
    state: run.state === 'active' ? 'running' : run.state,
    pinned: run.isPinned === true,
  };
}

/** What a person calls it, or what its task begins with. */
export function runName({ name, task }: RunSummary): string {
  return name ?? titleOf(task, 120);
}

/** What it took of people and money. */
export function figures({ actions, ...counts }: RunSummary): string[] {
  return [counted(actions, 'action'), ...changedAskedAndPaid(counts)];
}

function changedAskedAndPaid({
  files = 0,
  questions = 0,
  cost,
}: Pick<RunSummary, 'files' | 'questions' | 'cost'>): string[] {
  return [
    ...(files > 0 ? [`${counted(files, 'file')} changed`] : []),
    ...(questions > 0 ? [`${questions} asked`] : []),
    ...(cost === undefined ? [] : [`cost ${(cost / 1_000_000).toFixed(2)}`]),
  ];
}

/** The time of today, the name of yesterday, or the day. */
export function whenWords(time: string, now = new Date()): string {
  const then = new Date(time);
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  if (then.getTime() >= midnight) return then.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  if (then.getTime() >= midnight - 86_400_000) return 'yesterday';
  return then.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
}
