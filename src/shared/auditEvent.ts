import * as z from 'zod';
import { EVENT_TYPES, EVENTS, type EventData, type EventPayload, type EventType } from './eventTable.ts';
import type { FolderMark } from './folderMark.ts';
import { JsonSchema, type Json } from './json.ts';
import { isOfRun } from './noRun.ts';

export const EventTypeSchema = z.enum(EVENT_TYPES);
export type { EventData, EventPayload, EventType };

/**
 * What a writer hands to the log. `data` is covered by the chain as it stands; `payload` (task text, arguments,
 * output, names, paths) is kept apart and enters the chain as a salted commitment, so that it can be erased later.
 */
export interface NewEvent<T extends EventType = EventType> {
  type: T;
  run: string;
  turn?: number;
  action?: string;
  data: EventData[T];
  payload?: EventPayload[T];
}

/** What a payload is where it is read again: an earlier version may have written it, and it may have been cut. */
export type StoredPayload = Record<string, Json> | undefined;

const EnvelopeSchema = z.strictObject({
  type: EventTypeSchema,
  run: z.string().min(1),
  turn: z.number().int().min(0).optional(),
  action: z.string().optional(),
  data: z.record(z.string(), JsonSchema),
  payload: z.record(z.string(), JsonSchema).optional(),
});

/** Checks what is to be recorded against the table of events; a writer that says something else is a bug. */
export function checkedEvent(event: NewEvent): NewEvent {
  const kind = EVENTS[event.type];
  kind.data.parse(event.data);
  kind.payload.parse(event.payload ?? {});
  const homes: readonly string[] = kind.of;
  if (!homes.includes(isOfRun(event.run) ? 'run' : event.run))
    throw new TypeError(`an event of the kind ${event.type} has no place under ${event.run}`);
  return event;
}

/**
 * An event as its text stands in the log: what is hashed. `time` is ISO 8601 in UTC; `writer` is the fingerprint of
 * the key of the process that wrote it; `commitment` is SHA-256 over a salt and the payload.
 */
export const EventBodySchema = z.strictObject({
  v: z.literal(1),
  seq: z.number().int().min(1),
  time: z.string(),
  writer: z.string(),
  ...EnvelopeSchema.omit({ payload: true }).shape,
  commitment: z.string().optional(),
});
export type EventBody = z.infer<typeof EventBodySchema>;

/** An event of the log with its place in the chain: SHA-256 in hexadecimal over the previous hash and the event. */
export type AuditEvent = EventBody & { hash: string };

/** An event with its payload, where that still exists. */
export type AuditRecord = AuditEvent & { payload?: Exclude<StoredPayload, undefined> };

/** A run as the tree and the resume list show it. */
export interface RunSummary {
  run: string;
  /** Sequence number of its first event: where it stands among all runs. */
  start: number;
  task: string;
  folder: string;
  /** All folders in which it worked last; not known of runs of earlier versions. */
  folders?: readonly FolderMark[];
  time: string;
  state: 'active' | 'finished' | 'stopped' | 'limit' | 'failed' | 'interrupted';
  reason: string;
  actions: number;
  /** Of its last work: the model, as people know it, and where prompts went, in words. Absent where it is not known. */
  model?: string;
  destination?: string;
  /** A person wants to be offered no more to go on with it. */
  isDismissed?: true;
  /** What a person calls it; else its task is its name. */
  name?: string;
  isPinned?: true;
  /** Paths that it changed, each once; a command's are those that stood otherwise after it. */
  files?: number;
  /** How often a person was asked about an action. */
  questions?: number;
  /** In millionths, by the prices that its policy had. */
  cost?: number;
}
