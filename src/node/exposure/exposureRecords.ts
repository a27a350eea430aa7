import { EXPOSURE_EVENTS, EXPOSURE_TEXTS } from '../../core/exposure/exposureFold.ts';
import { WantedSendings } from '../../core/exposure/wantedSendings.ts';
import type { AuditRecord } from '../../shared/auditEvent.ts';
import { isJsonObject, type Json } from '../../shared/json.ts';
import type { Connection } from '../audit/database.ts';
import { parseBody } from '../audit/logText.ts';

const TYPES = EXPOSURE_EVENTS.map((type) => `'${type}'`).join(', ');
const WITH_TEXT = EXPOSURE_TEXTS.map((type) => `'${type}'`).join(', ');

/**
 * Those events of a run that tell what has left, in their order, one at a time: without what commands put out, and of
 * actions no more than their names. A damaged record is passed over; `verify` names it.
 */
export function* exposureRecords(
  connection: Connection,
  run: string,
  { after = 0, upTo = Number.MAX_SAFE_INTEGER }: { after?: number; upTo?: number } = {},
): Generator<{ record: AuditRecord; bytes: number }> {
  const rows = connection.database
    .prepare(
      `SELECT e.body AS body, e.hash AS hash, iif(e.type IN (${WITH_TEXT}), p.body, NULL) AS payload
       FROM events e LEFT JOIN payloads p ON p.seq = e.seq
       WHERE e.run = ? AND e.type IN (${TYPES}) AND e.seq > ? AND e.seq <= ? ORDER BY e.seq`,
    )
    .iterate(run, after, upTo);
  for (const row of rows) {
    const body = parseBody(String(row['body']));
    if (body?.run !== run) continue;
    const text = row['payload'] === null ? undefined : String(row['payload']);
    const whole = { ...body, hash: String(row['hash']) };
    const payload = text === undefined ? undefined : payloadOf(whole, text);
    yield {
      record: { ...whole, ...(payload && { payload }) },
      bytes: String(row['body']).length + (text?.length ?? 0),
    };
  }
}

/** What of a payload is told of. One that is damaged is there, and says nothing. */
function payloadOf(event: AuditRecord, text: string): Record<string, Json> | undefined {
  if (event.type === 'proposed' && !WantedSendings.isOne(event)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
