import type { Action } from '../../shared/action.ts';
import type { Decision } from '../../shared/decision.ts';
import { NO_FLAGS, type Flags } from '../../shared/flow.ts';
import { labelsOf } from '../flow/ruleOfTwo.ts';
import { decide, offered } from '../policy/decide.ts';
import { Forbidden } from '../scope/guard.ts';
import { parseArguments } from '../tools/arguments.ts';
import { policyRefusal } from '../tools/confinement.ts';
import { ToolFailure } from '../tools/failure.ts';
import { toolNamed } from '../tools/table.ts';
import type { ToolContext } from '../tools/tool.ts';
import type { Flag } from '../../shared/flow.ts';

/** What would happen if the agent made a call. `action` is absent where it could not even be described. */
export interface Trial {
  decision: Decision;
  action?: Action;
  title?: string;
  lights: Flag[];
}

const refused = (rule: string, reason: string): Trial => ({
  decision: { verdict: 'deny', rule, reason, origin: { layer: 'built-in' } },
  lights: [],
});

/**
 * Decides one call as the path of a call does (call.ts), and stops there: nothing is asked, recorded or done. Whether
 * this machine has a sandbox is not looked at; a policy that allows none is.
 */
export async function tryCall(
  call: { name: string; arguments: string },
  context: ToolContext,
  flags: Flags = NO_FLAGS,
  signal: AbortSignal = new AbortController().signal,
): Promise<Trial> {
  const tool = toolNamed(call.name);
  if (!tool) return refused('unknown-tool', `there is no tool named "${call.name.slice(0, 100)}"`);
  const parsed = parseArguments(tool, call.arguments);
  if (!parsed.ok) return refused('arguments', parsed.problem);
  const available = offered(context.policy, tool.family);
  if (available.verdict === 'deny') return { decision: available, lights: [] };
  try {
    const { action, title } = await tool.describe(parsed.value, context, signal);
    const refusal = action.effect === 'execute' ? policyRefusal(context.policy) : undefined;
    const facts = { family: tool.family, flags, ...(refusal !== undefined && { sandboxRefusal: refusal }) };
    const lights = labelsOf(action, context.scope, context.policy.variables.value);
    return { decision: decide(action, facts, context, []), action, title, lights };
  } catch (error) {
    if (error instanceof Forbidden) return { decision: error.decision, lights: [] };
    if (error instanceof ToolFailure) return refused('not-possible', error.message);
    throw error;
  }
}
