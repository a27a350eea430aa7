import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdict } from '../../src/core/audit/verdict.ts';
import { MOST_UNSIGNED } from '../../src/node/audit/chain.ts';
import { openReadOnly } from '../../src/node/audit/database.ts';
import { exportLines } from '../../src/node/audit/exportLog.ts';
import { exportSource } from '../../src/node/audit/verify/exportFile.ts';
import { verifyInWorker } from '../../src/node/audit/verify/verifyInWorker.ts';
import { checkIntegrity, verifyDatabase } from '../../src/node/audit/verify/verifyDatabase.ts';
import { brokenBy, verifySource, type Against } from '../../src/node/audit/verify/verifyLog.ts';
import { ATTACKS } from './logAttacks.ts';
import { bodyOf, putInto, takeFrom, type Held, type Row } from './logAttacksRows.ts';
import { TARGETS, type Done, type Target, type Trial, type Variant } from './logAttacksTrial.ts';
import type { World } from './logWorld.ts';
import { Random } from './logWorldRandom.ts';

export type Outcome = 'found' | 'not covered' | 'missed';

/** A line of the table. */
export interface Line {
  attack: string;
  witness: boolean;
  trials: number;
  found: number;
  rightEvent: number;
  notCovered: number;
  missed: number;
}

/** How a trial ended, so that it can be had again. */
export interface Account {
  attack: string;
  variant: string;
  target: Target;
  world: string;
  seed: number;
  witness: boolean;
  outcome: Outcome;
  isRight: boolean;
  words: string;
}

export function against(world: World, hasWitness: boolean): Against {
  return {
    account: { key: world.account, from: 'given' },
    testimonies: hasWitness ? [{ name: 'witness', heads: world.heads }] : [],
    place: world.place,
  };
}

export function exportTo(file: string, database: string, run?: string): void {
  const connection = openReadOnly(database);
  try {
    writeFileSync(file, [...exportLines(connection, run)].join(''));
  } finally {
    connection.close();
  }
}

/** The verdict, or why there is none: a check that throws has found nothing. */
export function verdictOf(file: string, target: Target, by: Against): Verdict | Error {
  try {
    if (target !== 'database') return verifySource(exportSource(file), { ...by, place: undefined }, () => undefined);
    // What verifyInWorker does in two threads.
    const verdict = verifyDatabase(file, by, () => undefined);
    const damage = verdict.state === 'broken' ? undefined : checkIntegrity(file);
    return damage ? brokenBy(damage, verdict) : verdict;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Plays every attack so many times, with a witness and without one. */
export async function playAttacks(
  worlds: readonly World[],
  trials: number,
  seed: number,
  base: string,
): Promise<{ lines: Line[]; accounts: Account[] }> {
  const accounts: Account[] = [];
  for (const [attack, variants] of Object.entries(ATTACKS))
    for (let played = 0, at = 0; played < trials; at += 1) {
      const own = seed + at;
      const random = new Random(own);
      const world = random.pick(worlds);
      const variant = variants[at % variants.length];
      if (!variant) throw new Error(`no variants of ${attack}`);
      const played_ = await playOne(attack, variant, world, own, base);
      if (played_ === undefined) continue; // it makes no sense in this world, or changed nothing
      accounts.push(...played_);
      played += 1;
    }
  const lines = Object.keys(ATTACKS).flatMap((attack) =>
    [true, false].map((witness) => {
      const own = accounts.filter((account) => account.attack === attack && account.witness === witness);
      const count = (outcome: Outcome): number => own.filter((account) => account.outcome === outcome).length;
      return {
        attack,
        witness,
        trials: own.length,
        found: count('found'),
        rightEvent: own.filter(({ outcome, isRight }) => outcome === 'found' && isRight).length,
        notCovered: count('not covered'),
        missed: count('missed'),
      };
    }),
  );
  return { lines, accounts };
}

async function playOne(
  attack: string,
  variant: Variant,
  world: World,
  seed: number,
  base: string,
): Promise<Account[] | undefined> {
  const folder = join(base, `trial-${seed}`);
  mkdirSync(folder);
  try {
    const random = new Random(seed * 31 + 7);
    const target = random.pick(variant.on ?? TARGETS);
    const trial = prepared(world, random, target, folder);
    const honest = structuredClone(trial.held.rows);
    const done = await variant.apply(trial);
    if (done === false) return undefined;
    if (done.how === 'rows')
      putInto(trial.file, kindOf(target), random.int(0, 3) === 0 ? trial.held : fitting(trial.held));
    const attacked = takenAfter(trial.file, target);
    const first = done.first ?? firstDifference(honest, attacked);
    if (first === undefined) return undefined;
    const facts = { attack, variant, world, target, honest, attacked, first, done };
    return await Promise.all([true, false].map((witness) => judged(facts, trial.file, witness, seed)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function prepared(world: World, random: Random, target: Target, folder: string): Trial {
  const file = join(folder, target === 'database' ? 'audit.db' : 'export.jsonl');
  if (target === 'database') {
    copyFileSync(world.file, file);
    copyFileSync(join(world.data, 'account.key'), join(folder, 'account.key'));
  } else exportTo(file, world.file, target === 'run export' ? random.pick(world.runs) : undefined);
  const held: Held = takeFrom(file, kindOf(target));
  return { world, random, target, folder, file, held, log: world.heads.at(-1)?.log ?? '' };
}

/** The head line of an export says how many events follow: who thinks of everything changes that, too, and may leave its end out. */
function fitting({ before, rows, after }: Held): Held {
  const [first = '', ...rest] = before;
  const head = first === '' ? [] : [first.replace(/"events":\d+/, `"events":${rows.length}`), ...rest];
  return { before: head, rows, after: rows.length % 2 === 0 ? [] : after };
}

const kindOf = (target: Target): 'database' | 'export' => (target === 'database' ? 'database' : 'export');

function takenAfter(file: string, target: Target): Row[] {
  try {
    return takeFrom(file, kindOf(target)).rows;
  } catch {
    return []; // not even readable any more
  }
}

export function firstDifference(honest: readonly Row[], attacked: readonly Row[]): number | undefined {
  for (let at = 0; at < Math.max(honest.length, attacked.length); at += 1) {
    const [one, two] = [honest[at], attacked[at]];
    if (one?.body !== two?.body || one?.hash !== two?.hash || one?.seq !== two?.seq) return (one ?? two)?.seq;
    if (one?.payload !== two?.payload || one?.salt !== two?.salt) return one?.seq;
  }
  return undefined;
}

interface Facts {
  attack: string;
  variant: Variant;
  world: World;
  target: Target;
  honest: readonly Row[];
  attacked: readonly Row[];
  first: number;
  done: Done;
}

async function judged(facts: Facts, file: string, witness: boolean, seed: number): Promise<Account> {
  const { attack, variant, world, target } = facts;
  const by = against(world, witness);
  // A thread takes as long to start as a hundred checks: some trials go through one.
  const verdict =
    seed % 25 === 0
      ? await verifyInWorker({ file, against: by }, new AbortController().signal).catch((error: unknown) =>
          error instanceof Error ? error : new Error(String(error)),
        )
      : verdictOf(file, target, by);
  const outcome = verdict === undefined ? 'missed' : judge(facts, verdict, witness);
  const words = verdict instanceof Error ? String(verdict) : JSON.stringify(verdict?.problem ?? verdict);
  const isRight =
    outcome === 'found' &&
    (facts.done.noticed === true ||
      (verdict instanceof Error ? isRefusal(verdict) : verdict !== undefined && isNamed(facts, verdict)));
  const about = `first changed: ${facts.first} of ${facts.honest.length}: `;
  return {
    attack,
    variant: variant.name,
    target,
    world: `${world.kind} ${world.seed}`,
    seed,
    witness,
    outcome,
    isRight,
    words: about + words,
  };
}

/** Attacks whose effect nobody can see from inside: only a witness can. */
const NEEDS_WITNESS = new Set(['truncate', 'replace', 're-sign']);

function judge({ attack, variant, world, first, done }: Facts, verdict: Verdict | Error, witness: boolean): Outcome {
  if (done.noticed === true) return 'found';
  // An export that is refused as none, with the number of the line; anything else that is thrown names nothing.
  if (verdict instanceof Error) return isRefusal(verdict) ? 'found' : 'missed';
  if (verdict.state === 'broken' || saysSo(verdict, world)) return 'found';
  // An end that nobody signed has a verdict of its own: what was done there is said to be possible.
  if (verdict.state === 'unsigned' && first > verdict.signedUpTo) return 'not covered';
  const seen = Math.max(0, ...world.heads.filter(({ log }) => log === verdict.log).map(({ seq }) => seq));
  if (witness) return first > seen ? 'not covered' : 'missed';
  if (variant.keys !== 'none' || NEEDS_WITNESS.has(attack)) return 'not covered';
  return first > verdict.signedUpTo ? 'not covered' : 'missed';
}

function isRefusal(error: Error): boolean {
  return /\.jsonl:\d+: this is not a line of an audit export/.test(error.message);
}

/** Another log than the one that was here, that says itself that one was here before. */
function saysSo(verdict: Verdict, world: World): boolean {
  return verdict.gap !== undefined && verdict.log !== world.heads.at(-1)?.log;
}

/** The event named is the first changed one, or the signature that shows it. */
function isNamed({ first, honest, attacked }: Facts, { problem }: Verdict): boolean {
  // What is wrong with the database as a whole, or with whose log it is, is no matter of one event.
  if (!problem || problem.seq === 0 || ['account', 'witness'].includes(problem.property)) return true;
  const next = (rows: readonly Row[]): number =>
    rows.find((row) => row.seq > first && ['head', 'writer'].includes(typeOf(row)))?.seq ?? 0;
  const limit = Math.max(first + 1 + MOST_UNSIGNED, next(honest), next(attacked));
  // A signature covers several events: they are named from the first to the last.
  const to = Math.max(problem.seq, Number(/the signature in event (\d+)/.exec(problem.words)?.[1] ?? 0));
  if (problem.words.startsWith('the export ends here')) return true;
  return to >= first && to <= limit;
}

function typeOf(row: Row): string {
  try {
    return bodyOf(row).type;
  } catch {
    return '';
  }
}
