import { SeverityNumber } from '@opentelemetry/api';
import { ProtobufLogsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { ATTR_SERVICE_NAME, ATTR_SERVICE_VERSION } from '@opentelemetry/semantic-conventions';
import type { Row } from './batch.ts';
import { mapped } from './record.ts';

// OTLP's messages as bytes, by OpenTelemetry's own encoder. This file alone knows it, and is loaded with the first
// batch: most accounts export nothing.

/** Rows of a log as one request; `place` stands for the folder of the log. */
export type EncodeRequest = (rows: readonly Row[], log: string, place: string) => Uint8Array<ArrayBuffer>;

export function requestEncoder(version: string): EncodeRequest {
  // The encoder groups by identity: one of each for all records.
  const resource = resourceFromAttributes({ [ATTR_SERVICE_NAME]: 'oversign', [ATTR_SERVICE_VERSION]: version });
  const instrumentationScope = { name: 'oversign.audit', version };
  return (rows, log, place) => {
    const records = rows.map((row): ReadableLogRecord => {
      const { time, severity, eventName, body, attributes } = mapped(row, log, place);
      const hrTime: [number, number] = [Math.floor(time / 1000), (time % 1000) * 1_000_000];
      return {
        hrTime,
        hrTimeObserved: hrTime,
        severityNumber: SeverityNumber[severity],
        severityText: severity,
        eventName,
        body,
        attributes,
        resource,
        instrumentationScope,
        droppedAttributesCount: 0,
      };
    });
    const bytes = ProtobufLogsSerializer.serializeRequest(records);
    if (!bytes) throw new Error('the log cannot be encoded');
    return new Uint8Array(bytes);
  };
}

/** How many records the collector says that it did not take. Throws where these are not the bytes of a response. */
export function rejectedIn(response: Uint8Array): number {
  return ProtobufLogsSerializer.deserializeResponse(response).partialSuccess?.rejectedLogRecords ?? 0;
}
