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
  /** Checks the hash chain; names the first event that does not fit, and counts events whose payload is gone. */
  verify(): Promise<{ ok: boolean; events: number; erased: number; problem?: string; firstBad?: number }>;
}

/** Whether a run may work in the folders it asked for; `run` and `pid` name the holder of the first that is taken. */
export type Claim = { ok: true } | { ok: false; folder: string; run: string; pid: number };

/** What a run needs to be resumed, and which run may be active where. */
export interface RunStore {
  /** Claims workspace folders for a run, all of them or none; says who holds one otherwise. */
  claim(folders: readonly string[], run: string): Promise<Claim>;
  release(run: string): Promise<void>;
  saveTranscript(run: string, transcript: Json): Promise<void>;
  loadTranscript(run: string): Promise<Json | undefined>;
  /** Marks what dead processes left open; returns the runs that it marked. */
  recover(): Promise<string[]>;
}
