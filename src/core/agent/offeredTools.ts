import * as z from 'zod';
import type { OfferedTool } from '../models/port.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Toolbox } from '../tools/toolbox.ts';

/** The tools a model is told of under a policy, with their JSON Schemas. */
export function offeredTools(toolbox: Toolbox, policy: EffectivePolicy): OfferedTool[] {
  return toolbox.offered(policy).map((tool) => {
    const { $schema: _, ...parameters } = z.toJSONSchema(tool.parameters, { io: 'input' });
    return { name: tool.name, description: tool.summary, parameters };
  });
}
