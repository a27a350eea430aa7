import { treeRoot, type TreeRoot } from './processTree.ts';
import { timesOfTasks } from './taskTimes.ts';

/**
 * Soon again where something has changed: from the first look on at which all wait, the next one speaks for all the
 * time in between, however late it comes. So it comes later each time.
 */
const SOONEST_MS = 4;
const LATEST_MS = { waiting: 100, working: 5 } as const;
const GROWTH = 1.5;
/** Looking takes a thirtieth of the time at most. */
const SHARE = 30;
/**
 * Times of files come from a clock that is set forward some hundred times a second, so that what is written now may bear
 * a time that is a little past (clock_gettime(2), CLOCK_REALTIME_COARSE).
 */
const BEHIND_MS = 100;
/** More than two clocks drift apart between two looks: one of them was set. */
const STEP_MS = 20;

/** Times are milliseconds since 1970. */
interface Span {
  from: number;
  to: number;
}

/**
 * When a command cannot have written anything: before it began, after all of it was gone, and in between whenever none
 * of its processes ran from one look to the next. Nothing else tells who made an entry: the command is the same account,
 * in the same folder (it may well be a person's who waits for nothing but a server). A clock that is set during the
 * command tells nothing any more.
 */
export class StillTimes {
  readonly #since = Date.now();
  readonly #spans: Span[] = [];
  #open: { from: number; to: number | undefined; times: string } | undefined;
  #root: TreeRoot | undefined;
  #isUnseen = false;
  #timer: NodeJS.Timeout | undefined;
  #offset = offset();
  #isVoid = false;

  /** When it was made: before the workspace was looked through. */
  get since(): number {
    return this.#since;
  }

  /** The command's first process is there, and does nothing yet. */
  begin(outer: number): void {
    this.#spans.push({ from: this.#since, to: Date.now() });
    this.#root = treeRoot(outer);
    this.#next(SOONEST_MS);
  }

  /** The command begins where its processes are not looked at (a container): it may write at any time until it has ended. */
  beginUnseen(): void {
    this.#spans.push({ from: this.#since, to: Date.now() });
    this.#isUnseen = true;
  }

  /** The command has ended; `isGone`: nothing of it is left. */
  end(isGone: boolean): void {
    clearTimeout(this.#timer);
    this.#close();
    this.#checkClock();
    if (isGone) this.#spans.push({ from: Date.now() + 1, to: Infinity });
  }

  /** Whether something that bears this time cannot be the command's. */
  covers(time: number): boolean {
    this.#checkClock();
    if (this.#isVoid) return false;
    if (time < this.#since || !(this.#root || this.#isUnseen)) return true;
    const open = this.#open?.to === undefined ? [] : [{ from: this.#open.from, to: this.#open.to }];
    return [...this.#spans, ...open].some(({ from, to }) => from <= time && time < to - BEHIND_MS);
  }

  /** Looks at once: since when nothing of the command has run. Undefined where something has, or may have. */
  stillSince(): number | undefined {
    if (!this.#root) return this.#isUnseen ? undefined : this.#since;
    this.#look();
    return this.#isVoid || this.#open?.to === undefined ? undefined : this.#open.from;
  }

  #next(afterMs: number): void {
    this.#timer = setTimeout(() => {
      const began = performance.now();
      const found = this.#look();
      const longer = Math.min(afterMs * GROWTH, LATEST_MS[found === 'working' ? 'working' : 'waiting']);
      this.#next(Math.max(found === 'changed' ? SOONEST_MS : longer, SHARE * (performance.now() - began)));
    }, afterMs);
    this.#timer.unref();
  }

  #look(): 'waiting' | 'working' | 'changed' {
    if (!this.#root) return 'waiting';
    this.#checkClock();
    const before = Date.now();
    const times = timesOfTasks(this.#root);
    if (times !== undefined && times === this.#open?.times) {
      this.#open.to = before;
      return 'waiting';
    }
    this.#close();
    this.#open = times === undefined ? undefined : { from: Date.now() + 1, to: undefined, times };
    return times === undefined ? 'working' : 'changed';
  }

  #close(): void {
    if (this.#open?.to !== undefined) this.#spans.push({ from: this.#open.from, to: this.#open.to });
    this.#open = undefined;
  }

  #checkClock(): void {
    const now = offset();
    if (Math.abs(now - this.#offset) > STEP_MS) this.#isVoid = true;
    this.#offset = now;
  }
}

/** What the clock that can be set is ahead of the one that cannot: read in a moment in which nothing else ran. */
function offset(): number {
  for (let turn = 0; ; turn += 1) {
    const before = performance.now();
    const wall = Date.now();
    if (performance.now() - before < 1 || turn === 20) return wall - before;
  }
}
