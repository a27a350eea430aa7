import * as z from 'zod';
import type { OfferedTool } from '../models/port.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Toolbox } from '../tools/toolbox.ts';

/** Of each tool what it takes, as it was made once: the same to the letter, so that providers know it again. */
const MADE = new WeakMap<z.ZodType, Record<string, unknown>>();

/** The tools a model is told of under a policy, with their JSON Schemas. */
export function offeredTools(toolbox: Toolbox, policy: EffectivePolicy): OfferedTool[] {
  return toolbox.offered(policy).map((tool) => {
    return { name: tool.name, description: tool.summary, parameters: schemaOf(tool.parameters) };
  });
}

function schemaOf(parameters: z.ZodType): Record<string, unknown> {
  const made = MADE.get(parameters);
  if (made) return made;
  const { $schema: _, ...schema } = z.toJSONSchema(parameters, { io: 'input' });
  MADE.set(parameters, schema);
  return schema;
}
