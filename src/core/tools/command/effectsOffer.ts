import type { Run } from '../../../shared/action.ts';
import type { Sandbox } from '../../sandbox/port.ts';
import { sandboxSpec } from '../../sandbox/spec.ts';
import { boundsOf } from '../runner.ts';
import type { CallContext, Description } from '../tool.ts';
import type { CommandArguments } from './commandArguments.ts';

const NO_VIEW = 'this sandbox has no copy-on-write view';

/** Whether a command can be run in a view first. One that changes nothing, or goes on by itself, has no effects to show. */
export function effectsOffer(
  { background }: CommandArguments,
  { runner, launch }: { runner: Sandbox; launch: Run['launch'] },
  { scope, policy }: CallContext,
): Pick<Description, 'effects'> {
  if (launch.workspace === 'read-only' || launch.outside === true || background === true) return {};
  const spec = sandboxSpec({ launch, rules: scope, bounds: boundsOf(policy), streams: { outputCap: 0 } });
  return { effects: { whyNot: async (signal) => (runner.dryRuns ? runner.dryRuns.whyNot(spec, signal) : NO_VIEW) } };
}
