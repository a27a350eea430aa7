import type { Flags } from '../../shared/flow.ts';
import type { Action } from '../../shared/action.ts';

/** Which switch of the policy a tool hangs on; on `conversation` none does. */
export type Family = 'file_system' | 'code_execution' | 'api_calls' | 'plugins' | 'conversation';

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
