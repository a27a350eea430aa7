import * as z from 'zod';

/** The steps of a run's plan, as the agent told them last. */
export const PlanSchema = z.array(
  z.strictObject({ step: z.string(), status: z.enum(['pending', 'in_progress', 'completed']) }),
);
export type Plan = z.infer<typeof PlanSchema>;

/** "2 of 5 done" */
export function planWords(plan: Plan): string {
  return `${plan.filter(({ status }) => status === 'completed').length} of ${plan.length} done`;
}
