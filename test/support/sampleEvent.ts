import * as z from 'zod';
import type { NewEvent } from '../../src/shared/auditEvent.ts';
import { EVENTS, type EventType } from '../../src/shared/eventTable.ts';

type Shape = z.core.JSONSchema.BaseSchema;

/** An event of a kind with every field, where its kind stands first: made from its schemas. */
export function sampleEvent(type: EventType): Pick<NewEvent, 'type' | 'run' | 'data' | 'payload'> {
  const { of, data, payload } = EVENTS[type];
  const run = of[0] === 'run' ? 'run-1' : of[0];
  return {
    type,
    run,
    data: sampleOf(data) as NewEvent['data'],
    payload: sampleOf(payload) as NewEvent['payload'] & object,
  };
}

function sampleOf(schema: z.ZodType): unknown {
  const whole = z.toJSONSchema(schema) as Shape;
  return valueOf(whole, whole.$defs ?? {});
}

function valueOf(schema: Shape, named: Record<string, unknown>): unknown {
  const value = (part: unknown): unknown => valueOf(part as Shape, named);
  // Any JSON: a text is some.
  if (schema.$ref !== undefined) return 'json';
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return value(schema.anyOf[0]);
  if (schema.prefixItems) return schema.prefixItems.map(value);
  switch (schema.type) {
    case 'object': {
      const parts = Object.entries(schema.properties ?? {}).map(([key, part]) => [key, value(part)]);
      const others =
        typeof schema.additionalProperties === 'object' ? [['key', value(schema.additionalProperties)]] : [];
      return Object.fromEntries([...parts, ...others]);
    }
    case 'array':
      return [value(schema.items)];
    case 'string':
      return schema.pattern === undefined ? 'text' : 'ab'.repeat(32);
    case 'integer':
    case 'number':
      return schema.minimum ?? 1;
    case 'boolean':
      return true;
    default:
      return null;
  }
}
