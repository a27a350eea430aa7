import { globMatcher } from '../scope/glob.ts';
import { Forbidden } from '../scope/guard.ts';
import { ToolFailure } from '../outcome.ts';

/** The text of UTF-8 bytes; a file that is not UTF-8 text is an expected failure, so that no edit mangles it. */
export function textOf(bytes: Uint8Array, shown: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\0')) throw new ToolFailure(`${shown} is a binary file`);
    return text;
  } catch (error) {
    if (error instanceof ToolFailure) throw error;
    throw new ToolFailure(`${shown} is not UTF-8 text`);
  }
}

/** Keeps the beginning and the end of a long text, more of its end, and says how much is missing between them. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil(most * 0.4);
  const tail = most - head;
  return `${text.slice(0, head)}\n[… ${text.length - most} characters left out …]\n${text.slice(text.length - tail)}`;
}

/** Whether an error means that this one entry may be passed over when many are looked at. */
export function isSkippable(error: unknown): boolean {
  return error instanceof ToolFailure || error instanceof Forbidden;
}

/** The matcher of a glob that the model gave. One without a slash fits names at any depth (gitignore(5)). */
export function globOf(pattern: string): (path: string) => boolean {
  try {
    return globMatcher(pattern.includes('/') ? pattern.replace(/^\.?\//, '') : `**/${pattern}`);
  } catch (error) {
    if (error instanceof RangeError) throw new ToolFailure(`the glob is too wide: ${error.message}`);
    throw error;
  }
}
