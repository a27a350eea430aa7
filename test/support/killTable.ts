import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AuditClient } from '../../src/node/audit/auditClient.ts';
import { openReadOnly, type Connection } from '../../src/node/audit/database.ts';
import { accountKey } from '../../src/node/audit/keys.ts';
import { eventsOf } from '../../src/node/audit/logReader.ts';
import { placeOf } from '../../src/node/audit/place.ts';
import { headsOf } from '../../src/node/audit/witness/seenHead.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { verdictOf } from './logAttacksTable.ts';
import type { Random } from './logWorldRandom.ts';

/** What one kill left behind, and what the next start made of it. */
export interface Kill {
  /** The last event before the kill. */
  stage: string;
  effects: number;
  unrecorded: string[];
  /** Why the chain is not whole. */
  notWhole?: string;
  /** What is wrong with how it was marked. */
  notMarked: string[];
  /** Processes that a command left behind. */
  runs: number;
}

const MOST = 60;

/** Starts the doomed process, kills it after a while, looks at what is on disk, and starts twice at once. */
export async function killOnce(random: Random): Promise<Kill> {
  const base = await mkdtemp(join(tmpdir(), 'oversign-kill-'));
  try {
    await plantWork(base);
    const child = spawn(process.execPath, [new URL('./doomedRun.ts', import.meta.url).pathname, base, 'mixed'], {
      stdio: 'ignore',
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    // One in ten falls while everything is made for the first time, one in ten around the first effect, and the others
    // after the second, when the sandbox has been tested and actions follow each other.
    const moment = random.int(0, 9);
    const awaited = (): boolean =>
      moment === 0 || (moment === 1 ? existsSync(join(base, 'ready')) : effectsIn(join(base, 'work')).length > 1);
    while (!awaited() && child.exitCode === null) await pause(5);
    await pause(moment === 0 ? random.int(50, 700) : random.int(0, 900));
    child.kill('SIGKILL');
    await ended;
    return await looked(base);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

async function plantWork(base: string): Promise<void> {
  for (const name of ['work', 'home']) await mkdir(join(base, name));
  for (let number = 1; number <= MOST; number += 1)
    for (const kind of ['e', 'd']) await writeFile(join(base, 'work', `${kind}${number}.txt`), 'before\n');
}

async function looked(base: string): Promise<Kill> {
  const data = join(base, 'data', 'oversign');
  const file = join(data, 'audit.db');
  const before = existsSync(file) ? held(file) : NOTHING;
  const effects = effectsIn(join(base, 'work'));
  const starters = await Promise.all([AuditClient.open(data), AuditClient.open(data)]);
  const began = performance.now();
  const seen = { stage: before.last, effects: effects.length, runs: before.runs.length };
  const unrecorded = effects.filter((name) => !isRecorded(name, before.events));
  try {
    const marked = (await Promise.all(starters.map((starter) => starter.recover()))).flat();
    const again = await starters[0].recover();
    const after = held(file);
    const witness = join(base, 'witness.jsonl');
    const testimonies = existsSync(witness)
      ? [{ name: 'witness', heads: headsOf(readFileSync(witness, 'utf8')).heads }]
      : [];
    const account = existsSync(join(data, 'account.key'))
      ? { key: accountKey(data).publicKey, from: 'local' as const }
      : undefined;
    const verdict = verdictOf(file, 'database', { account, testimonies, place: placeOf(data) });
    const isWhole = !(verdict instanceof Error) && verdict.state !== 'broken';
    return {
      ...seen,
      unrecorded,
      notMarked: markProblems(before, after, marked, again),
      ...(!isWhole && { notWhole: verdict instanceof Error ? String(verdict) : JSON.stringify(verdict.problem) }),
    };
  } catch (error) {
    const seconds = Math.round(performance.now() - began) / 1000;
    return { ...seen, unrecorded, notMarked: [`a start failed after ${seconds} s: ${String(error)}`] };
  } finally {
    for (const starter of starters) await starter[Symbol.asyncDispose]();
  }
}

interface HeldLog {
  last: string;
  runs: string[];
  active: string[];
  events: AuditRecord[];
}
const NOTHING: HeldLog = { last: 'before the log', runs: [], active: [], events: [] };

function held(file: string): HeldLog {
  let connection: Connection | undefined;
  try {
    const open = openReadOnly(file);
    connection = open;
    const column = (sql: string): string[] =>
      open
        .prepare(sql)
        .all()
        .map((row) => String(Object.values(row)[0]));
    const runs = column("SELECT DISTINCT run FROM events WHERE run NOT IN ('log', 'policy')");
    const [last] = column("SELECT type FROM events WHERE type NOT IN ('head', 'writer') ORDER BY seq DESC LIMIT 1");
    const events = runs.flatMap((run) => eventsOf(open, run));
    const active = column('SELECT DISTINCT run FROM active_runs');
    return { last: last ?? 'before the first event', runs, active, events };
  } catch {
    return { ...NOTHING, last: 'while the log was made' };
  } finally {
    connection?.close();
  }
}

/** Names of files that are not as they were planted: each is the effect of one action. */
function effectsIn(folder: string): string[] {
  const names = new Set(readdirSync(folder));
  const effects = [...names].filter((name) => /^[fc]\d+\.txt$/.test(name));
  for (let number = 1; number <= MOST; number += 1) {
    const edited = `e${number}.txt`;
    if (names.has(edited) && readFileSync(join(folder, edited), 'utf8') !== 'before\n') effects.push(edited);
    if (!names.has(`d${number}.txt`)) effects.push(`d${number}.txt`);
  }
  return effects;
}

function isRecorded(name: string, events: readonly AuditRecord[]): boolean {
  const started = new Set(events.filter(({ type }) => type === 'started').map(({ action }) => action));
  return events.some(
    ({ type, action, payload }) =>
      type === 'proposed' && started.has(action) && JSON.stringify(payload?.['action']).includes(name),
  );
}

function markProblems(before: HeldLog, after: HeldLog, marked: readonly string[], again: readonly string[]): string[] {
  const problems: string[] = [];
  if (new Set(marked).size !== marked.length) problems.push(`marked twice: ${marked.join(', ')}`);
  if (again.length > 0) problems.push(`marked again at the third start: ${again.join(', ')}`);
  if (after.active.length > 0) problems.push(`still active: ${after.active.join(', ')}`);
  for (const run of before.runs) {
    const own = after.events.filter((event) => event.run === run);
    const starts = own.filter(({ type }) => type === 'run_started' || type === 'run_continued').length;
    const ends = own.filter(({ type }) => type === 'run_finished').length;
    const interrupted = own.filter(({ type, action }) => type === 'interrupted' && action === undefined).length;
    if (starts !== ends + interrupted)
      problems.push(`run ${run}: ${starts} starts, ${ends} ends, ${interrupted} marks`);
    problems.push(...openActions(own));
  }
  return problems;
}

/** Actions that were started, and are neither finished nor marked; or marked more than once. */
function openActions(events: readonly AuditRecord[]): string[] {
  const marks = new Map<string, number>();
  const open = new Set<string>();
  for (const { type, action } of events) {
    if (action === undefined) continue;
    if (type === 'started') open.add(action);
    if (type === 'finished' || type === 'interrupted') open.delete(action);
    if (type === 'interrupted') marks.set(action, (marks.get(action) ?? 0) + 1);
  }
  const twice = [...marks].filter(([, count]) => count > 1).map(([action]) => `action ${action} is marked twice`);
  return [...twice, ...[...open].map((action) => `action ${action} is not marked`)];
}

/** So many kills, so many at a time. */
export async function playKills(kills: number, atOnce: number, randomOf: (kill: number) => Random): Promise<Kill[]> {
  const done: Kill[] = [];
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < kills) {
        next += 1;
        done.push(await killOnce(randomOf(next)));
      }
    }),
  );
  return done;
}

export function killText(kills: readonly Kill[]): string {
  const sum = (of: (kill: Kill) => number): number => kills.reduce((all, kill) => all + of(kill), 0);
  const stages = new Map<string, number>();
  for (const { stage } of kills) stages.set(stage, (stages.get(stage) ?? 0) + 1);
  return [
    `kills                     ${kills.length}`,
    `runs begun                ${sum(({ runs }) => runs)}`,
    `effects on disk           ${sum(({ effects }) => effects)}`,
    `effects without a record  ${sum(({ unrecorded }) => unrecorded.length)}`,
    `chains not whole          ${sum(({ notWhole }) => (notWhole === undefined ? 0 : 1))}`,
    `runs not marked right     ${sum(({ notMarked }) => (notMarked.length > 0 ? 1 : 0))}`,
    'last event before the kill:',
    ...[...stages].sort((a, b) => b[1] - a[1]).map(([stage, count]) => `  ${stage.padEnd(24)}${count}`),
  ].join('\n');
}
