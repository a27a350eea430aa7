import type { AuditRecord } from '../../shared/auditEvent.ts';
import { newerWords, readAction } from './storedAction.ts';

/**
 * What an action ran, whole, as the log has it: the command line, or the arguments of a call that was none. Undefined
 * where the title says all of it already, or where it was erased.
 */
export function whatRan(proposed: AuditRecord | undefined): string | undefined {
  const stored = readAction(proposed?.payload);
  switch (stored.kind) {
    case 'action': {
      if (stored.effect !== 'execute') return undefined;
      const { command } = stored.arguments;
      // Started by a shell: its last word is the line, and the words before it are the shell's.
      return stored.argv.at(-1) ?? (typeof command === 'string' ? command : undefined);
    }
    case 'no call':
      return stored.arguments;
    case 'newer':
      return newerWords(stored);
    case 'gone':
      return undefined;
  }
}
