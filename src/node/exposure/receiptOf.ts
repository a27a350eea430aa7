import { closeSync, openSync, readSync } from 'node:fs';
import { ExposureFold } from '../../core/exposure/exposureFold.ts';
import type { LogName } from '../../core/exposure/receipt.ts';
import { Failure } from '../../core/outcome.ts';
import type { AuditRecord } from '../../shared/auditEvent.ts';
import { isJsonObject } from '../../shared/json.ts';
import { openReadOnly, type Connection } from '../audit/database.ts';
import { fingerprint } from '../audit/keys.ts';
import { logOf, parseBody } from '../audit/logText.ts';
import { exportSource } from '../audit/verify/exportFile.ts';
import { exposureRecords } from './exposureRecords.ts';

/** What a log says of one run. */
export interface FoundExposure {
  log: LogName;
  /** Up to the event that was asked for. */
  fold: ExposureFold;
  /** How many further events the log has that tell of it. */
  since: number;
}

/** Reads a log's database, or an export of it, for one run, up to an event. One look: what others write meanwhile is not in it. */
export function exposureIn(file: string, run: string, upTo = Number.MAX_SAFE_INTEGER): FoundExposure {
  return isExport(file) ? exposureOfExport(file, run, upTo) : exposureOfDatabase(file, run, upTo);
}

/** The log that a database holds. */
export function logNameOf(connection: Connection): LogName {
  const log = logOf(connection);
  if (!log) throw new Failure('The log has no events yet.');
  return { name: log.log, key: fingerprint(log.account) };
}

function exposureOfDatabase(file: string, run: string, upTo: number): FoundExposure {
  const connection = openReadOnly(file);
  try {
    connection.database.exec('BEGIN');
    const records = (function* () {
      for (const { record } of exposureRecords(connection, run)) yield record;
    })();
    return { log: logNameOf(connection), ...folded(records, run, upTo) };
  } finally {
    connection.close();
  }
}

function exposureOfExport(file: string, run: string, upTo: number): FoundExposure {
  const source = exportSource(file);
  const records = (function* (): Generator<AuditRecord> {
    for (const { body, hash, payload } of source.rows()) {
      const event = parseBody(body);
      if (event?.run !== run) continue;
      const value: unknown = payload === null ? undefined : JSON.parse(payload);
      yield { ...event, hash: hash ?? '', ...(isJsonObject(value) && { payload: value }) };
    }
  })();
  return {
    log: { name: source.says?.log ?? '', key: fingerprint(source.says?.account ?? '') },
    ...folded(records, run, upTo),
  };
}

function folded(records: Iterable<AuditRecord>, run: string, upTo: number): Omit<FoundExposure, 'log'> {
  const [fold, later] = [new ExposureFold(run), new ExposureFold(run)];
  for (const record of records) (record.seq <= upTo ? fold : later).add(record);
  return { fold, since: later.span.count };
}

/** Exports begin with a brace; whatever does not is a database. */
function isExport(path: string): boolean {
  const descriptor = openSync(path, 'r');
  try {
    const start = Buffer.alloc(1);
    return readSync(descriptor, start) === 1 && start.toString('latin1') === '{';
  } finally {
    closeSync(descriptor);
  }
}
