import * as z from 'zod';
import type { AuditRecord } from '../../shared/auditEvent.ts';

const ProposedSchema = z.object({
  action: z.object({
    effect: z.string(),
    launch: z.object({ argv: z.array(z.string()) }).optional(),
    arguments: z.looseObject({ command: z.string().optional() }).optional(),
  }),
});

const CutSchema = z.object({ bytes: z.number(), sha256: z.string() });
const CutsSchema = z.object({ action: CutSchema.optional(), arguments: CutSchema.optional() });

/**
 * What an action ran, whole, as the log has it: the command line, or the arguments of a call that was none. Undefined
 * where the title says all of it already, or where it was erased.
 */
export function whatRan(proposed: AuditRecord | undefined): string | undefined {
  const { ran, cut } = proposed?.payload ?? {};
  // Kept beside what was cut.
  if (typeof ran === 'string') return ran;
  const cuts = CutsSchema.safeParse(cut).data;
  const parsed = ProposedSchema.safeParse(proposed?.payload);
  if (parsed.success) {
    const { effect, launch, arguments: args } = parsed.data.action;
    // Started by a shell: its last word is the line, and the words before it are the shell's.
    const line = effect === 'execute' ? (launch?.argv.at(-1) ?? args?.command) : undefined;
    // Earlier versions cut it with the rest.
    return line === undefined || !cuts?.action ? line : `${line}\n[… the record was cut: more may have followed]`;
  }
  const raw = proposed?.payload?.['arguments'];
  const left =
    cuts?.arguments && `[… cut: all of it was ${cuts.arguments.bytes} bytes, SHA-256 ${cuts.arguments.sha256}]`;
  return typeof raw === 'string' ? [raw, ...(left === undefined ? [] : [left])].join('\n') : left;
}
