import { exact } from '../shared/visible.ts';

/** JSON on one line that a terminal can show: characters that it would obey or hide are written as escapes. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(/[^ -~]/gu, (character) =>
    exact(character) === character ? character : escaped(character),
  );
}

function escaped(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}
