import type { SandboxResult } from '../../core/sandbox/port.ts';
import { cageFor, surveyBefore, type CommandCall } from './commandCall.ts';
import { gitAround } from './gitAround.ts';
import { StillTimes } from './stillTimes.ts';
import { topmost } from './survey.ts';
import { runWatched } from './watchedCommand.ts';

/** A command that only looks: nothing in the workspace can change, so nothing has to be covered or looked after. */
export async function runLooking(call: CommandCall): Promise<SandboxResult> {
  const { spec } = call;
  const found = await surveyBefore(call);
  const git = await gitAround(spec, call, () => false);
  const cage = cageFor(call, {
    writable: [],
    shown: [...topmost(spec.folders), ...git.shown],
    pinned: [],
    readOnly: [],
    hiddenFiles: [...found.deniedFiles, ...found.specials, ...git.hidden],
    hiddenFolders: [...found.deniedFolders, ...found.closedFolders],
  });
  const result = await runWatched(call, cage, found, { still: new StillTimes() });
  return { ...result, notes: [...git.notes, ...call.around.notes, ...result.notes] };
}
