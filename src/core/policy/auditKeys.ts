import * as z from 'zod';
import type { ParsedLayer } from './parse.ts';
import type { PolicyFile } from './schema.ts';
import { note, type Settling, type Value } from './settle.ts';
import { sizeInBytes, SizeSchema, TextSchema } from './values.ts';

/** Where the log is witnessed and sent, and how long its payloads are kept. */
export interface AuditPolicy {
  witnessFiles: Value<string>[];
  otlp: Value<{ endpoint: string; payloads: boolean; headersVariable?: string } | null>;
  retention: { days: Value<number | null>; bytes: Value<number | null> };
}

const AbsoluteSchema = TextSchema.refine(
  (text) => /^(\/|~\/|[A-Za-z]:[\\/])/.test(text),
  'is not an absolute path; begin with / or ~/',
);

function about(description: string, standard?: unknown): { description: string; default?: unknown } {
  return { description, ...(standard !== undefined && { default: standard }) };
}

export const AuditKeysSchema = z.strictObject({
  witness_files: z
    .array(AbsoluteSchema)
    .max(20)
    .meta(
      about(
        'Files that the signed heads of the log are appended to: on another disk, in a synced folder, or append-only. Only the user’s and the organization’s policy can name some.',
        [],
      ),
    )
    .optional(),
  otlp: z
    .strictObject({
      endpoint: z
        .string()
        .max(2000)
        .regex(/^https?:\/\//, 'does not start with https:// or http://')
        .meta(
          about('An OpenTelemetry collector that gets every event (OTLP over HTTP), such as http://127.0.0.1:4318.'),
        ),
      payloads: z
        .boolean()
        .meta(
          about(
            'Whether task texts, arguments and outputs go along. Without them only what the chain holds openly goes.',
            false,
          ),
        )
        .optional(),
      headers_variable: z
        .string()
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of an environment variable')
        .meta(about('An environment variable with the headers to send, written as OTEL_EXPORTER_OTLP_HEADERS is.'))
        .optional(),
    })
    .meta(about('Export to a collector. Only the user’s and the organization’s policy can name one.'))
    .optional(),
  retention: z
    .strictObject({
      days: z.number().int().min(1).max(36_500).meta(about('After so many days payloads are erased.')).optional(),
      size: SizeSchema.meta(
        about('The oldest payloads are erased when the log is larger than this, such as 2g.'),
      ).optional(),
    })
    .meta(
      about(
        'How long task texts, arguments and outputs are kept. The events themselves stay, and the chain with them.',
      ),
    )
    .optional(),
});

/** Who may say so: not a workspace, and not a run. The organization’s word stands; the user fills what it leaves open. */
export function auditPolicy(layers: readonly ParsedLayer[], settling: Settling): AuditPolicy {
  const first = <T>(current: T): T => current;
  const settle = <T>(path: string[], read: (values: PolicyFile) => T | undefined): Value<T | null> =>
    settling.settle<T | null>(null, ['audit', ...path], read, first, 'never by a workspace');
  return {
    witnessFiles: layers.flatMap((layer) => {
      const files = layer.values.audit?.witness_files ?? [];
      if (layer.layer === 'organization' || layer.layer === 'user')
        return files.map((value, index) => ({ value, origin: layer.originOf(['audit', 'witness_files', index]) }));
      if (files.length > 0)
        settling.notes.push(
          note(
            layer.originOf(['audit', 'witness_files']),
            'only the user’s and the organization’s policy can name witness files, so this is ignored',
          ),
        );
      return [];
    }),
    otlp: settle(['otlp'], ({ audit }) =>
      audit?.otlp === undefined
        ? undefined
        : {
            endpoint: audit.otlp.endpoint,
            payloads: audit.otlp.payloads === true,
            ...(audit.otlp.headers_variable !== undefined && { headersVariable: audit.otlp.headers_variable }),
          },
    ),
    retention: {
      days: settle(['retention', 'days'], ({ audit }) => audit?.retention?.days),
      bytes: settle(['retention', 'size'], ({ audit }) =>
        audit?.retention?.size === undefined ? undefined : sizeInBytes(audit.retention.size),
      ),
    },
  };
}
