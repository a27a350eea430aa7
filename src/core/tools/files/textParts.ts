import type { ReviewPart } from '../../../shared/review.ts';
import { anchoredDiff, type SignedLine } from './shownChange/anchors.ts';

/** Lines added and removed that are looked for closely. */
const CLOSELY = 1500;

/** The places where a text differs from how it was, each with the lines that it had. Lines keep their ends. */
export async function partsBetween(before: string, now: string): Promise<ReviewPart[]> {
  const parts: { line: number; removed: string[]; added: string[] }[] = [];
  let line = 1;
  let isOpen = false;
  for (const [sign, text] of await signed(lines(before), lines(now))) {
    if (sign === ' ') {
      isOpen = false;
      line += 1;
      continue;
    }
    const part = isOpen ? parts.at(-1) : undefined;
    const own = part ?? { line, removed: [], added: [] };
    if (!part) parts.push(own);
    isOpen = true;
    (sign === '-' ? own.removed : own.added).push(text);
    if (sign === '+') line += 1;
  }
  return parts;
}

/** A text with these places as they were; undefined where one of them does not stand there as it says. */
export function withoutParts(now: string, parts: readonly ReviewPart[]): string | undefined {
  const all = lines(now);
  for (const { line, removed, added } of parts.toSorted((a, b) => b.line - a.line)) {
    const there = all.slice(line - 1, line - 1 + added.length);
    if (line < 1 || there.join('\0') !== added.join('\0') || there.length !== added.length) return undefined;
    all.splice(line - 1, added.length, ...removed);
  }
  return all.join('');
}

async function signed(before: string[], now: string[]): Promise<SignedLine[]> {
  const { diffArrays } = await import('diff');
  const closely = diffArrays(before, now, { maxEditLength: CLOSELY });
  if (!closely) return anchoredDiff(before, now);
  return closely.flatMap(({ value, added, removed }) =>
    value.map((line): SignedLine => [added ? '+' : removed ? '-' : ' ', line]),
  );
}

function lines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
