import type * as z from 'zod';

/** Where an event stands: in a run, or under one of the names for events that belong to none. */
type Home = 'run' | 'log' | 'policy' | 'sandbox';

/** What else is to be done with events of a kind. Every list of kinds that the log goes by derives from these. */
export type EventMark =
  /** The log is checked by what it says: nothing of its data is cut, and it is read whole where others are skimmed. */
  | 'exact'
  /** Signed at once where it is of the run itself: nobody may come back to sign it later. */
  | 'signed at once'
  /** Something begins with it: not recorded any more where a run has used up its room in the log. */
  | 'beginning'
  /** Few and short in every run: its payload is recorded whatever else the run has written. */
  | 'kept'
  /** Tells of something that had begun: recorded also by a process that its run was taken from meanwhile. */
  | 'afterwards'
  /** A collector is told that something is not as it should be. */
  | 'warning'
  | 'failure';

/** What is to be known of a kind of event. */
export interface EventKind {
  /** What it says, for docs/audit.md. */
  about: string;
  of: readonly [Home, ...Home[]];
  marks: readonly EventMark[];
  data: z.ZodType;
  payload: z.ZodType;
}
