import { anchoredDiff, type SignedLine } from './anchors.ts';

/** Lines added and removed that are looked for closely; a pair of huge, wholly different files would take minutes. */
const CLOSELY = 1500;

/** Changed lines that stand together: what goes, and what comes in its place. */
export interface ChangedRun {
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** A place of a file, with the unchanged lines around and between its runs. */
export interface Hunk {
  /** `@@ -1,4 +1,5 @@`: where it stands, before and after. */
  readonly place: string;
  readonly parts: readonly (ChangedRun | { readonly same: readonly string[] })[];
}

/** Stands below a line that no line feed ends. It belongs to that line, and is drawn with it. */
export const UNENDED = '\n\\ No newline at end of file';

/** What a change to a text changes, place by place. Lines carry no sign. */
export async function hunksOf(before: string, after: string, context: number): Promise<Hunk[]> {
  return inHunks(await signedLines(before, after), context);
}

/** All lines of both texts. What is short is compared as closely as can be. */
async function signedLines(before: string, after: string): Promise<SignedLine[]> {
  const { diffArrays } = await import('diff');
  const [old, young] = [linesOf(before), linesOf(after)];
  // Counted, not timed: the same change looks the same on every machine.
  const closely = diffArrays(old, young, { maxEditLength: CLOSELY });
  if (!closely) return anchoredDiff(old, young);
  return closely.flatMap(({ value, added, removed }) =>
    value.map((line): SignedLine => [added ? '+' : removed ? '-' : ' ', line]),
  );
}

/** Places of lines that change, each with so many lines around it that do not. */
function inHunks(lines: readonly SignedLine[], context: number): Hunk[] {
  const hunks: Hunk[] = [];
  let [old, young] = [1, 1];
  let open: { lines: SignedLine[]; old: number; young: number } | undefined;
  const close = (): void => {
    if (open) hunks.push(hunkOf(open));
    open = undefined;
  };
  const near = nearChanges(lines, context);
  for (const [index, line] of lines.entries()) {
    if (near[index]) {
      open ??= { lines: [], old, young };
      open.lines.push(line);
    } else close();
    if (line[0] !== '+') old += 1;
    if (line[0] !== '-') young += 1;
  }
  close();
  return hunks;
}

/** Whether each line changes, or stands so near to one that does. */
function nearChanges(lines: readonly SignedLine[], context: number): boolean[] {
  const near = lines.map(() => false);
  for (const order of [lines.keys(), [...lines.keys()].reverse()]) {
    let since = Infinity;
    for (const index of order) {
      since = lines[index]?.[0] === ' ' ? since + 1 : 0;
      if (since <= context) near[index] = true;
    }
  }
  return near;
}

function hunkOf({ lines, old, young }: { lines: readonly SignedLine[]; old: number; young: number }): Hunk {
  const span = (start: number, sign: '-' | '+'): string => {
    const count = lines.filter((line) => line[0] === ' ' || line[0] === sign).length;
    return `${count === 0 ? start - 1 : start},${count}`; // before the first line where a side has none
  };
  return { place: `@@ -${span(old, '-')} +${span(young, '+')} @@`, parts: partsOf(lines) };
}

/** Lines with their signs, in runs. */
function partsOf(lines: readonly SignedLine[]): Hunk['parts'] {
  const parts: { same: string[]; removed: string[]; added: string[] }[] = [];
  for (const [sign, line] of lines) {
    let part = parts.at(-1);
    const isSame = sign === ' ';
    if (!part || isSame !== part.same.length > 0) parts.push((part = { same: [], removed: [], added: [] }));
    (isSame ? part.same : sign === '-' ? part.removed : part.added).push(line);
  }
  return parts.map(({ same, removed, added }) => (same.length > 0 ? { same } : { removed, added }));
}

/** A line end at the end begins no further line. */
function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  else lines.push(`${lines.pop() ?? ''}${UNENDED}`);
  return lines;
}
