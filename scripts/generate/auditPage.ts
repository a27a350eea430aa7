import * as z from 'zod';
import { EVENTS } from '../../src/shared/eventTable.ts';

/** docs/audit.md: what is written by hand, with the table of events made from their schemas in its place. */
export function auditPage(current: string): string {
  const [before = '', rest = ''] = current.split(START);
  const [, after = ''] = rest.split(END);
  return `${before}${START}\n\n${table()}\n\n${END}${after}`;
}

const START = '<!-- events: made by npm run generate -->';
const END = '<!-- events: end -->';

function table(): string {
  const rows = Object.entries(EVENTS).map(
    ([type, { about, data, payload }]) => `| \`${type}\` | ${about} | ${keysOf(data)} | ${keysOf(payload)} |`,
  );
  return ['| event | what it says | data | payload |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

const ShapeSchema = z.looseObject({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});

/** The keys of an object, those that may be missing with a question mark. */
function keysOf(schema: z.ZodType): string {
  const { properties, required } = ShapeSchema.parse(z.toJSONSchema(schema));
  const names = Object.keys(properties);
  if (names.length === 0) return schema instanceof z.ZodRecord ? 'anything' : '';
  return names.map((name) => `\`${name}${required.includes(name) ? '' : '?'}\``).join(', ');
}
