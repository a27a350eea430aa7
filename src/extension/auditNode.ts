import * as z from 'zod';

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
/** An entry of the audit tree, as a command is given it. */
export const NodeSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run'), run: RunSchema }),
  z.object({ kind: z.literal('turn'), run: RunSchema, turn: z.object({ actions: z.array(ActionSchema) }) }),
  z.object({ kind: z.literal('action'), run: RunSchema, action: ActionSchema }),
]);
export type PickedNode = z.infer<typeof NodeSchema>;
