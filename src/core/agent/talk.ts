import type { EventData, EventPayload, EventType } from '../../shared/auditEvent.ts';
import type { EgressLedger } from '../egress/ledger.ts';
import type { Model } from '../models/port.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { CallParts, CallRun } from '../tools/callRun.ts';
import type { AtLimits } from './atLimits.ts';
import type { Budget } from './budget.ts';
import type { Conversation } from './conversation.ts';
import type { RunUsage } from './runUsage.ts';
import type { Waits } from './waits.ts';

/** What the loop works on, and how others follow it. Whoever owns the conversation can save it at any time. */
export interface Talk {
  model: Model;
  redactor: Redactor;
  conversation: Conversation;
  budget: Budget;
  usage: RunUsage;
  calls: CallParts;
  /** What left for this run. */
  ledger: EgressLedger;
  /** How long is waited for a server, and how often it is asked again. */
  waits: Waits;
  /** Whom it asks at a limit. */
  limits: AtLimits;
  /** What a call of the present turn needs of the run. */
  callRun(): CallRun;
  showText(text: string, streaming: boolean): void;
  /** What is shown of a reply that is not gone on with stays as it is: the next words are another reply's. */
  settleText(): void;
  /** Something to know. */
  tell(words: string): void;
  record<T extends EventType>(type: T, data: EventData[T], payload?: EventPayload[T]): Promise<void>;
  save(): Promise<void>;
  /** Returns once somebody is there who could see what goes on (presence.ts). */
  attended(): Promise<void>;
  /** Told what calls were about, before the next turn: what the project says about it may be read for the model. */
  touched(paths: readonly string[]): Promise<void>;
}

/** The policy in force, read anew. */
export async function policyNow({ calls }: Talk): Promise<EffectivePolicy> {
  return (await calls.refresh()).policy;
}
