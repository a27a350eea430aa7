import { debuglog, inspect } from 'node:util';
import { faultOf } from '../core/outcome.ts';
import { isSqlite } from '../node/audit/sqliteProblem.ts';
import { exact, visibleLine } from '../shared/visible.ts';
import { columnsOf } from '../terminal/openAsker.ts';
import { ownLine } from '../terminal/quote.ts';
import { exitCode, type ExitName } from './exitCodes.ts';
import { jsonObject } from './jsonObject.ts';

/** What has work to end in an orderly way before the program may. */
const ends = new Set<() => void>();

let isJson = false;

/** From here on what fails is said on standard output too, as an object: a program reads there. */
export function speakJson(): void {
  isJson = true;
}

/** Says why a command does not do what was wanted, to people and to programs. Returns the exit code that this has. */
export function refuse(exit: ExitName, words: string, more: Record<string, unknown> = {}): number {
  process.stderr.write(`${ownLine(visibleLine(`oversign: ${words}`), columnsOf(process.stderr))}\n`);
  return tellProgram(exit, words, more);
}

/** The same for programs alone, where people were told already. */
export function tellProgram(exit: ExitName, words: string, more: Record<string, unknown> = {}): number {
  const code = exitCode(exit);
  if (isJson) process.stdout.write(`${jsonObject('error', { error: exit, code, message: words, ...more })}\n`);
  return code;
}

/** As which end programs know an error. */
export function exitOf(error: unknown): ExitName {
  return isSqlite(error) ? 'log' : faultOf(error);
}

/**
 * Where every error of the command line ends that nobody else has dealt with: a sentence on standard error. A bug says that
 * it is one; its stack comes with `NODE_DEBUG=oversign` in the environment.
 */
export function tellError(error: unknown): void {
  const words = errorWords(error);
  if (exitOf(error) !== 'bug') {
    process.stderr.write(`oversign: ${words}\n`);
    return;
  }
  const hint = 'This is a fault of Oversign: please report it, with what NODE_DEBUG=oversign adds.';
  process.stderr.write(`oversign: ${words}\noversign: ${hint}\n`);
  if (debuglog('oversign').enabled) process.stderr.write(`${exact(inspect(error))}\n`);
}

/** The same where nothing else comes of a command: programs are told, too. Returns its exit code. */
export function fail(error: unknown): number {
  tellError(error);
  return tellProgram(exitOf(error), errorWords(error));
}

export function errorWords(error: unknown): string {
  return visibleLine(error instanceof Error ? error.message : String(error));
}

/** Nobody waits for what failed here, or nobody caught it: it ends as everything else does, and so does the program. */
export function endByFault(error: unknown): void {
  const code = fail(error);
  process.exitCode = code;
  if (ends.size === 0) process.exit(code);
  for (const end of ends) end();
}

/** Whoever has work to end is told of a fault instead of being cut off by it. What it returns takes that back. */
export function onFault(end: () => void): () => void {
  ends.add(end);
  return () => ends.delete(end);
}
