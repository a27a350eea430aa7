import { readFileSync } from 'node:fs';
import { isInside } from '../../../core/scope/spelling.ts';

/** What is mounted at and below some folders: proc_pid_mountinfo(5). */
export function mountsBelow(roots: readonly string[]): string {
  return (textOf('/proc/self/mountinfo') ?? '')
    .split('\n')
    .filter((line) => {
      const at = unescaped(line.split(' ')[4] ?? '');
      return roots.some((root) => isInside(root, at));
    })
    .join('\n');
}

/** A kernel's number, as of one of the files in /proc/sys. */
export function numberIn(file: string): number | undefined {
  const number = Number(textOf(file) ?? NaN);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Space, tab, line break and backslash are written as octal numbers. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)));
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
