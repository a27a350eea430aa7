import type { Way } from '../../shared/wayWords.ts';
import { canOnlyLook } from '../kinds/table.ts';
import { offered } from '../policy/decide.ts';
import { runsPrograms } from '../policy/facts.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import { folded } from './meantArguments.ts';
import type { AnyTool } from './tool.ts';

/** The tools of one run. */
export interface Toolbox {
  /** A tool by the name the model gave; only real names are found (`constructor` is none). */
  named(name: string): AnyTool | undefined;
  /** The tool that does what is called by another name elsewhere. Nothing is done in its place. */
  meant(name: string): AnyTool | undefined;
  /** Of those that can work here. */
  readonly names: readonly string[];
  /** What the model is told of: tools that the policy denies are not offered at all. */
  offered(policy: EffectivePolicy, way: Way): AnyTool[];
}

/**
 * Throws where two tools have one name: a rule, a grant or a record would speak of either. `more`: tools that come and go
 * (those of plugins); one that has the name of another is none.
 */
export function toolboxOf(tools: readonly AnyTool[], more: () => readonly AnyTool[] = () => []): Toolbox {
  const byName = new Map<string, AnyTool>();
  for (const tool of tools) {
    if (byName.has(tool.name)) throw new Error(`there are two tools named ${tool.name}`);
    byName.set(tool.name, tool);
  }
  const others = (): AnyTool[] => more().filter(({ name }) => !byName.has(name));
  return {
    named: (name) => byName.get(name) ?? others().find((tool) => tool.name === name),
    meant: (name) => {
      const wanted = folded(name);
      return tools.find((tool) => folded(tool.name) === wanted || tool.elsewhere?.includes(wanted) === true);
    },
    get names() {
      return [...tools, ...others()].filter(({ unavailable }) => unavailable === undefined).map(({ name }) => name);
    },
    offered: (policy, way) =>
      [...tools, ...others()].filter(
        (tool) =>
          tool.unavailable === undefined &&
          offered(policy, tool.family).verdict !== 'deny' &&
          canEverBe(tool, policy, way),
      ),
  };
}

/** Whether some call of it could be allowed in a run that only looks, or in any other. */
function canEverBe({ family, effects }: AnyTool, policy: EffectivePolicy, way: Way): boolean {
  if (way !== 'look') return true;
  if (family === 'code') return false; // what a program in full does is not known beforehand
  const holds = !runsPrograms(family) || policy.sandbox.value; // without a sandbox no command is known to only look
  return holds && effects.some(canOnlyLook);
}
