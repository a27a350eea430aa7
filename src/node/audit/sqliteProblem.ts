import { LogProblem, RulesChanged } from './problems.ts';

/** Primary result codes of SQLite (sqlite.org/rescode.html) that mean something to people. */
const CODES = {
  error: 1,
  busy: 5,
  locked: 6,
  readonly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  constraint: 19,
  notDatabase: 26,
};

/** What is wrong with a database that is damaged; undefined where the error is another one. */
export function damageOf(error: unknown): string | undefined {
  if (error instanceof RulesChanged || isOutOfRange(error)) return wordsOf(error);
  const code = codeOf(error);
  // SQLite has no code of its own for it.
  if (code === CODES.error && wordsOf(error) === 'malformed JSON') return 'the text of an event is damaged';
  if (code !== CODES.corrupt && code !== CODES.notDatabase) return undefined;
  return code === CODES.notDatabase ? 'the file is not a database' : wordsOf(error);
}

export function isSqlite(error: unknown): boolean {
  return codeOf(error) !== undefined;
}

export function isBusy(error: unknown): boolean {
  return codeOf(error) === CODES.busy;
}

export function isConstraint(error: unknown): boolean {
  return codeOf(error) === CODES.constraint;
}

/** The same error as a sentence that says what to do about it. */
export function sqliteProblem(error: unknown, file: string): Error {
  const code = damageOf(error) === undefined ? codeOf(error) : CODES.corrupt;
  const words = adviceFor(code, file);
  if (words === undefined) return error instanceof Error ? error : new Error(String(error));
  return new LogProblem(`${words} (SQLite: ${wordsOf(error)})`, { cause: error });
}

function adviceFor(code: number | undefined, file: string): string | undefined {
  switch (code) {
    case CODES.full:
      return `the disk that holds ${file} is full; free some space and try again`;
    case CODES.busy:
    case CODES.locked:
      return `another program has held ${file} for too long; close what has it open (a database browser, a backup) and try again`;
    case CODES.readonly:
    case CODES.cannotOpen:
      return `${file} or its folder cannot be written; mend the permissions, or set XDG_DATA_HOME to a folder that can`;
    case CODES.io:
      return `reading or writing ${file} failed; look at the disk and its free space, and try again`;
    case CODES.corrupt:
    case CODES.notDatabase:
      return `${file} is damaged; run "Verify the Audit Log" (oversign verify) to see where. What is still recorded goes on`;
    default:
      return undefined;
  }
}

/** A number that no log gives. */
function isOutOfRange(error: unknown): boolean {
  return error instanceof RangeError && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
}

function codeOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff; // extended codes keep the primary one in their lowest byte
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
