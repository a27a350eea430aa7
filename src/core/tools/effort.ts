import type { Effort, Files } from '../scope/files.ts';
import { throwIfStopped, ToolFailure } from '../outcome.ts';

/** How much of a workspace one call may look at: entries of folders, and bytes that are read or hashed. */
export interface Bounds {
  entries: number;
  bytes: number;
}

/** To say what a call would do. Some ten seconds on a slow disk; nobody waits longer for a card. */
export const DESCRIBING: Bounds = { entries: 500_000, bytes: 512 * 2 ** 20 };
/** To do it. */
export const PERFORMING: Bounds = { entries: 2_000_000, bytes: 4 * 2 ** 30 };

/** There is more to look at than a call may. No `ToolFailure`: what passes over one entry must not pass over this. */
export class TooBig extends Error {
  override name = 'TooBig';
}

/** Counts what is looked at for one call, so that the same workspace gives the same answer, and ends it at Stop. */
export class CountedEffort implements Effort {
  readonly signal: AbortSignal;
  readonly #bounds: Bounds;
  #entries = 0;
  #bytes = 0;

  constructor(bounds: Bounds, signal: AbortSignal) {
    this.#bounds = bounds;
    this.signal = signal;
  }

  look(entries = 1): void {
    this.#entries += entries;
    this.check();
  }

  read(bytes: number): void {
    this.#bytes += bytes;
    this.check();
  }

  check(): void {
    throwIfStopped(this.signal);
    const { entries, bytes } = this.#bounds;
    if (this.#entries > entries) throw new TooBig(`more than ${entries.toLocaleString('en')} files and folders`);
    if (this.#bytes > bytes) throw new TooBig(`more than ${Math.round(bytes / 2 ** 20)} MB`);
  }
}

interface Looking {
  files: Files;
  signal: AbortSignal;
}

/**
 * Lets a tool describe a call with files that are counted and stop with the run. What it left out because there was too
 * much must not look as if it were not there: then there is no description.
 */
export async function describedWithin<C extends Looking, T>(
  context: C,
  describe: (context: C) => Promise<T>,
): Promise<T> {
  const effort = new CountedEffort(DESCRIBING, context.signal);
  try {
    const described = await describe({ ...context, files: context.files.within(effort) });
    effort.check();
    return described;
  } catch (error) {
    throw inWords(error);
  }
}

/** The same for doing it. A tool that only looks may give what it has found so far, and says so. */
export async function performedWithin<C extends Looking, T>(
  context: C,
  perform: (context: C) => Promise<T>,
): Promise<T> {
  try {
    return await perform({ ...context, files: context.files.within(new CountedEffort(PERFORMING, context.signal)) });
  } catch (error) {
    throw inWords(error);
  }
}

function inWords(error: unknown): unknown {
  return error instanceof TooBig
    ? new ToolFailure(`what this call is about is too big to be looked at: ${error.message}. Take a smaller part of it`)
    : error;
}
