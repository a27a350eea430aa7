import type { AnsweredBy } from '../../shared/answered.ts';
import type { NewEvent } from '../../shared/auditEvent.ts';
import type { ActionStatus, Made } from '../../shared/runView.ts';
import type { Decision } from '../../shared/decision.ts';
import type { ApprovalDesk } from '../approval/desk.ts';
import type { Action, Look } from '../../shared/action.ts';
import type { Flag, Flags } from '../../shared/flow.ts';
import type { GrantBook } from '../approval/grants.ts';
import type { AuditLog } from '../audit/port.ts';
import type { OpenFiles } from '../editor/openFiles.ts';
import type { Image } from '../models/images.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { Checkpoints } from '../checkpoint/port.ts';
import type { InForce } from '../policy/decide.ts';
import type { Files } from '../scope/files.ts';
import type { GoingOn } from './goingOn.ts';
import type { Runners } from './runner.ts';
import type { Toolbox } from './toolbox.ts';

/** What came of a call, for the model and for the flow of content. */
export interface CallResult {
  status: 'done' | 'failed' | 'denied' | 'cancelled';
  text: string;
  contentOf: string[];
  images?: readonly Image[] | undefined;
  /** What the action was about, where there was one: absolute paths. */
  touched?: readonly string[];
  /** It was taken back before anything of it began. */
  isNotBegun?: true;
}

/** What every call of a run goes through the gate with. */
export interface CallParts {
  toolbox: Toolbox;
  files: Files;
  runners: Runners;
  checkpoints: Checkpoints;
  openFiles: OpenFiles;
  goingOn: GoingOn;
  /** SHA-256 in hexadecimal. */
  hash: (data: string | Uint8Array) => string;
  /**
   * Reads the policy anew, records it where it is another one than before, and puts it in force: for the files that
   * tools see, for what is masked, and for whoever decides by the answer. Nothing is decided by an earlier one.
   */
  refresh(): Promise<InForce>;
}

/** What a call needs of its run. */
export interface CallRun extends CallParts {
  id: string;
  turn: number;
  audit: AuditLog;
  desk: ApprovalDesk;
  redactor: Redactor;
  grants: GrantBook;
  /** What the agent said with the call, cut where it is long; undefined where it said nothing. */
  claim?: string | undefined;
  /** The flags of the run so far. */
  flags(): Flags;
  /** An action is about to happen: what it lights and may change counts from here on. */
  performing(action: Action, labels: readonly Flag[]): Promise<void>;
  /** An event that could not be recorded although what it tells has happened: the run tries again before it ends. */
  owe(event: NewEvent): void;
  newId(): string;
  now(): number;
  /** Told when the call at its turn starts and stops waiting for a person, so that the run's clock can stand still. */
  waiting(isWaiting: boolean): void;
  /** Before anything is asked or begun: returns once a person is there who could see it. Throws `Cancelled`. */
  attended(): Promise<void>;
  /** A person is asked something (1), or what they were asked is taken back before an answer, to be decided anew (-1). */
  asking(count: 1 | -1): void;
  /** An approval was needed, and nobody was there to give it. */
  unanswered(): void;
  /** Told how the call stands, for whoever watches. */
  show(update: CallUpdate): void;
}

export interface CallUpdate {
  id: string;
  tool: string;
  title?: string;
  /** What it runs, where the title has not all of it. */
  ran?: string;
  status: ActionStatus;
  /** Where it looks, if that is all it does. */
  looks?: { effect: Look['effect']; places: string[] };
  /** It goes on while other calls are made. */
  goesOn?: true;
  /** A person has changed what the agent had asked for. */
  isEdited?: boolean;
  decision?: Decision;
  /** An answer to a question about it: whose, and what was said with it. */
  answered?: { by: AnsweredBy['by']; said?: string | undefined };
  /** How it ended: the exit code of a command, and how long it took. */
  exit?: number | undefined;
  durationMs?: number;
  output?: string;
  /** What it made, where that is to be shown. */
  made?: Made | undefined;
  /** What the person should see beside it. */
  remarks?: readonly string[];
}
