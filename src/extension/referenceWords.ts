import { visibleLine } from '../shared/visible.ts';

/** Problems that are worth a message; the agent can find the rest. */
const MOST_PROBLEMS = 20;

/** Characters of what a failed test says. */
const MOST_FAILURE = 600;

/** A problem as the editor tells it; `line` and `column` count from 0, `level` is one of `LEVELS`. */
export interface Problem {
  line: number;
  column: number;
  level: number;
  message: string;
}

/** By `vscode.DiagnosticSeverity`. */
const LEVELS = ['error', 'warning', 'info', 'hint'];

/** What ends a quote, begins a line, reorders one or is not seen. */
const HIDDEN = /[`\p{C}\p{Zl}\p{Zp}]/u;

/** A name in a text of other words; one with hidden characters as a JSON string in which they are written out. */
export function quoted(path: string): string {
  if (!HIDDEN.test(path)) return `\`${path}\``;
  const escaped = (one: string): string => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`;
  // Per UTF-16 unit, as JSON has them (RFC 8259, section 7).
  return JSON.stringify(path).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (one) => one.split('').map(escaped).join(''));
}

/** "10-20", counted from 1; a selection that ends before a line's first character has nothing of that line. */
export function linesOf(start: { line: number }, end: { line: number; character: number }): string {
  const first = start.line + 1;
  const last = Math.max(first, end.character === 0 ? end.line : end.line + 1);
  return first === last ? String(first) : `${first}-${last}`;
}

/** The folders above a file, the topmost first. */
export function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/')).filter((folder) => folder !== '');
}

/** A test with where it stands, and how it failed; lines count from 0. */
export function testWords(test: {
  label: string;
  path?: string | undefined;
  line?: number | undefined;
  message?: string | undefined;
}): string {
  const { label, path, line, message } = test;
  const at = path === undefined ? '' : ` in ${quoted(line === undefined ? path : `${path}:${line + 1}`)}`;
  const failed =
    message === undefined ? '' : `\n> ${visibleLine(message.replaceAll(/\s+/g, ' ')).slice(0, MOST_FAILURE)}\n`;
  return `the test ${quoted(label)}${at}${failed}`;
}

/** Problems of a file as lines of a message, each with its place. */
export function problemWords(path: string, problems: readonly Problem[]): string {
  const lines = problems.slice(0, MOST_PROBLEMS).map(({ line, column, level, message }) => {
    const place = quoted(`${path}:${line + 1}:${column + 1}`);
    return `- ${place} ${LEVELS[level] ?? 'problem'}: ${message.replaceAll(/\s+/g, ' ')}`;
  });
  const left = problems.length - lines.length;
  return `\nProblems:\n${lines.join('\n')}${left > 0 ? `\n- and ${left} more` : ''}\n`;
}
