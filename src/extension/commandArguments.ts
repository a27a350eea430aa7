import * as z from 'zod';
import { Failure } from '../core/outcome.ts';

/**
 * What a command is given beside its name. The tree and the panel give it, but so do a person's keybindings, links in
 * Markdown and other extensions, which may give anything: it is looked at before it is used.
 */
const RunSchema = z.object({
  run: z.string(),
  start: z.number(),
  task: z.string(),
  folder: z.string(),
  time: z.string(),
  state: z.enum(['active', 'finished', 'stopped', 'limit', 'failed', 'interrupted']),
  reason: z.string(),
  actions: z.number(),
});
const ActionSchema = z.object({ id: z.string(), title: z.string(), outcome: z.string(), decidedBy: z.string() });
const NodeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run'), run: RunSchema }),
  z.object({ kind: z.literal('turn'), run: RunSchema, turn: z.object({ actions: z.array(ActionSchema) }) }),
  z.object({ kind: z.literal('action'), run: RunSchema, action: ActionSchema }),
]);
export type PickedNode = z.infer<typeof NodeSchema>;

/** The entry of the audit tree that a command is about; undefined where none is given. Throws a sentence for anything else. */
export function pickedNode(argument: unknown): PickedNode | undefined {
  if (argument === undefined || argument === null) return undefined;
  const parsed = NodeSchema.safeParse(argument);
  if (!parsed.success)
    throw new Failure('This command is about a run, a turn or an action of the audit log; choose one there.');
  return parsed.data;
}

const ActionOfSchema = z.object({ run: z.string(), action: z.string() });

/** The action that a command is about: an entry of the tree, or what a document's link names. */
export function pickedAction(argument: unknown): z.infer<typeof ActionOfSchema> | undefined {
  const named = ActionOfSchema.safeParse(argument);
  if (named.success) return named.data;
  const node = pickedNode(argument);
  return node?.kind === 'action' ? { run: node.run.run, action: node.action.id } : undefined;
}

const ExposedSchema = z.object({ run: z.string(), action: z.string().optional() });

/** The run, and the action of it where it is about one, of an entry of Data Exposure or of the audit log, or of a document's link. */
export function pickedExposed(argument: unknown): { run: string; action?: string | undefined } | undefined {
  if (argument === undefined || argument === null) return undefined;
  const named = ExposedSchema.safeParse(argument);
  if (named.success) return named.data;
  const node = pickedNode(argument);
  return node && { run: node.run.run, ...(node.kind === 'action' && { action: node.action.id }) };
}

const PlaceSchema = z.tuple([z.string().startsWith('/'), z.number().int().min(1), z.number().int().min(1)]);

/** A place in a file that a document's link names, counted from 1. Throws a sentence for anything else. */
export function pickedPlace(args: readonly unknown[]): z.infer<typeof PlaceSchema> {
  const parsed = PlaceSchema.safeParse(args);
  if (!parsed.success) throw new Failure('This command opens a file at a line and a column; none was named.');
  return parsed.data;
}
