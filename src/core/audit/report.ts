import type { AuditRecord, RunSummary } from '../../shared/auditEvent.ts';
import { bytesWords } from '../../shared/bytesWords.ts';
import { isJsonObject } from '../../shared/json.ts';
import { durationWords } from '../../shared/outcomeWords.ts';
import { forkWords } from './forkWords.ts';
import { blocksMarkdown } from './blockMarkdown.ts';
import { changedBy, changedLine, type Changed } from './changed.ts';
import { sentContentLine } from './contentWords.ts';
import { code, wordsOrCode } from './markdown.ts';
import { questionsOf, questionWords } from './questions.ts';
import { turnsOf, type ActionNode } from './tree.ts';
import { boundByWords, stoppedWords } from './who.ts';

/** What is said of a run as a whole: its title, named facts, and sentences. */
export function facts(
  run: RunSummary,
  events: readonly AuditRecord[],
): { title: string; lines: [name: string, value: string][]; notes: string[] } {
  const started = events.find((event) => event.type === 'run_started');
  const { data = {}, payload = {} } = started ?? {};
  const stopped = stoppedWords(events.findLast((event) => event.type === 'run_finished')?.data ?? {});
  return {
    title: run.task === '' ? 'Run' : run.task,
    lines: [
      ['Run', run.run],
      ['Started', run.time],
      ['Folder', run.folder],
      ['Ended', `${run.state}${run.reason === '' ? '' : `. ${run.reason}`}`],
      ...(stopped === undefined ? [] : [['Stopped by', stopped] satisfies [string, string]]),
      ['Model', `${words(data['model'])}. ${words(payload['destination'])}`],
      ...events
        .filter(({ type }) => type === 'handed_over')
        .map((event): [string, string] => [
          'Then',
          `${words(event.data['model'])}. ${words(event.payload?.['destination'])}`,
        ]),
      ['Policy digest', words(data['policy'])],
      ['By', `Oversign ${words(data['version'])}, user ${words(payload['user'])} on ${words(payload['host'])}`],
    ],
    notes: [
      `Asked: ${questionWords(questionsOf(events))}.`,
      ...changedLines(changedBy(events)),
      ...events.filter(({ type }) => type === 'forked').map(({ data }) => forkWords(data)),
      ...boundLines(events),
      ...leftLines(events),
      ...egressLines(events, run.folder),
    ],
  };
}

/** A run as a readable document: what was asked, what happened, who allowed it, under which rule. */
export function runReport(run: RunSummary, events: readonly AuditRecord[]): string {
  const { title, lines, notes } = facts(run, events);
  const all = [
    `# ${run.task === '' ? title : code(title)}`,
    '',
    ...lines.map(([name, value]) => `- ${name}: ${code(value)}`),
    '',
    ...notes.flatMap((note) => [note, '']),
    ...turnsOf(events).flatMap(({ turn, actions }) => [`## Turn ${turn}`, '', ...actions.flatMap(actionLines)]),
  ];
  return all.join('\n');
}

function actionLines(action: ActionNode): string[] {
  return [
    `### ${code(action.title)}`,
    '',
    outcomeLine(action),
    '',
    ...changedLines(action.changed).flatMap((line) => [line, '']),
    ...ranLines(action),
    ...outputLines(action),
  ];
}

/** What came back of it. */
export function outputLines({ events }: ActionNode): string[] {
  const output = events.findLast((event) => event.type === 'finished')?.payload?.['output'];
  if (typeof output !== 'string' || output === '') return [];
  return blocksMarkdown([{ kind: 'exact', label: 'Output', text: output }]);
}

export function changedLines(changed: Changed | undefined): string[] {
  const line = changedLine(changed);
  return line === undefined ? [] : [line];
}

/** What ran, or would have, to its last character. */
export function ranLines({ ran, editedFrom }: ActionNode): string[] {
  const asked = editedFrom?.map(({ name, from }) => ({ label: `What the agent had asked for (${name})`, text: from }));
  const texts = [...(ran === undefined ? [] : [{ label: 'Exactly', text: ran }]), ...(asked ?? [])];
  return blocksMarkdown(texts.map((one) => ({ kind: 'exact', ...one })));
}

/** How it was decided and how it ended; what was denied did not happen, and is not said twice. */
export function outcomeLine({ outside, outcome, decidedBy, said, durationMs }: ActionNode): string {
  const by = `${wordsOrCode(decidedBy)}${said === undefined ? '' : `: ${code(said)}`}`;
  return [
    ...(outside ? ['**OUTSIDE THE SANDBOX**'] : []),
    by,
    ...(outcome === 'denied' ? [] : [outcome]),
    ...(durationMs === undefined || outcome === 'denied' ? [] : [durationWords(durationMs)]),
  ].join(', ');
}

/** In which other folders it went on, and who said so. */
function boundLines(events: readonly AuditRecord[]): string[] {
  return events
    .filter(({ type }) => type === 'folders_bound')
    .map(({ data, payload }) => {
      const folders = Array.isArray(payload?.['folders']) ? payload['folders'].filter(isJsonObject) : [];
      const moves = folders.flatMap(({ from, to }) =>
        to === undefined ? `${words(from)} was left out` : to === from ? [] : `${words(from)} is now ${words(to)}`,
      );
      return `Went on in other folders, ${boundByWords(data)}: ${code(moves.join('; '))}.`;
    });
}

/** What commands of it left that were broken off. */
function leftLines(events: readonly AuditRecord[]): string[] {
  return events
    .filter(({ type }) => type === 'left_behind')
    .flatMap(({ payload }) => (Array.isArray(payload?.['words']) ? payload['words'] : []))
    .map((one) => `A command was broken off: ${code(words(one))}`);
}

function egressLines(events: readonly AuditRecord[], folder: string): string[] {
  const bytes = new Map<string, number>();
  for (const { type, data } of events)
    if (type === 'egress')
      bytes.set(words(data['origin']), (bytes.get(words(data['origin'])) ?? 0) + Number(data['bytes'] ?? 0));
  if (bytes.size === 0) return ['Nothing was sent anywhere by this run.'];
  const held = sentContentLine(events, folder);
  const received = events.reduce(
    (sum, { type, data }) => sum + (type === 'run_finished' ? Number(data['received'] ?? 0) : 0),
    0,
  );
  return [
    ...[...bytes].map(([origin, count]) => `Sent to ${code(origin)}: ${bytesWords(count)}.`),
    ...(received > 0 ? [`Received in answers: ${bytesWords(received)}.`] : []),
    ...(held === undefined ? [] : [`What was sent held content of: ${code(held)}.`]),
  ];
}

function words(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
