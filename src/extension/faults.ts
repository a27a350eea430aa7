import * as vscode from 'vscode';
import { kindOfError } from '../core/outcome.ts';
import { plain, showProblem } from '../vscode/messages.ts';

const OPEN_LOG = 'Open Log';

/**
 * Where every error of this window ends that nobody else has dealt with. What was to be expected is said; a bug is said
 * too, and its stack goes to the log channel, so that it can be reported.
 */
export class Faults implements vscode.Disposable {
  #channel: vscode.LogOutputChannel | undefined;
  /** Takes secrets out of what is written: a stack begins with the error's message. */
  mask: (text: string) => string = (text) => text;

  tell(error: unknown): void {
    if (!this.note(error)) {
      showProblem(error);
      return;
    }
    const words = error instanceof Error ? error.message : String(error);
    const said = `Oversign met a fault of its own: ${this.mask(words)}. Open its log to see where, and report it.`;
    void vscode.window.showErrorMessage(plain(said), OPEN_LOG).then((picked) => {
      if (picked === OPEN_LOG) this.#log().show();
    });
  }

  /** Writes down a bug that is told elsewhere; false for what is none. */
  note(error: unknown): boolean {
    if (kindOfError(error) !== 'bug') return false;
    this.#log().error(this.mask(stackOf(error)));
    return true;
  }

  /** The same work; what it throws is noted on its way to whoever asked. */
  async noting<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.note(error);
      throw error;
    }
  }

  dispose(): void {
    this.#channel?.dispose();
  }

  #log(): vscode.LogOutputChannel {
    this.#channel ??= vscode.window.createOutputChannel('Oversign', { log: true });
    return this.#channel;
  }
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\nCaused by: ${stackOf(error.cause)}`;
}
