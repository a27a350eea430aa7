import type { AuditRecord } from '../../shared/auditEvent.ts';
import { isJsonObject, type Json } from '../../shared/json.ts';
import type { Connection } from '../audit/database.ts';
import { exposureRecords } from './exposureRecords.ts';

/** A page is read while others wait for the log: no more than this at once. */
const MOST_EVENTS = 1000;
const MOST_BYTES = 4 << 20;

/** Some of a run's events about what has left. `next`: after which event to go on, where there may be more. */
export interface ExposurePage {
  records: AuditRecord[];
  next?: number;
  /** The last erasure of the log: what was read before it may be there no more. */
  erasure: number;
}

export function exposurePage(connection: Connection, run: string, after: number): ExposurePage {
  const records: AuditRecord[] = [];
  let [bytes, next]: [number, number | undefined] = [0, undefined];
  for (const { record, bytes: length } of exposureRecords(connection, run, { after })) {
    if (records.length >= MOST_EVENTS || bytes >= MOST_BYTES) {
      next = records.at(-1)?.seq;
      break;
    }
    records.push(slim(record));
    bytes += length;
  }
  const erasure = connection
    .prepare("SELECT max(seq) AS s FROM events INDEXED BY events_by_run WHERE run = 'log' AND type = 'erasure'")
    .get()?.['s'];
  return { records, erasure: Number(erasure ?? 0), ...(next !== undefined && { next }) };
}

/** What crosses from thread to thread: of an action its name, and where it leads. */
function slim(record: AuditRecord): AuditRecord {
  if (record.type !== 'proposed' || !record.payload) return record;
  const { title = null, action } = record.payload;
  return { ...record, payload: { title, ...(isJsonObject(action) && { action: leads(action) }) } };
}

function leads({ host = null, port = null, request }: Record<string, Json>): Json {
  return {
    host,
    port,
    ...(isJsonObject(request) && { request: { host: request['host'] ?? null, port: request['port'] ?? null } }),
  };
}
