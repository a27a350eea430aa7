import type { TextOf, TextPart } from '../../src/shared/longText.ts';

/** What was read of a long text: its beginning, and the characters of all that is kept of it. */
export type ReadText = TextPart;

export function textKey(of: TextOf): string {
  return of.kind === 'output' ? `output ${of.action}` : `reply ${of.turn}`;
}

/** The texts with one more part. One that does not follow what was read is left out; without a part there is no more. */
export function withPart(
  texts: ReadonlyMap<string, ReadText>,
  { of, from, part }: { of: TextOf; from: number; part?: TextPart | undefined },
): ReadonlyMap<string, ReadText> {
  const key = textKey(of);
  const known = texts.get(key)?.text ?? '';
  if (from !== known.length) return texts;
  const text = known + (part?.text ?? '');
  // A part with nothing in it would be asked for without end.
  const length = part === undefined || part.text === '' ? text.length : part.length;
  return new Map(texts).set(key, { text, length });
}
