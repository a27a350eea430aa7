/**
 * Rows of the word index are numbered by run first: the start of the run, then how far the event is from it. Newest
 * run first is then the order of the rows, and all of a run is one range of them.
 */
const SPAN = 2 ** 24;

/** Undefined where the event is too far from its run's start to have a number of its own; it is not searched. */
export function rowOf(start: number, seq: number): number | undefined {
  return seq - start < SPAN && start < 2 ** 29 ? start * SPAN + (seq - start) : undefined;
}

/** All rows of a run: from the first, to before the second. */
export function rowsOf(start: number): [from: number, before: number] {
  return [start * SPAN, (start + 1) * SPAN];
}

export function placeOf(row: number): { start: number; seq: number } {
  const start = Math.floor(row / SPAN);
  return { start, seq: start + (row % SPAN) };
}
