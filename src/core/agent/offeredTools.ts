import * as z from 'zod';
import type { OfferedTool } from '../models/port.ts';
import type { InForce } from '../policy/decide.ts';
import type { Toolbox } from '../tools/toolbox.ts';

/** Of each tool what it takes, as it was made once: the same to the letter, so that providers know it again. */
const MADE = new WeakMap<z.ZodType, Record<string, unknown>>();

/** What decides which tools a model is told of. */
export type Offering = Pick<InForce, 'policy' | 'way'>;

/** The tools a model is told of under a policy and in a way of working, with their JSON Schemas. */
export function offeredTools(toolbox: Toolbox, { policy, way: { way } }: Offering): OfferedTool[] {
  return toolbox.offered(policy, way).map((tool) => {
    return {
      name: tool.name,
      description: tool.summary,
      parameters: tool.schema ?? schemaOf(tool.offeredParameters?.(policy) ?? tool.parameters),
    };
  });
}

function schemaOf(parameters: z.ZodType): Record<string, unknown> {
  const made = MADE.get(parameters);
  if (made) return made;
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { io: 'input' });
  MADE.set(parameters, schema);
  return schema;
}
