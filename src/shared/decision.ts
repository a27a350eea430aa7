import * as z from 'zod';

export const VerdictSchema = z.enum(['allow', 'ask', 'deny']);
export type Verdict = z.infer<typeof VerdictSchema>;

/** Where a rule stands: a layer, and for a policy file its path, line and column (both counted from 1). */
export const OriginSchema = z.strictObject({
  layer: z.enum(['built-in', 'organization', 'user', 'workspace', 'run']),
  file: z.string().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
});
export type Origin = z.infer<typeof OriginSchema>;

/** The answer to "may this happen?", with the rule that gave it and a sentence a person understands. */
export const DecisionSchema = z.strictObject({
  verdict: VerdictSchema,
  rule: z.string(),
  reason: z.string(),
  origin: OriginSchema,
  /** Asks every time: no grant covers it, and none is offered. */
  eachTime: z.boolean().optional(),
  /** Asks of what a grant for a whole folder did not speak of (a likely secret): no such grant covers it. */
  isSensitive: z.boolean().optional(),
  /** The grant that turned an `ask` into an `allow`. */
  grant: z.string().optional(),
});
export type Decision = z.infer<typeof DecisionSchema>;

/** "user policy, /home/you/.config/oversign/policy.yaml:4:3", for a tooltip or a log line. */
export function originText(origin: Origin): string {
  const place = origin.file === undefined ? '' : `, ${origin.file}:${origin.line ?? 1}:${origin.column ?? 1}`;
  switch (origin.layer) {
    case 'built-in':
      return 'built-in default';
    case 'run':
      return 'this run';
    case 'organization':
    case 'user':
    case 'workspace':
      return `${origin.layer} policy${place}`;
  }
}
