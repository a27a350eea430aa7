import type { AuditRecord, RunSummary } from '../../shared/auditEvent.ts';
import { visible } from '../../shared/visible.ts';
import { questionsOf, questionWords } from './questions.ts';
import { turnsOf, type ActionNode } from './tree.ts';

/** What is said of a run as a whole: its title, named facts, and sentences. */
export function facts(
  run: RunSummary,
  events: readonly AuditRecord[],
): { title: string; lines: [name: string, value: string][]; notes: string[] } {
  const started = events.find((event) => event.type === 'run_started');
  const { data = {}, payload = {} } = started ?? {};
  return {
    title: run.task === '' ? 'Run' : run.task,
    lines: [
      ['Run', run.run],
      ['Started', run.time],
      ['Folder', run.folder],
      ['Ended', `${run.state}${run.reason === '' ? '' : `. ${run.reason}`}`],
      ['Model', `${words(data['model'])}. ${words(payload['destination'])}`],
      ['Policy digest', words(data['policy'])],
      ['By', `Oversign ${words(data['version'])}, user ${words(payload['user'])} on ${words(payload['host'])}`],
    ],
    notes: [`Asked: ${questionWords(questionsOf(events))}.`, ...egressLines(events)],
  };
}

/** A run as a readable document: what was asked, what happened, who allowed it, under which rule. */
export function runReport(run: RunSummary, events: readonly AuditRecord[]): string {
  const { title, lines, notes } = facts(run, events);
  const all = [
    `# ${inline(title)}`,
    '',
    ...lines.map(([name, value]) => `- ${name}: ${inline(value)}`),
    '',
    ...notes.flatMap((note) => [inline(note), '']),
    ...turnsOf(events).flatMap(({ turn, actions }) => [`## Turn ${turn}`, '', ...actions.flatMap(actionLines)]),
  ];
  return visible(all.join('\n'));
}

/** Text on one line that Markdown takes as it stands: what others wrote makes no HTML, and no link under other words. */
export function inline(text: string): string {
  return onOneLine(text).replace(/[\\`*_{}[\]()#+!|<>~&]/g, '\\$&');
}

/** One action as a readable document, every event of it included. */
export function actionReport(action: ActionNode): string {
  const rows = action.events.flatMap((event) => [
    `## ${event.seq}. ${event.type} (${event.time})`,
    '',
    ...Object.entries({ ...event.data, ...event.payload }).flatMap(([key, value]) =>
      typeof value === 'string' && value.includes('\n')
        ? [`${key}:`, '', ...quoted(value), '']
        : [`- ${key}: ${words(value)}`],
    ),
    `- hash: ${event.hash}`,
    '',
  ]);
  return visible(
    [`# ${onOneLine(action.title)}`, '', `${action.outcome}, ${action.decidedBy}`, '', ...rows].join('\n'),
  );
}

function actionLines(action: ActionNode): string[] {
  const output = action.events.findLast((event) => event.type === 'finished')?.payload?.['output'];
  return [
    `### ${inline(action.title)}`,
    '',
    `${action.outside ? '**OUTSIDE THE SANDBOX**, ' : ''}${action.outcome}, ${inline(action.decidedBy)}${action.durationMs === undefined ? '' : `, ${action.durationMs} ms`}`,
    '',
    ...(typeof output === 'string' ? [...quoted(output), ''] : []),
  ];
}

function egressLines(events: readonly AuditRecord[]): string[] {
  const bytes = new Map<string, number>();
  for (const { type, data } of events)
    if (type === 'egress')
      bytes.set(words(data['origin']), (bytes.get(words(data['origin'])) ?? 0) + Number(data['bytes'] ?? 0));
  if (bytes.size === 0) return ['Nothing was sent anywhere by this run.'];
  return [...bytes].map(([origin, count]) => `Sent to ${origin}: ${count} bytes.`);
}

function quoted(text: string): string[] {
  return text.split('\n').map((line) => `    ${line}`);
}

function words(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A title makes no lines, and so no headings, of its own. */
export function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
