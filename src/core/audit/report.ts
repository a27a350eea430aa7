import type { AuditRecord, RunSummary } from '../../shared/auditEvent.ts';
import { visible } from '../../shared/visible.ts';
import { turnsOf, type ActionNode } from './tree.ts';

/** A run as a readable document: what was asked, what happened, who allowed it, under which rule. */
export function runReport(run: RunSummary, events: readonly AuditRecord[]): string {
  const started = events.find((event) => event.type === 'run_started');
  const lines = [
    `# ${run.task === '' ? 'Run' : run.task}`,
    '',
    `- Run: ${run.run}`,
    `- Started: ${run.time}`,
    `- Folder: ${run.folder}`,
    `- Ended: ${run.state}${run.reason === '' ? '' : `. ${run.reason}`}`,
    `- Model: ${words(started?.data['model'])}. ${words(started?.payload?.['destination'])}`,
    `- Policy digest: ${words(started?.data['policy'])}`,
    `- Oversign ${words(started?.data['version'])}, user ${words(started?.payload?.['user'])} on ${words(started?.payload?.['host'])}`,
    '',
    ...egressLines(events),
    ...turnsOf(events).flatMap(({ turn, actions }) => [`## Turn ${turn}`, '', ...actions.flatMap(actionLines)]),
  ];
  return visible(lines.join('\n'));
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
  return visible([`# ${action.title}`, '', `${action.outcome}, ${action.decidedBy}`, '', ...rows].join('\n'));
}

function actionLines(action: ActionNode): string[] {
  const output = action.events.findLast((event) => event.type === 'finished')?.payload?.['output'];
  return [
    `### ${action.title}`,
    '',
    `${action.outcome}, ${action.decidedBy}${action.durationMs === undefined ? '' : `, ${action.durationMs} ms`}`,
    '',
    ...(typeof output === 'string' ? [...quoted(output), ''] : []),
  ];
}

function egressLines(events: readonly AuditRecord[]): string[] {
  const bytes = new Map<string, number>();
  for (const { type, data } of events)
    if (type === 'egress')
      bytes.set(words(data['origin']), (bytes.get(words(data['origin'])) ?? 0) + Number(data['bytes'] ?? 0));
  if (bytes.size === 0) return ['Nothing was sent anywhere by this run.', ''];
  return [...[...bytes].map(([origin, count]) => `Sent to ${origin}: ${count} bytes.`), ''];
}

function quoted(text: string): string[] {
  return text.split('\n').map((line) => `    ${line}`);
}

function words(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
