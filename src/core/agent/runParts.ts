import type { EventData, EventPayload } from '../../shared/auditEvent.ts';
import type { FolderMark } from '../../shared/folderMark.ts';
import type { ApprovalDesk } from '../approval/desk.ts';
import type { AuditLog, RunStore } from '../audit/port.ts';
import type { ScriptWatch } from '../flow/scriptWatch.ts';
import type { Answerer, MachineFacts } from '../briefing/port.ts';
import type { Model } from '../models/port.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { CallParts } from '../tools/callRun.ts';
import type { RunRequests } from '../presence/elsewhere.ts';
import type { Presence } from '../presence/presence.ts';
import type { LimitDesk } from './atLimits.ts';
import type { Clock } from '../clock.ts';
import type { RunWay } from './runWay.ts';
import type { Backoff } from './waits.ts';

/** What a run is made of; `calls.refresh` answers for now, not for the start. */
export interface RunParts {
  id: string;
  folder: string;
  folders: readonly FolderMark[];
  model: Model;
  way: RunWay;
  audit: AuditLog;
  store: RunStore;
  desk: ApprovalDesk;
  limitDesk: LimitDesk;
  redactor: Redactor;
  clock: Clock;
  /** From 0 up to 1. */
  random(): number;
  /** How a server that failed is asked again. */
  backoff: Backoff;
  newId(): string;
  calls: CallParts;
  inSandbox(run: string, work: () => Promise<void>): Promise<void>;
  scriptWatch: ScriptWatch;
  presence: Presence;
  /** What its model is told of the machine, and of who answers its questions. */
  machine: MachineFacts;
  answerer: Answerer;
  requests: RunRequests;
  /** For the run's first event: version and policy digest, and where the person is who wants it. */
  facts: Pick<EventData['run_started'], 'version' | 'policy' | 'at' | 'place'>;
  /** For the same, kept apart as personal: user and host. */
  who: Pick<EventPayload['run_started'], 'user' | 'host'>;
  onChange(): void;
  /** A fault of our own ended the work; it is recorded and shown as a failure, and handled where all bugs are. */
  onBug(error: unknown): void;
}
