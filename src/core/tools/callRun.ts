import type { Decision } from '../../shared/decision.ts';
import type { ApprovalDesk } from '../approval/desk.ts';
import type { Grant } from '../approval/grants.ts';
import type { AuditLog } from '../audit/port.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { ToolContext } from './tool.ts';

/** What came of a call, for the model and for the flow of content. */
export interface CallResult {
  status: 'done' | 'failed' | 'denied' | 'cancelled';
  text: string;
  contentOf: string[];
}

/** What a call needs of its run. `context()` gives policy and scope as they are at that moment. */
export interface CallRun {
  id: string;
  turn: number;
  audit: AuditLog;
  desk: ApprovalDesk;
  redactor: Redactor;
  grants: Grant[];
  newId(): string;
  now(): number;
  context(): Promise<ToolContext>;
  /** Told when the call starts and stops waiting for a person, so that the run's clock can stand still. */
  waiting(isWaiting: boolean): void;
  /** Told how the call stands, for whoever watches. */
  show(update: CallUpdate): void;
}

export interface CallUpdate {
  id: string;
  tool: string;
  title?: string;
  status: 'deciding' | 'waiting' | 'running' | CallResult['status'];
  decision?: Decision;
  output?: string;
}
