/** What is looked for in lines of text. */
export interface Pattern {
  text: string;
  isExpression: boolean;
  ignoresCase: boolean;
  /** It may fit over several lines: then `.` fits ends of lines, too. */
  spansLines?: boolean;
}

/** Where a pattern fits first in a line: its number, and the place in it, both counted from 0. */
export interface Match {
  line: number;
  column: number;
  /** The last line that it stands on, where those are several. */
  lastLine?: number;
}

/** Lines that a pattern fits, at most as many as were asked for, and how many there are. */
export interface Matches {
  lines: Match[];
  count: number;
}

/** Why a search gave no answer: `wrong` is about the pattern, and `slow` after how many seconds it was given up. */
export type Unanswered = { kind: 'wrong'; problem: string } | { kind: 'slow'; seconds: number };

/**
 * Looks for a pattern of the model's in texts of the workspace, in a thread of its own: both may be made to take long,
 * and nothing else may wait for them. All texts of one search share one allowance of time.
 */
export interface OpenSearch {
  /** Throws `Cancelled` when the call is stopped. Once unanswered, it stays so. */
  in(lines: readonly string[], mostLines: number): Promise<Matches | Unanswered>;
  /** Ends the thread. Always to be called. */
  close(): Promise<void>;
}

/** Which files below folders may hold a pattern, not looking into folders of some names. */
export type FilesWith = (
  pattern: Pattern,
  where: { folders: readonly string[]; without: readonly string[] },
  signal: AbortSignal,
) => Promise<ReadonlySet<string> | undefined> | undefined;

export interface TextSearch {
  /**
   * Leaves out files that do not hold a pattern, faster than they can be read here. It knows no rules of a policy: what it
   * says is of use only for files that may be read. Undefined where every file has to be read, at once or in the end.
   */
  filesWith: FilesWith;
  open(pattern: Pattern, signal: AbortSignal): OpenSearch;
}
