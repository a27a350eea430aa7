import type { PlaceOf } from '../../shared/answered.ts';
import type { AuditEvent, AuditRecord, EventType, NewEvent, RunSummary } from '../../shared/auditEvent.ts';
import type { TextOf, TextPart } from '../../shared/longText.ts';
import type { Json } from '../../shared/json.ts';
import type { RunFilter } from './filter.ts';
import { Failure, Refusal } from '../outcome.ts';

/** The audit log. `append` resolves only when the event is durably committed; a rejection means: do not act. */
export interface AuditLog {
  append<T extends EventType>(event: NewEvent<T>): Promise<AuditEvent>;
}

/** A run has used up its room in the log: it begins nothing further, and what it had begun is recorded to its end. */
export class RunFull extends Failure {
  override name = 'RunFull';
}

/** A run was taken over by another process: whoever held it begins nothing more of it, and has no say in how it ends. */
export class RunTakenOver extends Failure {
  override name = 'RunTakenOver';
  constructor() {
    super('The run goes on in another window or terminal.');
  }
}

/** Something that this log does not do, with the reason as a sentence. The log itself is as it should be. */
export class LogRefusal extends Refusal {
  override name = 'LogRefusal';
}

/** What is stored of a run is not what was recorded of it: nothing goes on from it. */
export class ConversationChanged extends Failure {
  override name = 'ConversationChanged';
}

/** Some runs of many. `next` is where to go on, if there may be more; `behind` events are not searchable yet. */
export interface RunPage {
  runs: RunSummary[];
  next?: number;
  behind: number;
}

/** Reading the log, newest run first. */
export interface AuditReader {
  runs(limit: number, before?: number): Promise<RunSummary[]>;
  /** The last runs that began in a folder, newest first; those that a person has pinned are among them, however old. */
  runsIn(folder: string, limit: number): Promise<RunSummary[]>;
  /** Runs in which something matches. A page may be short although more follow: looking further takes another call. */
  find(filter: RunFilter, limit: number, before?: number): Promise<RunPage>;
  /** Those actions of a run whose events have the words in them. */
  matching(run: string, text: string): Promise<string[]>;
  /**
   * `most`: so many characters of an output or a reply are enough; of longer ones the beginning and the end are
   * read, and the payload has their `lengths`. `after`: those alone that were recorded after this one.
   */
  events(run: string, most?: number, after?: number): Promise<AuditRecord[]>;
  /** A part of a text of a run, from a character on; undefined where it is not kept. */
  textOf(run: string, of: TextOf, from: number): Promise<TextPart | undefined>;
  /** These runs, as far as the log has them. */
  summaries(runs: readonly string[]): Promise<RunSummary[]>;
}

/**
 * What is to be erased: one run, the runs that an account started, or everything up to an event and, of runs that hold
 * more than their share, what they recorded up to another.
 */
export type Erasing =
  | { scope: 'run'; run: string }
  | { scope: 'person'; user: string }
  | { scope: 'retention'; upTo: number; trims?: readonly { run: string; upTo: number }[] };

/** What was erased; `left` says what could not be swept out yet, and why. */
export interface Erased {
  payloads: number;
  /** Stored conversations of runs, without which they cannot be resumed. */
  conversations: number;
  /** The runs whose texts went. */
  runs: string[];
  left?: string | undefined;
}

/** A run that a process is at work on, which is alive: any process of the account, this one too. */
export interface RunningRun extends Partial<PlaceOf> {
  run: string;
  /** Stands for exactly that process. */
  holder: string;
  pid: number;
  task: string;
  /** The folder that it works in, and all that nobody else may work in meanwhile. */
  folder: string;
  folders: string[];
  /** When it began, or went on last (ISO 8601). */
  since: string;
  /** `unattended`: no window or terminal shows a sign of life, and it waits. */
  state: 'working' | 'asking' | 'unattended';
}

/** Whether a run may work in the folders it asked for; who holds the first of them that is taken. */
export type Claim = { ok: true } | { ok: false; folder: string; holder: RunningHere };

/** `isHere`: this process holds it. */
export type RunningHere = RunningRun & { isHere: boolean };

/** A conversation that has grown: its messages from number `from` on, and all else that belongs to it. */
export interface Growth {
  state: Json;
  from: number;
  added: readonly Json[];
}

/** What a run needs to be resumed, and which run may be active where. */
export interface RunStore {
  /** Claims workspace folders for a run, all of them or none; says who holds one otherwise. */
  claim(folders: readonly string[], run: string): Promise<Claim>;
  release(run: string): Promise<void>;
  /** Runs that are at work in any process of the account; `isHere`: this one claimed it. */
  running(): Promise<RunningHere[]>;
  saveTranscript(run: string, transcript: Json): Promise<void>;
  /** Stores what a conversation grew by. False where what stands before that is not there: then all of it has to come. */
  growTranscript(run: string, growth: Growth): Promise<boolean>;
  loadTranscript(run: string): Promise<Json | undefined>;
  /**
   * Which of the conversations that were stored of a run is the last: the number of the event that names it. Another one
   * than somebody knows: the run went on without them.
   */
  conversationSeq(run: string): Promise<number | undefined>;
  /** Marks what dead processes left open; returns the runs that it marked. */
  recover(): Promise<string[]>;
}

/** A place in a chain that somebody outside has seen. `time` is ISO 8601; `place` stands for the folder of the log. */
export interface SeenHead {
  place: string;
  log: string;
  seq: number;
  hash: string;
  time: string;
}

/** Somebody outside the database who remembers heads: whoever changes the log later cannot change what it saw. */
export interface Witness {
  /** For people: a file's path, a collector's address, the editor. */
  name: string;
  note(head: SeenHead): Promise<void>;
  heads(): Promise<SeenHead[]>;
}
