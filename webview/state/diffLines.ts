export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'same' | 'place' | 'note';
  readonly text: string;
}

/**
 * The lines of a unified diff of one file, signs kept. The two file names above the first hunk are left out:
 * the card names the file, and a removed line that begins with `--` must not be taken for them.
 */
export function diffLines(diff: string): DiffLine[] {
  const lines = diff.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const start = lines.findIndex((line) => line.startsWith('@@'));
  return (start < 0 ? lines : lines.slice(start)).map((text) => ({ kind: kindOf(text), text }));
}

function kindOf(line: string): DiffLine['kind'] {
  switch (line[0]) {
    case '+':
      return 'added';
    case '-':
      return 'removed';
    case '@':
      return 'place';
    case ' ':
    case undefined:
      return 'same';
    default:
      return 'note';
  }
}
