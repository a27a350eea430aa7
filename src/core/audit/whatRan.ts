import * as z from 'zod';
import type { AuditRecord } from '../../shared/auditEvent.ts';

const ProposedSchema = z.object({
  action: z.object({
    effect: z.string(),
    launch: z.object({ argv: z.array(z.string()) }).optional(),
    arguments: z.looseObject({ command: z.string().optional() }).optional(),
  }),
});

/**
 * What an action ran, whole, as the log has it: the command line, or the arguments of a call that was none. Undefined
 * where the title says all of it already, or where it was erased.
 */
export function whatRan(proposed: AuditRecord | undefined): string | undefined {
  const parsed = ProposedSchema.safeParse(proposed?.payload);
  if (parsed.success) {
    const { effect, launch, arguments: args } = parsed.data.action;
    // Started by a shell: its last word is the line, and the words before it are the shell's.
    return effect === 'execute' ? (launch?.argv.at(-1) ?? args?.command) : undefined;
  }
  const raw = proposed?.payload?.['arguments'];
  return typeof raw === 'string' ? raw : undefined;
}
