import { homedir } from 'node:os';
import { DECISIONS, isEmpty, type Decision, type RunFilter } from '../core/audit/filter.ts';
import { narrowed } from '../core/audit/narrow.ts';
import { turnsOf } from '../core/audit/tree.ts';
import { whatRan } from '../core/audit/whatRan.ts';
import type { AuditClient } from '../node/audit/auditClient.ts';
import type { AuditRecord } from '../shared/auditEvent.ts';
import { eventLine, runLine } from '../terminal/historyText.ts';
import { columnsOf } from '../terminal/openAsker.ts';
import { ownLine } from '../terminal/quote.ts';
import { evidenceHere } from './evidenceHere.ts';
import { exitCode } from './exitCodes.ts';
import { refuse } from './faults.ts';
import { writeObject } from './jsonObject.ts';
import { runNamed } from './runNamed.ts';

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

const USUAL = 50;
/** So many further runs are counted; where there are more than that, it is said so. */
const MOST_COUNTED = 1000;

/** What an event says in the words of others is set in, also where the terminal is narrow. */
const printOwn = (line: string): void => {
  process.stdout.write(`${ownLine(line, columnsOf(process.stdout))}\n`);
};

/** `oversign history [RUN]`: past runs, newest first, or the events of one. */
export async function history(named: string | undefined, options: HistoryOptions): Promise<number> {
  const limit = options.limit === undefined ? USUAL : Number(options.limit);
  if (!Number.isSafeInteger(limit) || limit < 1)
    return refuse('usage', `--limit ${options.limit ?? ''} is not a number of runs`);
  if (options.decision !== undefined && !DECISIONS.includes(options.decision as Decision))
    return refuse('usage', `--decision ${options.decision}: choose one of ${DECISIONS.join(', ')}`);
  const { audit, evidence } = await evidenceHere(process.env);
  await using _log = evidence;
  await audit.recover();
  const filter = filterOf(options);
  if (named === undefined) return await list(audit, filter, limit, options.json);
  // What belongs to no run stands under names of its own: "log".
  const exact = await audit.events(named);
  const run = exact.length > 0 ? named : (await runNamed(named, audit)).run;
  const events = run === named ? exact : await audit.events(run);
  const actions = isEmpty(filter) ? undefined : await actionsWith(audit, run, events, filter);
  let shown = 0;
  for (const event of events)
    if (!actions || (event.action !== undefined && actions.has(event.action))) {
      shown += 1;
      if (options.json) writeObject('event', event);
      else printOwn(eventLine(event, event.type === 'proposed' ? whatRan(event) : undefined));
    }
  if (shown === 0 && !options.json) printOwn('Nothing in this run is so.');
  return exitCode('done');
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
  const shown = { columns: columnsOf(process.stdout), home: homedir() };
  if (!isEmpty(filter)) await upToDate(audit);
  while (left > 0) {
    const page = await audit.find(filter, Math.min(left, 200), before);
    for (const summary of page.runs)
      if (json) writeObject('past-run', summary);
      else printOwn(runLine(summary, shown));
    left -= page.runs.length;
    before = page.next;
    if (page.next === undefined) break;
  }
  if (left === limit && !json)
    printOwn(isEmpty(filter) ? 'There is no run yet: oversign run "task" begins one.' : 'No run is so.');
  if (before !== undefined) await tellMore(audit, filter, before, json);
  return exitCode('done');
}

/** What was left out is said, or the list would look whole. */
async function tellMore(audit: AuditClient, filter: RunFilter, from: number, json: boolean): Promise<void> {
  let more = 0;
  let before: number | undefined = from;
  while (before !== undefined && more < MOST_COUNTED) {
    const page = await audit.find(filter, 200, before);
    more += page.runs.length;
    before = page.next;
  }
  if (more === 0) return;
  const isAll = before === undefined;
  if (json) writeObject('more', { more, isAll });
  else
    printOwn(`And ${more}${isAll ? '' : ' or more'} earlier ${more === 1 ? 'run' : 'runs'}: --limit N shows so many.`);
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
