import { ToolFailure } from '../../outcome.ts';
import type { DryRun } from '../../sandbox/port.ts';
import type { CallContext, Performed, ShownEffects } from '../tool.ts';
import { effectsShown } from './effectsShown.ts';
import { endedAs, outputOf, setOut, specOf, type Command, type CommandPorts, type Going } from './performCommand.ts';

/** Runs a command in a copy-on-write view, and keeps what came of it until it is applied or thrown away. */
export async function commandEffects(
  action: Command,
  ports: CommandPorts,
  context: CallContext,
): Promise<ShownEffects> {
  const runner = ports.runners.sandbox.chosen(context.policy.backend.value);
  if (!runner.dryRuns) throw new ToolFailure('this sandbox has no copy-on-write view');
  const going = await setOut(action, ports, { context, signal: context.signal });
  const { recorder } = going;
  let dry: DryRun;
  try {
    dry = await runner.dryRuns.run(specOf(going, { ...action.launch, view: 'copy-on-write' }), context.signal);
  } catch (error) {
    await recorder.drop();
    throw error;
  }
  const { result } = dry;
  const output = result.ending.kind === 'violation' ? '' : outputOf(result, going.how).text;
  const shown = await effectsShown(dry, { output, scope: context.scope });
  return {
    ...shown,
    digest: dry.digest,
    obstacle: dry.obstacle,
    ok: result.ending.kind === 'exited' && result.ending.code === 0,
    facts: {
      ending: result.ending.kind,
      ...(result.ending.kind === 'exited' && { exit: result.ending.code }),
      ...{ view: dry.means, changes: dry.changes.length, effects: dry.digest, outputBytes: result.outputBytes },
    },
    async outdated() {
      const changed = await dry.changedUnderneath();
      return changed.length === 0
        ? undefined
        : `What the effects rest on changed meanwhile: ${changed
            .slice(0, 3)
            .map((path) => context.scope.shown(path))
            .join(', ')}${changed.length > 3 ? ` and ${changed.length - 3} more` : ''}.`;
    },
    apply: (during) => applied(dry, { ...going, context: during, signal: during.signal }, runner.hasScratch === true),
    drop: async () => {
      await recorder.drop();
      await dry.dispose();
    },
  };
}

/** The command counts as done, with the output that it had in the view, once all of its changes are made. */
async function applied(dry: DryRun, going: Going, hasScratch: boolean): Promise<Performed> {
  const made = await dry.apply(specOf(going), going.signal);
  const { ending } = made;
  if (ending.kind !== 'exited' || ending.code !== 0) {
    const said = made.output.trim().slice(0, 2000);
    throw new ToolFailure(`what it changed in the view could not be made here, or not all of it: ${said}`);
  }
  const { result } = dry;
  const notes = [...result.notes, ...made.notes];
  const { performed } = await endedAs({ ...result, notes, quarantined: made.quarantined }, { going, hasScratch });
  return { ...performed, facts: { ...performed.facts, applied: dry.changes.length, effects: dry.digest } };
}
