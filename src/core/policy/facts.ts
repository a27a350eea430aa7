import type { Flags } from '../../shared/flow.ts';
import type { Action } from '../../shared/action.ts';

/**
 * Which switch of the policy a tool hangs on; on `conversation` none does. What runs programs hangs on the languages, too:
 * `bash` on that one, `code` on any other, and `code_execution`, which is about what the two start, on there being one.
 */
export type Family =
  | 'file_system'
  | 'code_execution'
  | 'bash'
  | 'code'
  | 'environment'
  | 'web_browsing'
  | 'api_calls'
  | 'database'
  | 'plugins'
  | 'conversation';

/** Whether a tool of the family runs programs, or is about those that run. */
export function runsPrograms(family: Family): boolean {
  return family === 'code_execution' || family === 'bash' || family === 'code';
}

/** What `decide` needs to know beyond the action itself; gathered before, so that deciding stays pure. */
export interface Facts {
  family: Family;
  /** The flags of the run so far. */
  flags: Flags;
  /** Set when commands cannot be confined here: the cause and its fix. */
  sandboxRefusal?: string;
  /** Why it asks although its run is reviewed afterwards: undo would not bring back all that it may change. */
  uncovered?: string | undefined;
  /** The files that it would change and that are unsaved in the editor, in words; empty where there are none. */
  unsaved?: string;
}

/** A grant as `decide` sees it: does it cover this action, and what does it say it covers? */
export interface GrantView {
  id: string;
  covers(action: Action): boolean;
  words: string;
  /** Whether it covers a whole folder: such a grant does not speak of likely secrets in it. */
  isBroad: boolean;
}
