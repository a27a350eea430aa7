/** Whether this account may write what `npm start` and `npm test` make; an earlier start as root leaves that to root. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { EXIT_TYPE_A_LINE, type Machine } from './prepare.ts';

/** What is made, in the repository. */
const MADE = ['dist', 'test-results', '.vscode-test', '.vscode-test/sample', '.vscode-test/start'];

/** Ends this process where somebody has to type a line first. */
export function stopIfClosed(repository: string, { sudo, say }: Machine): void {
  const problem = writingProblem(repository, sudo !== undefined);
  if (problem === undefined) return;
  say(problem);
  process.exit(EXIT_TYPE_A_LINE);
}

/** What cannot be written and the one line that helps, as words for people; undefined where all of it can. */
function writingProblem(repository: string, hasSudo: boolean): string | undefined {
  const closed = MADE.filter((name) => !isWritable(firstThere(join(repository, name))));
  if (closed.length === 0) return undefined;
  const folders = [...new Set(closed.map((name) => firstThere(join(repository, name))))];
  const said = `This account cannot write ${folders.join(', ')}.`;
  const own = process.getuid?.();
  const isSomebodyElses = folders.some((folder) => statSync(folder).uid !== own);
  if (!isSomebodyElses || statSync(repository).uid !== own)
    return `${said} Clone the repository to a place of this account’s own, and start it there.`;
  const line = `chown -R ${userInfo().username}: ${folders.map(quoted).join(' ')}`;
  const asRoot = hasSudo ? `sudo ${line}` : `su -c ${quoted(line)}`;
  return `${said} An earlier start by another account made it. To have it back:\n\n  ${asRoot}\n`;
}

/** The path, or the nearest folder above it that is there: where it would be made. */
function firstThere(path: string): string {
  return existsSync(path) ? path : firstThere(dirname(path));
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** As one word of a shell's line, where it needs that. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
