import * as z from 'zod';
import { JsonSchema } from './json.ts';

/** Every kind of event, in the order of a run's life. */
export const EventTypeSchema = z.enum([
  'run_started',
  'run_continued',
  'turn_started',
  'model_replied',
  'proposed',
  'decided',
  'asked',
  'answered',
  'checkpoint',
  'started',
  'finished',
  'flags',
  'granted',
  'grant_used',
  'grant_revoked',
  'policy_changed',
  'policy_accepted',
  'egress',
  'notice',
  'run_finished',
  'interrupted',
]);
export type EventType = z.infer<typeof EventTypeSchema>;

/**
 * What a writer hands to the log. `data` is covered by the chain as it stands; `payload` (task text, arguments,
 * output, names) is kept apart and enters the chain as a salted commitment, so that it can be erased later.
 */
export const NewEventSchema = z.strictObject({
  type: EventTypeSchema,
  run: z.string(),
  turn: z.number().optional(),
  action: z.string().optional(),
  data: z.record(z.string(), JsonSchema),
  payload: z.record(z.string(), JsonSchema).optional(),
});
export type NewEvent = z.infer<typeof NewEventSchema>;

/** An event as the log holds it. `time` is ISO 8601 in UTC; `prev` and `hash` are SHA-256 in hexadecimal. */
export const AuditEventSchema = z.strictObject({
  v: z.literal(1),
  seq: z.number(),
  time: z.string(),
  writer: z.string(),
  ...NewEventSchema.omit({ payload: true }).shape,
  commitment: z.string().optional(),
  prev: z.string(),
  hash: z.string(),
});
export type AuditEvent = z.infer<typeof AuditEventSchema>;

/** An event with its payload, where that still exists. */
export type AuditRecord = AuditEvent & { payload?: NewEvent['payload'] };

/** A run as the tree and the resume list show it. */
export interface RunSummary {
  run: string;
  task: string;
  folder: string;
  time: string;
  state: 'active' | 'finished' | 'stopped' | 'limit' | 'failed' | 'interrupted';
  reason: string;
  actions: number;
}
