import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { parse } from 'protobufjs';
import type { PermitSending } from '../../src/core/egress/port.ts';
import { AuditClient } from '../../src/node/audit/auditClient.ts';
import { openReadOnly } from '../../src/node/audit/database.ts';
import type { OtlpClock } from '../../src/node/audit/otlp/clock.ts';
import { OtlpExporter } from '../../src/node/audit/otlp/exporter.ts';
import type { OtlpTarget } from '../../src/node/audit/otlp/target.ts';

/**
 * The messages of opentelemetry-proto that logs are made of, with the official field numbers (v1.x: logs/v1/logs.proto,
 * common/v1/common.proto, resource/v1/resource.proto, collector/logs/v1/logs_service.proto), in one package. Written
 * out here so that what is received is read by somebody else than the encoder.
 */
const PROTO = `
syntax = "proto3";
package otlp;
message ExportLogsServiceRequest { repeated ResourceLogs resource_logs = 1; }
message ExportLogsServiceResponse { ExportLogsPartialSuccess partial_success = 1; }
message ExportLogsPartialSuccess { int64 rejected_log_records = 1; string error_message = 2; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; string schema_url = 3; }
message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; }
message ScopeLogs { InstrumentationScope scope = 1; repeated LogRecord log_records = 2; string schema_url = 3; }
message InstrumentationScope {
  string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4;
}
enum SeverityNumber {
  SEVERITY_NUMBER_UNSPECIFIED = 0; SEVERITY_NUMBER_INFO = 9; SEVERITY_NUMBER_WARN = 13; SEVERITY_NUMBER_ERROR = 17;
}
message LogRecord {
  fixed64 time_unix_nano = 1; SeverityNumber severity_number = 2; string severity_text = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; uint32 dropped_attributes_count = 7; fixed32 flags = 8; bytes trace_id = 9;
  bytes span_id = 10; fixed64 observed_time_unix_nano = 11; string event_name = 12;
}
message KeyValue { string key = 1; AnyValue value = 2; }
message AnyValue {
  oneof value {
    string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
    ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7;
  }
}
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { repeated KeyValue values = 1; }
`;
const root = parse(PROTO).root;
const RequestType = root.lookupType('otlp.ExportLogsServiceRequest');
const ResponseType = root.lookupType('otlp.ExportLogsServiceResponse');

/** As OTLP's JSON mapping has it: 64-bit numbers are strings. */
export interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: string };
}
export interface ReceivedRecord {
  timeUnixNano: string;
  observedTimeUnixNano: string;
  severityNumber: number;
  severityText: string;
  eventName: string;
  body: { stringValue?: string };
  attributes: Attribute[];
}
export interface ReceivedRequest {
  resourceLogs: {
    resource: { attributes: Attribute[] };
    scopeLogs: { scope: { name: string; version: string }; logRecords: ReceivedRecord[] }[];
  }[];
}

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  bytes: number;
  request: ReceivedRequest;
  records: ReceivedRecord[];
}

/** What the receiver does with a request; those that it acknowledges count as received. */
export type Reply =
  | 'take'
  | 'cut before the answer'
  | 'cut in the answer'
  | { status: number; headers?: Record<string, string>; body?: string | Uint8Array }
  | { rejected: number }
  | Promise<'take'>;

/** An OTLP/HTTP receiver on this machine. */
export class OtlpReceiver implements AsyncDisposable {
  /** All requests, and those that were acknowledged. */
  readonly seen: Received[] = [];
  readonly taken: Received[] = [];
  /** The most requests that were under way at once. */
  mostAtOnce = 0;
  /** A request came that is not what OTLP/HTTP wants. */
  readonly problems: string[] = [];
  reply: (number: number) => Reply = () => 'take';
  #atOnce = 0;
  readonly #listeners = new Set<() => void>();
  readonly #server = createServer((request, response) => {
    void this.#handle(request, response);
  });

  static async start(port = 0): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver();
    await new Promise<void>((resolve) => receiver.#server.listen(port, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }
  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The records that were acknowledged, in the order in which they came. */
  get records(): ReceivedRecord[] {
    return this.taken.flatMap(({ records }) => records);
  }

  get seqs(): number[] {
    return this.records.map((record) => Number(attributesOf(record)['oversign.seq']));
  }

  /** Waits until something is so. */
  async until(is: () => boolean): Promise<void> {
    while (!is())
      await new Promise<void>((resolve) => {
        const listener = (): void => {
          this.#listeners.delete(listener);
          resolve();
        };
        this.#listeners.add(listener);
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    try {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part as Buffer);
      await this.#answer(read(request, Buffer.concat(parts)), response);
    } catch (error) {
      this.problems.push(String(error));
      response.destroy();
    } finally {
      this.#atOnce -= 1;
      for (const listener of this.#listeners) listener();
    }
  }

  async #answer(received: Received, response: ServerResponse): Promise<void> {
    const { method, path, headers } = received;
    if (method !== 'POST' || path !== '/v1/logs' || headers['content-type'] !== 'application/x-protobuf')
      this.problems.push(`${method} ${path} ${String(headers['content-type'])}`);
    this.seen.push(received);
    const promised = this.reply(this.seen.length);
    for (const listener of this.#listeners) listener();
    const reply = await promised;
    const protobuf = { 'content-type': 'application/x-protobuf' };
    if (reply === 'cut before the answer') response.destroy();
    else if (reply === 'cut in the answer') {
      response.writeHead(200, { ...protobuf, 'content-length': '100' });
      response.write(Buffer.from([10]), () => response.destroy());
    } else if (typeof reply === 'object' && 'status' in reply) {
      response.writeHead(reply.status, reply.headers).end(reply.body);
    } else {
      this.taken.push(received);
      const said =
        reply === 'take' ? {} : { partialSuccess: { rejectedLogRecords: reply.rejected, errorMessage: 'no' } };
      response.writeHead(200, protobuf).end(ResponseType.encode(ResponseType.fromObject(said)).finish());
    }
  }
}

function read(request: IncomingMessage, body: Buffer): Received {
  const message = RequestType.decode(body);
  const decoded = RequestType.toObject(message, { longs: String, arrays: true }) as ReceivedRequest;
  return {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    bytes: body.length,
    request: decoded,
    records: decoded.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords)),
  };
}

/** A record's attributes; whole numbers as such. */
export function attributesOf({ attributes }: { attributes: Attribute[] }): Record<string, string | number> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)] as const),
  );
}

/** Where the clock of tests stands. */
export const NOW = 1_800_000_000_000;
/** So long a collector that refused is left alone. */
export const LONG_MS = 600_000;
/** More than any test takes. */
const FLUSH_MS = 50_000;

/** Waits are over at once, but those for ten minutes: they end with `release`. */
export class TestClock implements OtlpClock {
  readonly waits: number[] = [];
  onWait: () => void = () => undefined;
  random = (): number => 0.5;
  release: () => void = () => undefined;
  now(): number {
    return NOW;
  }
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    this.waits.push(ms);
    this.onWait();
    if (ms < LONG_MS) return breathe();
    await new Promise<void>((resolve) => {
      this.release = resolve;
      signal.addEventListener('abort', () => {
        resolve();
      });
    });
  }
  /** Waits other than that for more events. */
  get pauses(): number[] {
    return this.waits.filter((ms) => ms !== 500);
  }
}

export interface DatabaseRow {
  seq: number;
  body: string;
  hash: string;
  salt: string | null;
  payload: string | null;
}

/** A real log, a receiver, and exporters from the one to the other. */
export class OtlpWorld implements AsyncDisposable {
  readonly data: string;
  readonly client: AuditClient;
  readonly clock = new TestClock();
  receiver: OtlpReceiver;
  readonly #open: OtlpExporter[] = [];

  private constructor(data: string, client: AuditClient, receiver: OtlpReceiver) {
    this.data = data;
    this.client = client;
    this.receiver = receiver;
  }

  static async make(): Promise<OtlpWorld> {
    const data = mkdtempSync(join(tmpdir(), 'oversign-otlp-'));
    return new OtlpWorld(data, await AuditClient.open(data), await OtlpReceiver.start());
  }

  exporter(
    target: Partial<OtlpTarget> = {},
    parts: Partial<ConstructorParameters<typeof OtlpExporter>[0]> = {},
  ): OtlpExporter {
    const exporter = new OtlpExporter({
      data: this.data,
      file: this.client.file,
      target: { endpoint: this.receiver.endpoint, payloads: false, ...target },
      version: '1.2.3',
      permit: this.recordSending,
      clock: this.clock,
      ...parts,
    });
    this.#open.push(exporter);
    return exporter;
  }

  /** An exporter that has sent what there is, or was told that it cannot. */
  async flushed(...parts: Parameters<OtlpWorld['exporter']>): Promise<OtlpExporter> {
    const exporter = this.exporter(...parts);
    await exporter.flush(FLUSH_MS);
    return exporter;
  }

  readonly recordSending: PermitSending = async ({ origin, method, path, bytes }) => {
    await this.client.append({
      type: 'egress',
      run: 'log',
      data: { purpose: 'audit export', origin, method, bytes },
      payload: { path, contentOf: [] },
    });
    return { received: () => undefined, endedBy: () => Promise.resolve(undefined) };
  };

  /** Appends so many events; the number of events that the log has then. */
  async notices(count: number): Promise<number> {
    const events = Array.from({ length: count }, (_, number) => ({ number, text: 'grün \u{1F512}' }));
    await Promise.all(events.map((said) => this.client.append({ type: 'notice', run: 'run-1', data: said })));
    return this.rows().length;
  }

  rows(): DatabaseRow[] {
    const connection = openReadOnly(this.client.file);
    try {
      return connection
        .prepare(
          'SELECT e.seq, e.body, e.hash, p.salt, p.body AS payload FROM events e LEFT JOIN payloads p USING (seq) ORDER BY e.seq',
        )
        .all() as unknown as DatabaseRow[];
    } finally {
      connection.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#open.map((exporter) => exporter.close()));
    await this.client[Symbol.asyncDispose]();
    await this.receiver[Symbol.asyncDispose]();
    rmSync(this.data, { recursive: true, force: true });
  }
}
