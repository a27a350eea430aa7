import type { ModelRequest } from '../../src/core/models/port.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { workbench, type Turn, type Workbench, type WorkbenchOptions } from './workbench.ts';

export type Calls = NonNullable<Turn['calls']>;

export interface AskingRun extends Workbench {
  /** All that there is, when the run has ended. */
  ended: Promise<AuditRecord[]>;
  /** What the model was told of each call at its next turn. */
  told: string[];
}

/** One reply with these calls, at work; whoever runs the test answers what is asked. */
export async function askingRun(calls: Calls, options: WorkbenchOptions = {}): Promise<AskingRun> {
  const bench = await workbench({ ...options, answer: () => undefined });
  const told: string[] = [];
  const ended = bench.run(({ messages }: ModelRequest, turn) => {
    if (turn > 0) told.push(...messages.flatMap((message) => (message.role === 'tool' ? message.text : [])));
    return turn === 0 ? { calls } : {};
  });
  ended.catch(() => undefined); // who ends with a question open does not wait for it, and the log is closed by then
  return { ...bench, told, ended };
}
