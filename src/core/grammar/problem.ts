/** Where a text is not what its file's grammar wants, and why. */
export interface Problem {
  /** Counted from 1; undefined where it is about the whole text. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

export function problemAt(text: string, offset: number, message: string): Problem {
  const before = text.slice(0, Math.max(0, Math.min(offset, text.length)));
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: before.length - start + 1, message };
}

/** "Expected a comma, at line 3, column 5" */
export function problemWords({ line, column, message }: Problem): string {
  if (line === undefined) return message;
  return `${message}, at line ${line}${column === undefined ? '' : `, column ${column}`}`;
}
