import type { Engine } from '../core/engine/engine.ts';
import { ExposureFold } from '../core/exposure/exposureFold.ts';
import { reachOf } from '../core/exposure/reach.ts';
import { sealed } from '../core/exposure/receipt.ts';
import { TogetherSum } from '../core/exposure/together.ts';
import { Failure } from '../core/outcome.ts';
import { openReadOnly } from '../node/audit/database.ts';
import type { NodeParts } from '../node/engineParts.ts';
import { countFiles } from '../node/exposure/countFiles.ts';
import { logNameOf } from '../node/exposure/receiptOf.ts';
import { MOST_RUNS } from '../node/exposure/togetherIn.ts';
import { sha256 } from '../node/files/hash.ts';
import type { Exposure, SealedReceipt } from '../shared/exposure.ts';
import { LOG_EVENTS } from '../shared/noRun.ts';
import type { FileCount, Reach } from '../shared/reach.ts';
import type { Together } from '../shared/together.ts';

/** What was counted, and added up, counts for so long: a run that goes on asks for both with every event. */
const COUNT_MS = 30_000;
const TOGETHER_MS = 5000;
/** Runs whose sums are kept, to be gone on with where they end. */
const MOST_KEPT = 10;

interface Kept {
  fold: ExposureFold;
  after: number;
  erasure: number;
}

/** What the window shows of what can be seen and what has left. Reads the log a page at a time, and decides nothing. */
export class ExposureDesk {
  readonly #node: NodeParts;
  readonly #engine: Engine;
  readonly #kept = new Map<string, Kept>();
  /** One look at the log after the other: two that go on with the same sum would count twice. */
  #looking: Promise<unknown> = Promise.resolve();
  #counting = new AbortController();
  #count: { at: number; key: string; files: Promise<FileCount> } | undefined;
  #together: { at: number; found: Promise<Together> } | undefined;

  constructor(node: NodeParts, engine: Engine) {
    this.#node = node;
    this.#engine = engine;
  }

  get folder(): string | undefined {
    return this.#node.parts.roots[0];
  }

  /** The run that is at work here, or was last. */
  async last(): Promise<{ run: string; task: string; isActive: boolean } | undefined> {
    const { recordedRun } = this.#engine;
    const found =
      recordedRun === undefined
        ? this.folder === undefined
          ? []
          : await this.#node.audit.runsIn(this.folder, 1)
        : await this.#node.audit.summaries([recordedRun]);
    const newest = found.toSorted((a, b) => b.start - a.start)[0];
    return newest && { run: newest.run, task: newest.name ?? newest.task, isActive: newest.state === 'active' };
  }

  /** What has left for a run, up to now: goes on where it ended before. */
  async ofRun(run: string): Promise<Exposure> {
    return this.#read(run, (fold) => fold.result());
  }

  /** The same to be kept, and checked by anybody who has the log. */
  async receipt(run: string): Promise<SealedReceipt> {
    const { exposure, events } = await this.#read(run, (fold) => ({ exposure: fold.result(), events: fold.span }));
    if (events.count === 0) throw new Failure('The log has nothing of this run.');
    const connection = openReadOnly(this.#node.audit.file);
    try {
      return sealed({ exposure, events, log: logNameOf(connection) }, sha256);
    } finally {
      connection.close();
    }
  }

  async reach(destination: string | null): Promise<Reach> {
    const { policy, scope } = await this.#engine.profile();
    const now = performance.now();
    if (this.#count?.key !== scope.placesKey || now - this.#count.at > COUNT_MS) {
      this.#counting.abort();
      this.#counting = new AbortController();
      this.#count = { at: now, key: scope.placesKey, files: countFiles(scope, this.#counting.signal) };
    }
    const files = await this.#count.files;
    const hasDoor = this.#node.sandbox.chosen(policy.backend.value).hasDoor === true;
    return reachOf(policy, scope, { files, destination, hasDoor });
  }

  together(): Promise<Together> {
    const now = performance.now();
    if (!this.#together || now - this.#together.at > TOGETHER_MS) {
      const found = this.#addedUp();
      found.catch(() => {
        this.#together = undefined; // said by whoever asked; the next one looks anew
      });
      this.#together = { at: now, found };
    }
    return this.#together.found;
  }

  /** What was kept is looked at anew. */
  forget(): void {
    this.#kept.clear();
    this.#count = undefined;
    this.#together = undefined;
  }

  dispose(): void {
    this.#counting.abort();
  }

  async #addedUp(): Promise<Together> {
    const sum = new TogetherSum();
    const { folder } = this;
    if (folder === undefined) return sum.result(false, undefined);
    const runs = await this.#node.audit.runsIn(folder, MOST_RUNS + 1);
    for (const { run } of runs.slice(0, MOST_RUNS)) sum.add(await this.ofRun(run));
    return sum.result(runs.length > MOST_RUNS, await this.ofRun(LOG_EVENTS));
  }

  #read<T>(run: string, told: (fold: ExposureFold) => T): Promise<T> {
    const looked = this.#looking.then(async () => told(await this.#folded(run)));
    this.#looking = looked.catch(() => undefined);
    return looked;
  }

  async #folded(run: string): Promise<ExposureFold> {
    let kept = this.#kept.get(run) ?? { fold: new ExposureFold(run), after: 0, erasure: -1 };
    for (;;) {
      const page = await this.#node.audit.exposure(run, kept.after);
      // What was erased since is not shown any more.
      if (kept.erasure !== -1 && page.erasure !== kept.erasure) {
        kept = { fold: new ExposureFold(run), after: 0, erasure: -1 };
        continue;
      }
      for (const record of page.records) kept.fold.add(record);
      kept = { ...kept, after: page.records.at(-1)?.seq ?? kept.after, erasure: page.erasure };
      if (page.next === undefined) break;
    }
    this.#kept.delete(run);
    this.#kept.set(run, kept);
    // What left for no run is read on from where it was, however many runs are looked at in between.
    const oldest = [...this.#kept.keys()].find((name) => name !== LOG_EVENTS);
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return kept.fold;
  }
}
