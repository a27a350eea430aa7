/** Whether an `@` typed here begins a reference: at the beginning of a word, as nobody writes an address. */
export function asksForReference(draft: string, caret: number): boolean {
  return caret === 0 || /\s/.test(draft[caret - 1] ?? '');
}

/** The draft with a reference put in where the caret was; an `@` that asked for it gives way to it. */
export function withReference(
  draft: string,
  { at, typed, reference }: { at: number; typed: boolean; reference: string },
): { draft: string; caret: number } {
  const begin = Math.min(at, draft.length);
  const before = draft.slice(0, begin);
  const after = draft.slice(typed && draft[begin] === '@' ? begin + 1 : begin);
  const lead = before === '' || /\s$/.test(before) ? '' : ' ';
  const put = `${lead}${reference}${/^\s/.test(after) ? '' : ' '}`;
  return { draft: before + put + after, caret: before.length + put.length };
}
