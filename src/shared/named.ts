import { visibleLine } from './visible.ts';

/** A name in a sentence: as it is spelled, hidden characters written out, between backticks. `` a`b `` has none of its own. */
export function named(name: string): string {
  return `\`${visibleLine(name).replaceAll('`', '\\u{0060}')}\``;
}

/** Names in a row, at most so many: `` `a`, `b` and 3 more ``. */
export function namedList(names: readonly string[], most: number): string {
  const left = names.length - most;
  return names.slice(0, most).map(named).join(', ') + (left > 0 ? ` and ${left} more` : '');
}

/** Words as a sentence, whoever wrote them: with an end. Its beginning stays, for it may be a name. */
export function sentence(words: string): string {
  const trimmed = words.trim();
  return /[.!?…]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}

/** `1 file`, `3 files`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
