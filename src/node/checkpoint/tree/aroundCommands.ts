import { join } from 'node:path';
import type { Covers } from '../../../core/checkpoint/covers.ts';
import { NotCovered } from '../../../core/checkpoint/notCovered.ts';
import type { ActionOf, CommandPlace, Foreseen } from '../../../core/checkpoint/port.ts';
import { named } from '../../../shared/named.ts';
import { ToolFailure } from '../../../core/outcome.ts';
import { isInside, relativeTo } from '../../../core/scope/spelling.ts';
import { sha256 } from '../../files/hash.ts';
import { isSameEntry, type Entry, type PackPlace } from './entry.ts';
import type { TreeStep } from './entry.ts';
import { SCAN_LIMITS, type ScanLimits } from './scan.ts';
import { foreseen, type Surveyed } from './foreseen.ts';
import { TreeThread } from './treeThread.ts';
import type { TreeOf } from './treeWorker.ts';

/** So many files are read in one go: between two the thread answers others. */
const BATCH = 200;

/** What stood and stands at a path, in the words of a tree. `root` and `path` say where. */
export type SeenChange = Omit<TreeStep, 'path'> & { root: string; path: string };

/** What was seen around an action that could write anything. Undefined: nobody could look. */
export type SeenAround = { changes: SeenChange[]; leftOut: string[] } | undefined;

interface Open {
  of: ActionOf;
  roots: readonly string[];
  changes: Map<string, SeenChange>;
  /** One of its folders is too much to be looked through. */
  isBlind: boolean;
}

/**
 * Looks at the workspace before and after actions that may write anywhere in it, and keeps what stands there. What changes
 * while several go on is said of each: nobody knows whose it was.
 */
export class AroundCommands {
  readonly #data: string;
  readonly #limits: ScanLimits;
  readonly #isStandIn: (path: string) => boolean;
  readonly #thread = new TreeThread();
  readonly #open = new Set<Open>();
  /** By folder. */
  readonly #foreseen = new Map<string, Surveyed & { limits: ScanLimits }>();
  #turn: Promise<unknown> = Promise.resolve();

  /** `isStandIn`: what stands somewhere for the sandbox's sake alone. */
  constructor(dataFolder: string, limits = SCAN_LIMITS, isStandIn: (path: string) => boolean = () => false) {
    this.#data = dataFolder;
    this.#limits = limits;
    this.#isStandIn = isStandIn;
  }

  /** What undo will be able to do for whatever is changed in the workspace. Keeps nothing. */
  foresee(place: CommandPlace): Promise<Foreseen> {
    return foreseen(place, (root) => this.#foreseenOf(root, place), this.#isStandIn);
  }

  /**
   * As the last look at a folder found it, where there was one: looking anew for each question would take as long as the
   * command. `begin` looks, and does not let anything happen of which less comes back than was foreseen.
   */
  async #foreseenOf(root: string, { covers, holds, anew }: CommandPlace): Promise<Surveyed> {
    const limits = this.#limitsOf(covers);
    const known = this.#foreseen.get(root);
    if (known && holds !== true && anew !== true && isSameCover(known.limits, limits)) return known;
    const found = await this.#thread.ask('survey', { root, limits });
    this.#foreseen.set(root, { ...found, limits });
    return found;
  }

  /** Reads the workspace before it is needed. */
  async prepare(place: CommandPlace): Promise<void> {
    await this.#inTurn(() => this.#look(place)).catch(() => undefined); // then the action is told
  }

  /** Everything is kept as it stands now when this resolves. */
  async begin(of: ActionOf, place: CommandPlace): Promise<void> {
    const open: Open = { of, roots: place.roots, changes: new Map(), isBlind: false };
    try {
      await this.#inTurn(async () => {
        const promised = new Map(this.#foreseen);
        open.isBlind = (await this.#look(place)).isTooMuch;
        for (const [root, before] of promised)
          if (place.roots.includes(root)) this.#refuseLess(before, this.#foreseen.get(root), root, place);
        this.#open.add(open);
      });
    } catch (error) {
      if (error instanceof NotCovered) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new ToolFailure(`what stands in the workspace could not be kept (${why}); nothing was done`);
    }
  }

  /** What was said to come back must still do so. */
  #refuseLess(before: Surveyed, now: Surveyed | undefined, root: string, place: CommandPlace): void {
    const { shown, canWrite } = place;
    if (before.isTooMuch || !now) return;
    if (now.isTooMuch) throw new NotCovered('there is by now more in the workspace than undo covers');
    if (place.holds) return; // what has come is held too, or asked about (beginning.ts)
    const known = new Set(before.leftOut);
    const come = now.leftOut.filter((path) => !known.has(path)).map((path) => `${root}/${path}`);
    const names = come.filter((path) => canWrite(path) && !this.#isStandIn(path)).map((path) => named(shown(path)));
    if (names.length > 0) throw new NotCovered(`${names.slice(0, 3).join(', ')} came since, which undo does not cover`);
  }

  /** The action is over. `deposited` puts by what is needed of it, before it is no longer open. */
  async end(
    of: ActionOf,
    place: CommandPlace,
    deposited: (seen: NonNullable<SeenAround>) => Promise<void>,
  ): Promise<SeenAround> {
    const open = [...this.#open].find((one) => one.of.run === of.run && one.of.action === of.action);
    if (!open) return undefined;
    return this.#inTurn(async () => {
      try {
        const { isTooMuch, leftOut } = await this.#look(place);
        if (isTooMuch || open.isBlind) return undefined;
        const seen = { changes: changesOf(open), leftOut };
        await deposited(seen);
        return seen;
      } finally {
        this.#open.delete(open);
      }
    });
  }

  /** A file tool has changed these while a command went on: it is known who it was. */
  async adopt(paths: readonly string[]): Promise<void> {
    for (const root of new Set([...this.#open].flatMap(({ roots }) => roots))) {
      const below = paths.filter((path) => path !== root && isInside(root, path)).map((path) => relativeTo(root, path));
      if (below.length > 0) await this.#inTurn(() => this.#thread.ask('adopt', { ...this.#tree(root), paths: below }));
    }
  }

  /** Ends what processes that are gone left open: what stands there now against what stood there when they began. */
  async finish(
    left: readonly { of: ActionOf; roots: readonly string[] }[],
    place: CommandPlace,
    ended: (of: ActionOf, seen: SeenAround) => Promise<void>,
  ): Promise<void> {
    const open = left.map(({ of, roots }) => ({ of, roots, changes: new Map<string, SeenChange>(), isBlind: false }));
    await this.#inTurn(async () => {
      for (const one of open) this.#open.add(one);
      try {
        const { isTooMuch, leftOut } = await this.#look(place);
        for (const one of open) await ended(one.of, isTooMuch ? undefined : { changes: changesOf(one), leftOut });
      } finally {
        for (const one of open) this.#open.delete(one);
      }
    });
  }

  /** Puts the bytes of entries of one tree into a file of their own. */
  deposit(root: string, file: string, entries: readonly Entry[]): Promise<(PackPlace | undefined)[]> {
    return this.#thread.ask('deposit', { ...this.#tree(root), file, entries });
  }

  /** Reads what has changed since, keeps it, and tells it of all that are open. */
  async #look({
    roots,
    isKeptFrom,
    mayCopy,
    shown,
    covers,
  }: CommandPlace): Promise<{ isTooMuch: boolean; leftOut: string[] }> {
    const all = { isTooMuch: false, leftOut: [] as string[] };
    for (const root of roots) {
      const limits = this.#limitsOf(covers);
      const tree = this.#tree(root, limits);
      const at = (path: string): string => `${root}/${path}`;
      const look = await this.#thread.ask('look', { ...tree, mayBeginAnew: this.#open.size === 0 });
      const { isTooMuch, leftOut, linked, repositories } = look;
      this.#foreseen.set(root, { isTooMuch, leftOut, linked, repositories, limits });
      if (look.isTooMuch) {
        all.isTooMuch = true;
        continue;
      }
      const ignored = look.made.filter((path) => this.#isStandIn(at(path)));
      all.leftOut.push(...look.leftOut.filter((path) => !ignored.includes(path)).map((path) => shown(at(path))));
      // What is kept from the agent is not kept for it either.
      const toRead = look.unread.filter((path) => !isKeptFrom(at(path)) && mayCopy(at(path)));
      for (let from = 0; from < toRead.length; from += BATCH)
        await this.#thread.ask('keep', { ...tree, paths: toRead.slice(from, from + BATCH) });
      for (const step of await this.#thread.ask('settle', { ...tree, ignored })) {
        if (isKeptFrom(at(step.path))) continue;
        for (const open of this.#open) if (open.roots.includes(root)) note(open, root, step);
      }
    }
    return all;
  }

  #limitsOf({ leaves, fileBytes }: Covers): ScanLimits {
    return { ...this.#limits, leaves, ...(fileBytes !== undefined && { fileBytes }) };
  }

  #tree(root: string, limits = this.#limits): TreeOf {
    return { root, folder: join(this.#data, 'trees', sha256(root).slice(0, 32)), limits };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

function isSameCover(a: ScanLimits, b: ScanLimits): boolean {
  return (
    a.fileBytes === b.fileBytes &&
    a.leaves.length === b.leaves.length &&
    a.leaves.every((name, at) => name === b.leaves[at])
  );
}

function note({ changes }: Open, root: string, { path, before, after }: TreeStep): void {
  const at = `${root}/${path}`;
  const known = changes.get(at);
  const first = known ? known.before : before;
  changes.set(at, { root, path, ...(first && { before: first }), ...(after && { after }) });
}

function changesOf({ changes }: Open): SeenChange[] {
  return [...changes.values()]
    .filter(({ before, after }) => !isSameEntry(before, after))
    .sort((a, b) => (`${a.root}/${a.path}` < `${b.root}/${b.path}` ? -1 : 1));
}
