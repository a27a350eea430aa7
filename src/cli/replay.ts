import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { composeReplay } from '../compose.ts';
import { LogReplay, runsOf, type FoundDifference } from '../core/lab/replay/replayLog.ts';
import { baseWords, countWords, differenceLine, findingLines } from '../core/lab/replay/replayWords.ts';
import type { Tally } from '../core/lab/replay/tally.ts';
import { ownFolders } from '../node/folders.ts';
import { replayingHere } from '../node/lab/replayingHere.ts';
import type { RunSummary } from '../shared/auditEvent.ts';
import type { Way } from '../shared/wayWords.ts';
import { visibleLine } from '../shared/visible.ts';
import { shortId } from '../terminal/historyText.ts';
import { columnsOf } from '../terminal/openAsker.ts';
import { progressLine } from '../terminal/progressLine.ts';
import { ownLine } from '../terminal/quote.ts';
import { evidenceHere } from './evidenceHere.ts';
import { exitCode } from './exitCodes.ts';
import { refuse } from './faults.ts';
import { jsonObject } from './jsonObject.ts';
import { runNamed } from './runNamed.ts';

/** What must be so, for the exit code to be 0. */
const EXPECTATIONS = ['nothing-stopped', 'nothing-looser', 'same'] as const;
type Expectation = (typeof EXPECTATIONS)[number];

export interface ReplayOptions {
  environment: NodeJS.ProcessEnv;
  /** A file in the place of the user's policy. */
  policy: string | undefined;
  organizationPolicy: string | undefined;
  way: Way | undefined;
  expect: string | undefined;
  limit: string | undefined;
  strict: boolean;
  json: boolean;
}

const USUAL = 50;
const MOST_NAMED = 200;

/** `oversign replay [RUN…]`: past runs decided anew under another policy, or the present one. */
export async function replay(named: readonly string[], options: ReplayOptions): Promise<number> {
  const { environment, policy, organizationPolicy, way, json } = options;
  const limit = options.limit === undefined ? USUAL : Number(options.limit);
  if (!Number.isSafeInteger(limit) || limit < 1)
    return refuse('usage', `--limit ${options.limit ?? ''} is not a number of runs`);
  if (named.length > 0 && options.limit !== undefined) return refuse('usage', 'name runs, or give --limit');
  if (named.length > MOST_NAMED) return refuse('usage', `name at most ${MOST_NAMED} runs; --limit takes the last ones`);
  const expect = EXPECTATIONS.find((one) => one === (options.expect ?? EXPECTATIONS[0]));
  if (!expect) return refuse('usage', `--expect ${options.expect ?? ''}: choose one of ${EXPECTATIONS.join(', ')}`);
  for (const [option, file] of [['--policy', policy] as const, ['--org-policy', organizationPolicy] as const])
    if (file !== undefined && statSync(resolve(file), { throwIfNoEntry: false })?.isFile() !== true)
      return refuse('usage', `${option}: ${file} is not a file that is there`);
  // Nothing is made by looking.
  if (!existsSync(join(ownFolders(environment).data, 'audit.db')))
    return refuse('nothing', 'there is no audit log yet: nothing can be replayed');
  const { audit, evidence } = await evidenceHere(environment);
  await using _log = evidence;
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort();
  };
  // Once: who asks again means it.
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const here = replayingHere({ environment, organizationPolicy, userPolicy: policy }, stop.signal);
  const replay = new LogReplay(composeReplay(here, audit, way));
  const progress = progressLine(process.stderr, 'replaying', 'runs');
  let done = 0;
  const each = named.length > 0 ? theNamed(named, audit) : runsOf(audit, limit);
  try {
    for await (const run of each) {
      for await (const found of replay.run(run)) await print(json ? objectOf(found) : lineOf(found));
      progress.show((done += 1), named.length > 0 ? named.length : limit);
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    progress.end();
    process.removeListener('SIGINT', interrupt).removeListener('SIGTERM', interrupt);
  }
  if (stop.signal.aborted) return exitCode('stopped');
  const isMet = holds(expect, replay.tally, options.strict);
  await print(json ? endObject(replay, { expect, isMet }) : endWords(replay));
  return exitCode(isMet ? 'done' : 'failed');
}

async function* theNamed(named: readonly string[], audit: Parameters<typeof runNamed>[1]): AsyncGenerator<RunSummary> {
  const seen = new Set<string>();
  for (const word of named) {
    const run = await runNamed(word, audit);
    if (!seen.has(run.run)) yield run;
    seen.add(run.run);
  }
}

/** Of nothing replayed, nothing can be said to hold. */
function holds(expect: Expectation, { counts, leftOut }: Tally, strict: boolean): boolean {
  if (counts.decisions === 0 || (strict && leftOut > 0)) return false;
  switch (expect) {
    case 'nothing-stopped':
      return counts.stopped === 0;
    case 'nothing-looser':
      return counts.looser === 0;
    case 'same':
      return counts.looser + counts.stricter === 0;
  }
}

function lineOf(found: FoundDifference): string {
  return ownLine(`${shortId(found.run.run)}  ${visibleLine(differenceLine(found))}`, columnsOf(process.stdout));
}

function objectOf({ run, difference, replayed: { past, now } }: FoundDifference): string {
  const { layer, file, line, column } = now?.origin ?? {};
  return jsonObject('replayed', {
    ...{ run: run.run, action: past.id, tool: past.tool, title: visibleLine(past.title), difference },
    was: { decision: past.was.verdict, rule: past.was.rule },
    now: { decision: now?.verdict, rule: now?.rule, reason: visibleLine(now?.reason ?? ''), layer, file, line, column },
  });
}

function endObject(replay: LogReplay, { expect, isMet }: { expect: Expectation; isMet: boolean }): string {
  const { counts, left } = replay.tally;
  const { suggestions, dead, unusedGrants } = replay.findings();
  return jsonObject('replay', {
    ...counts,
    ...{ left: Object.fromEntries(left), expect, met: isMet, words: countWords(counts) },
    ...{ suggestions, deadRules: dead, unusedGrants },
  });
}

function endWords(replay: LogReplay): string {
  const columns = columnsOf(process.stdout);
  const { tally } = replay;
  const lines = [countWords(tally.counts), ...baseWords(tally), ...findingLines(replay.findings())];
  return lines.map((line) => ownLine(visibleLine(line), columns)).join('\n');
}

async function print(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await new Promise((drained) => process.stdout.once('drain', drained));
}
