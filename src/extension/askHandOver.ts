import * as vscode from 'vscode';
import type { Agreed } from '../core/agent/handOver.ts';
import { Cancelled } from '../core/outcome.ts';
import { plain } from '../vscode/messages.ts';
import { IN_THIS_WINDOW } from './thisWindow.ts';

/** First in a dialog, so that Enter alone does nothing: dialogs give the focus to their first button. */
const NOT_NOW = 'Not Now';
const GO_ON = 'Go On There';

/**
 * Goes on with a run; where that would send its conversation elsewhere, a person is told where and what first, and agrees
 * to exactly that: where the model is changed while they think about it, they are asked again.
 */
export async function askingToHandOver(goOn: (agreed?: Agreed) => Promise<void>): Promise<void> {
  let agreed: Agreed | undefined;
  for (;;) {
    try {
      await goOn(agreed);
      return;
    } catch (error) {
      const { GoesElsewhere } = await import('../core/agent/handOver.ts'); // never at the editor's start
      if (!(error instanceof GoesElsewhere)) throw error;
      const said = await vscode.window.showWarningMessage(
        'Go on with another model?',
        { modal: true, detail: plain(error.message) },
        NOT_NOW,
        GO_ON,
      );
      if (said !== GO_ON) throw new Cancelled('Nothing was sent.', { cause: error });
      agreed = { ...error.to, from: IN_THIS_WINDOW };
    }
  }
}
