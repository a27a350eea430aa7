import type { ModelRequest } from '../../src/core/models/port.ts';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { outcomes, type Workbench } from './workbench.ts';

/** Approves, and remembers it for the run where that is offered. */
export function rememberFirst({ grantOffers }: Approval): Answer {
  const [offer] = grantOffers;
  return offer
    ? { choice: 'approve-and-grant', grant: { offer: offer.id, until: { kind: 'run' } } }
    : { choice: 'approve' };
}

export interface Call {
  name: string;
  args?: unknown;
  raw?: string;
}

/** What came of one call: its outcome in the log, and the text that went back to the model. */
export interface Attempt {
  outcome: string;
  text: string;
}

/** A command line that the classifier cannot look into: what it may do is for the sandbox alone to decide. */
export function unseen(command: string): string {
  return `echo ${Buffer.from(command).toString('base64')} | base64 -d | bash`;
}

const PER_TURN = 30; // a reply holds at most 32 calls

/** Makes calls one after the other in one run; one attempt for each. */
export async function attempt(bench: Workbench, calls: Call[]): Promise<Attempt[] & { events: AuditRecord[] }> {
  let texts: string[] = [];
  const events = await bench.run((request: ModelRequest, turn) => {
    const next = calls.slice(turn * PER_TURN, (turn + 1) * PER_TURN);
    if (next.length > 0) return { calls: next };
    texts = request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : []));
    return {};
  });
  const run = bench.engine.view().run;
  if (run?.state !== 'finished') throw new Error(`the run did not finish: ${run?.reason ?? 'no run'}`);
  const found = outcomes(events);
  return Object.assign(
    calls.map((_, index) => ({ outcome: found[index] ?? 'nothing', text: texts[index] ?? '' })),
    { events },
  );
}
