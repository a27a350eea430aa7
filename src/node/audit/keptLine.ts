import * as z from 'zod';
import type { NewEvent } from '../../shared/auditEvent.ts';

const LaunchedSchema = z.object({ launch: z.object({ argv: z.array(z.string()) }) });

/**
 * The command line of an action, which is kept whole where what is around it is cut, or not kept at all: what ran is to
 * be read in the record to its last character, whatever a run has written before or a line has named beside it.
 */
export function keptLine(payload: NonNullable<NewEvent['payload']>): { ran?: string } {
  const parsed = LaunchedSchema.safeParse(payload['action']);
  const line = parsed.data?.launch.argv.at(-1);
  return line === undefined ? {} : { ran: line };
}
