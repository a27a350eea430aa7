import type { AuditEvent, AuditRecord, NewEvent, RunSummary } from '../../shared/auditEvent.ts';
import type { Json } from '../../shared/json.ts';

/** The audit log. `append` resolves only when the event is durably committed; a rejection means: do not act. */
export interface AuditLog {
  append(event: NewEvent): Promise<AuditEvent>;
}

/** Reading the log, newest run first. */
export interface AuditReader {
  runs(limit: number, before?: string): Promise<RunSummary[]>;
  events(run: string): Promise<AuditRecord[]>;
  /** Checks the hash chain; names the first event that does not fit. */
  verify(): Promise<{ ok: boolean; events: number; problem?: string; firstBad?: number }>;
}

/** What a run needs to be resumed, and which run may be active where. */
export interface RunStore {
  /** Claims a workspace folder for a run; says who holds it otherwise. */
  claim(folder: string, run: string): Promise<{ ok: true } | { ok: false; run: string; pid: number }>;
  release(folder: string, run: string): Promise<void>;
  saveTranscript(run: string, transcript: Json): Promise<void>;
  loadTranscript(run: string): Promise<Json | undefined>;
  /** Marks what dead processes left open; returns the runs that it marked. */
  recover(): Promise<string[]>;
}
