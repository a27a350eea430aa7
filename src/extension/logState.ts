import type { PanelState } from '../shared/runView.ts';
import type { WindowLog } from '../vscode/windowLog.ts';

/** Writes down how a window stands whenever that is another thing: no task, no path, nothing that was read or said. */
export function logState(log: Pick<WindowLog, 'stands'>, { sandbox, policy, run, model }: PanelState): void {
  // Before anything was looked at there is nothing to write down.
  if (sandbox.state !== 'unknown') log.stands('sandbox', sandbox.state);
  if (policy.state !== 'unknown') log.stands('policy', `${policy.state}, ${policy.notes.length} notes`);
  if (model.label !== '')
    log.stands('model', `${model.provider}${model.problem === undefined ? '' : ', cannot be asked'}`);
  if (run) log.stands(`run ${run.id}`, run.state);
}
