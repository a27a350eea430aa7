import type { Effect } from '../../shared/action.ts';
import { TOOL_NAMES, TOOLS, type ToolName } from './toolNames.ts';

/** The tools whose calls can have an effect. */
export function toolsThat(effect: Effect): ToolName[] {
  return TOOL_NAMES.filter((name) => TOOLS[name].some((one: Effect) => one === effect));
}
