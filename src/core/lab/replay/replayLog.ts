import type { AuditRecord, RunSummary } from '../../../shared/auditEvent.ts';
import { FlagsSchema, NO_FLAGS, type Flags } from '../../../shared/flow.ts';
import type { Way } from '../../../shared/wayWords.ts';
import type { AuditReader } from '../../audit/port.ts';
import type { InForce } from '../../policy/decide.ts';
import type { Family } from '../../policy/facts.ts';
import { placeOf, PolicyHistory, type DeadRule, type Suggestion } from './suggestions.ts';
import { differenceOf, Tally, type Difference } from './tally.ts';
import { replayRun, type LookNow, type Replayed } from './replayRun.ts';

/** The policy in the folders of a run, ready to decide; or why nothing can be decided there, as a sentence. */
export type Opened = { inForce: InForce; familyOf: (tool: string) => Family | undefined } | { problem: string };

/** What a log is replayed with. */
export interface ReplayWorld {
  audit: Pick<AuditReader, 'runs' | 'events'>;
  /** Throws `PolicyInvalid`. */
  open(folders: readonly string[]): Promise<Opened>;
  look: LookNow;
  way?: Way | undefined;
  breathe(): Promise<void>;
}

/** A decision that would be another one, and the run that it is of. */
export interface FoundDifference {
  run: RunSummary;
  replayed: Replayed;
  difference: Difference;
}

/** Of a policy, over all that was replayed. */
export interface Findings {
  suggestions: Suggestion[];
  dead: DeadRule[];
  /** Remembered approvals that never covered anything, in words, each with how often. */
  unusedGrants: { words: string; times: number }[];
}

/** A run that puts back what another one changed: no agent is in it. */
const BY_NO_AGENT = 'none';
/** A run that goes on from one that goes on from another one, and so on. */
const MOST_FORKS = 20;
/** So many different words of approvals are kept. */
const MOST_WORDS = 200;
const PAGE = 100;

/** Replays runs, one after another: each difference as it is found; at the end `tally` and `findings` have all of it. */
export class LogReplay {
  readonly tally = new Tally();
  readonly #world: ReplayWorld;
  readonly #histories = new Map<string, PolicyHistory>();
  readonly #opened = new Map<string, Opened>();
  readonly #unused = new Map<string, number>();

  constructor(world: ReplayWorld) {
    this.#world = world;
  }

  async *run(summary: RunSummary): AsyncGenerator<FoundDifference> {
    if (summary.model === BY_NO_AGENT) return;
    // Of outputs and replies nothing is needed.
    const events = await this.#world.audit.events(summary.run, 1);
    const folders = foldersOf(summary, events);
    const decisions = events.filter(({ type }) => type === 'decided').length;
    if (folders[0] === '') {
      this.tally.run();
      this.tally.leave('erased', decisions); // where it worked, too
      return;
    }
    const key = folders.join('\n');
    const opened = this.#opened.get(key) ?? (await this.#world.open(folders));
    this.#opened.set(key, opened);
    this.tally.run();
    this.#noteGrants(events);
    if ('problem' in opened) {
      this.tally.leave('folder', decisions);
      return;
    }
    const { look, way } = this.#world;
    const breathe = (): Promise<void> => this.#world.breathe();
    const parts = { ...opened, look, way, breathe, flags: await this.#flagsBefore(events) };
    const history = this.#histories.get(key) ?? new PolicyHistory(opened.inForce);
    this.#histories.set(key, history);
    const all: Replayed[] = [];
    // What came of a decision stands behind it: it is counted when the run is through.
    for await (const replayed of replayRun(events, parts)) all.push(replayed);
    for (const replayed of all) {
      await breathe();
      this.tally.add(replayed);
      history.add(replayed);
      const difference = differenceOf(replayed);
      if (difference) yield { run: summary, replayed, difference };
    }
  }

  /** What the replay says of the policy; a rule is dead where it spoke of nothing in any folder. */
  findings(): Findings {
    const histories = [...this.#histories.values()];
    const dead = histories.map((history) => new Map(history.deadRules().map((rule) => [placeOf(rule.origin), rule])));
    const known = new Map(dead.flatMap((rules) => [...rules]));
    const spoke = (place: string, rules: Map<string, DeadRule>, at: number): boolean =>
      !rules.has(place) && histories[at]?.has(place) === true;
    return {
      suggestions: histories
        .flatMap((history) => history.suggestions())
        .sort((a, b) => b.spares - a.spares)
        .slice(0, 3),
      dead: [...known].filter(([place]) => !dead.some((rules, at) => spoke(place, rules, at))).map(([, rule]) => rule),
      unusedGrants: [...this.#unused].map(([words, times]) => ({ words, times })).sort((a, b) => b.times - a.times),
    };
  }

  #noteGrants(events: readonly AuditRecord[]): void {
    const used = new Set(events.flatMap(({ type, data }) => (type === 'grant_used' ? [data['grant']] : [])));
    for (const { type, data, payload } of events) {
      if (type !== 'granted' || used.has(data['grant'])) continue;
      const words = payload?.['words'];
      if (typeof words !== 'string') continue;
      if (this.#unused.has(words) || this.#unused.size < MOST_WORDS)
        this.#unused.set(words, (this.#unused.get(words) ?? 0) + 1);
    }
  }

  /** The flags that a run began with: those with which the run ended that it goes on from. */
  async #flagsBefore(events: readonly AuditRecord[]): Promise<Flags> {
    let from = forkedFrom(events);
    for (let forks = 0; from !== undefined; forks += 1) {
      if (forks === MOST_FORKS) return ALL;
      const before = await this.#world.audit.events(from, 1);
      if (before.length === 0) return ALL; // nothing is known of it
      const last = before.findLast(({ type }) => type === 'flags');
      if (last) return FlagsSchema.safeParse(last.data).data ?? ALL;
      from = forkedFrom(before);
    }
    return NO_FLAGS;
  }
}

const ALL: Flags = { untrusted: true, private: true, outward: true };

function forkedFrom(events: readonly AuditRecord[]): string | undefined {
  const from = events.find(({ type }) => type === 'forked')?.data['from'];
  return typeof from === 'string' ? from : undefined;
}

/** The folders that a run worked in; of runs of earlier versions, the first of them. */
function foldersOf(summary: RunSummary, events: readonly AuditRecord[]): string[] {
  const [named = summary.folder] = [events.find(({ type }) => type === 'run_started')?.payload?.['folder']];
  const first = typeof named === 'string' ? named : summary.folder;
  const others = (summary.folders ?? []).map(({ path }) => path).filter((path) => path !== first);
  return [first, ...others];
}

/** The runs of agents in the log, newest first. */
export async function* runsOf(audit: Pick<AuditReader, 'runs'>, most: number): AsyncGenerator<RunSummary> {
  let before: number | undefined;
  let left = most;
  while (left > 0) {
    const page = await audit.runs(Math.min(PAGE, left), before);
    for (const run of page)
      if (run.model !== BY_NO_AGENT && left > 0) {
        left -= 1;
        yield run;
      }
    before = page.at(-1)?.start;
    if (page.length === 0 || before === undefined) return;
  }
}
