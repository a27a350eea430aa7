import * as z from 'zod';
import type { AuditRecord } from '../../shared/auditEvent.ts';
import { kindOfStored } from '../kinds/table.ts';
import { newerWords, readAction } from './storedAction.ts';

const CutSchema = z.object({ bytes: z.number(), sha256: z.string() });
const CutsSchema = z.object({ action: CutSchema.optional(), arguments: CutSchema.optional() });

/**
 * What an action ran, whole, as the log has it: the command line, or the arguments of a call that was none. Undefined
 * where the title says all of it already, or where it was erased.
 */
export function whatRan(proposed: Pick<AuditRecord, 'payload'> | undefined): string | undefined {
  const { ran, cut } = proposed?.payload ?? {};
  // Kept beside what was cut.
  if (typeof ran === 'string') return ran;
  const cuts = CutsSchema.safeParse(cut).data;
  const left =
    cuts?.arguments && `[… cut: all of it was ${cuts.arguments.bytes} bytes, SHA-256 ${cuts.arguments.sha256}]`;
  const stored = readAction(proposed?.payload);
  switch (stored.kind) {
    case 'action': {
      const line = kindOfStored(stored).ran(stored);
      // Earlier versions cut it with the rest.
      return line === undefined || stored.isWhole ? line : `${line}\n[… the record was cut: more may have followed]`;
    }
    case 'no call':
      return [stored.arguments, ...(left === undefined ? [] : [left])].join('\n');
    case 'newer':
      return newerWords(stored);
    case 'gone':
      return left;
  }
}
