import { A_MASK, MASK } from '../../redaction/placeholder.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { ToolFailure } from '../../outcome.ts';

/** Lines that are compared closely to find which of them stay. */
const CLOSELY = 2000;
/** Longer lines are not taken apart. */
const LONGEST_LINE = 4000;

/** Whether a text has what looks like a mask. */
export function hasMask(text: string): boolean {
  return masksIn(text).length > 0;
}

/**
 * The model was shown a mask where a file has a secret, and wants to write a text with masks in it. Each gets the real
 * value where it provably belongs: in a line that stays, or that still begins as the line in which it stood. Anywhere
 * else the mask would take a secret's place, or a secret come to stand elsewhere: that is refused.
 *
 * `wanted` builds the new text from the file's as it was shown. A file without secrets may hold what looks like a mask.
 * @throws ToolFailure
 */
export async function withRealValues(
  { before, shown }: { before: string; shown: string },
  wanted: (asShown: string) => string,
  redactor: Redactor,
): Promise<string> {
  if (!redactor.masks(before)) {
    const after = wanted(before);
    refuseForeignMasks(before, after, shown, redactor);
    return after;
  }
  const lines = before.split('\n');
  const asShown = lines.map((line) => redactor.text(line));
  const after = wanted(asShown.join('\n'));
  if (!hasMask(after)) return after;
  // A secret of several lines, of which no line tells alone.
  if (redactor.text(before) !== asShown.join('\n')) throw new ToolFailure(words(shown));
  const { diffArrays } = await import('diff');
  const runs = diffArrays(asShown, after.split('\n'), { maxEditLength: CLOSELY });
  if (!runs) throw new ToolFailure(words(shown));
  const result: string[] = [];
  let at = 0;
  let gone: Row[] = [];
  let come: string[] = [];
  const settle = (): void => {
    result.push(...come.map((line) => (hasMask(line) ? realLine(line, gone, shown) : line)));
    [gone, come] = [[], []];
  };
  for (const { value, added, removed } of runs) {
    const rows = value.map((line, index): Row => ({ asShown: line, real: lines[at + index] ?? line }));
    if (added) come.push(...value);
    else if (removed) gone.push(...rows);
    else {
      settle();
      result.push(...rows.map(({ real }) => real));
    }
    if (!added) at += value.length;
  }
  settle();
  return result.join('\n');
}

/** A mask that this run was shown stands for a secret: as the text of a command it would be run as it is. */
export function refuseMasksRun(command: string, redactor: Redactor): void {
  const known = masksIn(command).find((mask) => redactor.hasShown(mask));
  if (known === undefined) return;
  throw new ToolFailure(
    `the command holds ${known}, which you were shown in the place of a secret: it would run with these very characters. Let the program take the value itself, from its variable or file`,
  );
}

/** A mask that stands for a secret elsewhere is not written into a file that has none. */
function refuseForeignMasks(before: string, after: string, shown: string, redactor: Redactor): void {
  const there = masksIn(before);
  const foreign = masksIn(after).find((mask) => redactor.hasShown(mask) && !there.includes(mask));
  if (foreign !== undefined)
    throw new ToolFailure(
      `${foreign} stands for a secret that is not in ${shown}: these very characters would be written. Write what a program puts the value into, a variable's name`,
    );
}

interface Row {
  asShown: string;
  real: string;
}

/** The line with the values of the one in whose place it comes: the same up to its first mask, with the same masks. */
function realLine(line: string, gone: readonly Row[], shown: string): string {
  const masks = masksIn(line);
  const isSame = (one: string): boolean => masksIn(one).join() === masks.join() && headOf(one) === headOf(line);
  const places = gone.filter(({ asShown }) => isSame(asShown));
  const [first] = places;
  // Two that begin alike and hold different values could be told apart by nobody.
  if (!first || places.some(({ real }) => real !== first.real)) throw new ToolFailure(words(shown));
  const values = valuesIn(first);
  if (!values) throw new ToolFailure(words(shown));
  return line.replace(A_MASK, () => values.shift() ?? MASK);
}

/** What stands in the real line where the shown one has masks; undefined where that cannot be told. */
function valuesIn({ asShown, real }: Row): string[] | undefined {
  if (real.length > LONGEST_LINE) return undefined;
  const between = asShown.split(A_MASK);
  if (between.slice(1, -1).includes('')) return undefined;
  const pattern = between.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('([^\\n]+?)');
  return new RegExp(`^${pattern}$`).exec(real)?.slice(1);
}

function headOf(line: string): string {
  return line.slice(0, line.search(A_MASK));
}

function words(shown: string): string {
  return `${shown} holds a secret that you were shown as [redacted]; writing the mask there would destroy it. Leave its line as it is, or change only what stands behind the mask`;
}

function masksIn(text: string): string[] {
  return [...text.matchAll(A_MASK)].map(([mask]) => mask);
}
