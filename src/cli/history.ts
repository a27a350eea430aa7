import { DECISIONS, isEmpty, type Decision, type RunFilter } from '../core/audit/filter.ts';
import { narrowed } from '../core/audit/narrow.ts';
import { questionWords } from '../core/audit/questions.ts';
import { runReport } from '../core/audit/report.ts';
import { turnsOf } from '../core/audit/tree.ts';
import { whatRan } from '../core/audit/whatRan.ts';
import type { AuditClient } from '../node/audit/auditClient.ts';
import type { AuditRecord } from '../shared/auditEvent.ts';
import { visibleLine } from '../shared/visible.ts';
import { eventLine, runLine } from '../terminal/historyText.ts';
import { jsonLine } from '../terminal/jsonLine.ts';
import { columnsOf } from '../terminal/openAsker.ts';
import { ownLine } from '../terminal/quote.ts';
import { evidenceHere } from './evidenceHere.ts';

export interface HistoryOptions {
  text?: string | undefined;
  decision?: string | undefined;
  tool?: string | undefined;
  effect?: string | undefined;
  path?: string | undefined;
  host?: string | undefined;
  limit?: string | undefined;
  json: boolean;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
/** What an event says in the words of others is set in, also where the terminal is narrow. */
const printOwn = (line: string): void => {
  print(ownLine(line, columnsOf(process.stdout)));
};

/** `oversign history [RUN]`: past runs, newest first, or the events of one. */
export async function history(run: string | undefined, options: HistoryOptions): Promise<number> {
  const limit = options.limit === undefined ? 50 : Number(options.limit);
  if (!Number.isSafeInteger(limit) || limit < 1) return wrong(`--limit ${options.limit ?? ''} is not a number of runs`);
  if (options.decision !== undefined && !DECISIONS.includes(options.decision as Decision))
    return wrong(`--decision ${options.decision}: choose one of ${DECISIONS.join(', ')}`);
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  await audit.recover();
  const filter = filterOf(options);
  if (run === undefined) return await list(audit, filter, limit, options.json);
  const events = await audit.events(run);
  if (events.length === 0) {
    process.stderr.write(`oversign: there is no run ${visibleLine(run)}\n`);
    return 1;
  }
  const actions = isEmpty(filter) ? undefined : await actionsWith(audit, run, events, filter);
  for (const event of events)
    if (!actions || (event.action !== undefined && actions.has(event.action))) {
      if (options.json) print(jsonLine(event));
      else printOwn(eventLine(event, event.type === 'proposed' ? whatRan(event) : undefined));
    }
  return 0;
}

/** Everything is to be found here, so that whatever is not searchable yet is waited for. */
async function upToDate(audit: AuditClient): Promise<void> {
  while ((await audit.advance()) > 0);
}

async function actionsWith(
  audit: AuditClient,
  run: string,
  events: readonly AuditRecord[],
  filter: RunFilter,
): Promise<Set<string>> {
  await upToDate(audit);
  const matching = filter.text === undefined ? undefined : new Set(await audit.matching(run, filter.text));
  return new Set(narrowed(turnsOf(events), filter, matching).flatMap(({ actions }) => actions.map(({ id }) => id)));
}

async function list(audit: AuditClient, filter: RunFilter, limit: number, json: boolean): Promise<number> {
  let left = limit;
  let before: number | undefined;
  if (!isEmpty(filter)) await upToDate(audit);
  while (left > 0) {
    const page = await audit.find(filter, Math.min(left, 200), before);
    for (const summary of page.runs)
      if (json) print(jsonLine(summary));
      else printOwn(runLine(summary));
    left -= page.runs.length;
    if (page.next === undefined) break;
    before = page.next;
  }
  return 0;
}

/** `oversign report RUN`: a run as a document that people read. */
export async function report(run: string): Promise<number> {
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  // First: where the log is damaged this says so, and not that there is no such run.
  const events = await audit.events(run);
  const [summary] = await audit.summaries([run]);
  if (!summary) {
    process.stderr.write(`oversign: there is no run ${visibleLine(run)}\n`);
    return 1;
  }
  process.stdout.write(runReport(summary, events));
  return 0;
}

const WEEKS_MS = 26 * 7 * 86_400_000;

/** `oversign questions`: how much people were asked, week by week. */
export async function questions(json: boolean): Promise<number> {
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  const weeks = await audit.questions(Date.now() - WEEKS_MS);
  for (const { week, questions: counted } of weeks)
    print(json ? jsonLine({ week, ...counted }) : `week of ${week}: ${questionWords(counted)}`);
  if (weeks.length === 0 && !json) print('Nobody was asked anything in the last 26 weeks.');
  return 0;
}

function filterOf({ text, decision, tool, effect, path, host }: HistoryOptions): RunFilter {
  return {
    ...(text !== undefined && { text }),
    ...(decision !== undefined && { decision: decision as Decision }),
    ...(tool !== undefined && { tool }),
    ...(effect !== undefined && { effect }),
    ...(path !== undefined && { path }),
    ...(host !== undefined && { host }),
  };
}

function wrong(problem: string): number {
  process.stderr.write(`oversign: ${visibleLine(problem)}\n`);
  return 2;
}
