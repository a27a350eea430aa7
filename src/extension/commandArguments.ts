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
