import * as z from 'zod';
import { entryOf, written } from './valueKeys.ts';
import { valueAt, type PolicyKey, type WrittenKey } from './policyKey.ts';

import { note, type Value } from '../settle.ts';
import { TextSchema } from '../values.ts';

// Keys about evidence: where the log is witnessed and sent, and how long its payloads are kept. Not a workspace and not
// a run says so: the organization's word stands, and the user fills what it leaves open. Evidence is of all runs, so it
// follows the policy as it is now; of a run's start and now nothing is stricter.

/** A collector, as the log's exporter wants it. */
interface Collector {
  endpoint: string;
  payloads: boolean;
  headersVariable?: string;
}

const AbsoluteSchema = TextSchema.refine(
  (text) => /^(\/|~\/|[A-Za-z]:[\\/])/.test(text),
  'is not an absolute path; begin with / or ~/',
);

export const CollectorSchema = z.strictObject({
  endpoint: z
    .string()
    .max(2000)
    .regex(/^https?:\/\//, 'does not start with https:// or http://')
    .meta({
      description: 'An OpenTelemetry collector that gets every event (OTLP over HTTP), such as http://127.0.0.1:4318.',
    }),
  payloads: z
    .boolean()
    .meta({
      description:
        'Whether task texts, arguments and outputs go along. Without them only what the chain holds openly goes.',
      default: false,
    })
    .optional(),
  headers_variable: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is not the name of an environment variable')
    .meta({
      description: 'An environment variable with the headers to send, written as OTEL_EXPORTER_OTLP_HEADERS is.',
    })
    .optional(),
});

export function collectorOf(said: z.infer<typeof CollectorSchema>): Collector {
  return {
    endpoint: said.endpoint,
    payloads: said.payloads === true,
    ...(said.headers_variable !== undefined && { headersVariable: said.headers_variable }),
  };
}

/** Something that is not there unless it is said, as most of what is about evidence. */
export function evidence<W, T, const Path extends string>(
  path: Path,
  key: Omit<WrittenKey, 'path' | 'schema'> & { schema: z.ZodType<W>; value(said: W): T },
): PolicyKey<Value<T | null>, Path> {
  return {
    ...written({ ...key, path }),
    settle: (settling) =>
      settling.settle<T | null>({
        path,
        initial: null,
        read: (values) => {
          const found = valueAt(values, path) as W | undefined;
          return found === undefined ? undefined : key.value(found);
        },
        stricter: (settled) => settled,
        loosened: 'never by a workspace',
      }),
    stricter: (_start, now) => now,
    entries: (value) => [entryOf(path, value)],
    located: (value) => Promise.resolve(value),
  };
}

/** Files that are told of every signature: those of organization and user add up. */
export function witnessFiles<const Path extends string>(
  path: Path,
  { about }: { about: string },
): PolicyKey<Value<string>[], Path> {
  return {
    path,
    schema: z.array(AbsoluteSchema).max(20),
    about,
    standard: [],
    settle: (settling) =>
      settling.layers.flatMap((layer) => {
        const files = (valueAt(layer.values, path) ?? []) as string[];
        const place = path.split('.');
        if (layer.layer === 'organization' || layer.layer === 'user')
          return files.map((value, index) => ({ value, origin: layer.originOf([...place, index]) }));
        if (files.length > 0)
          settling.notes.push(
            note(
              layer.originOf(place),
              'only the user’s and the organization’s policy can name witness files, so this is ignored',
            ),
          );
        return [];
      }),
    stricter: (_start, now) => now,
    entries: (files) => files.map((file) => entryOf(path, file)),
    located: (files) => Promise.resolve(files),
  };
}
