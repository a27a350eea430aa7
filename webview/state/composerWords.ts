import type { PanelState } from '../../src/shared/runView.ts';

/** What is typed there, for whoever cannot see it. */
export function labelOf(isNew: boolean, active: boolean): string {
  if (active) return 'Message to the run';
  return isNew ? 'Task' : 'What next?';
}

export function placeholderOf(isNew: boolean, active: boolean): string {
  return isNew ? 'Describe a task, @ to add files' : labelOf(isNew, active);
}

/** What keeps a run from beginning or going on, while one can type already. */
export function whyOff({ policy, model }: PanelState): string | undefined {
  if (policy.state === 'invalid') return 'Nothing runs until the policy’s errors are mended.';
  return model.problem === undefined ? undefined : 'Nothing runs until the model can be asked.';
}

/** What keeps one from typing at all. */
export function whyClosed(panel: PanelState): string | undefined {
  if (!panel.trusted) return 'Runs start only in a trusted workspace.';
  if (panel.folder === undefined)
    return panel.folders?.leftOut === true ? 'No folder of this window can be worked in.' : 'Open a folder first.';
  return undefined;
}
