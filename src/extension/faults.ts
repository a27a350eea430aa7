import * as vscode from 'vscode';
import { kindOfError } from '../core/outcome.ts';
import { WindowLog } from '../vscode/windowLog.ts';
import { plain, showProblem } from '../vscode/messages.ts';

const SHOW_LOG = 'Show Log';
const COPY = 'Copy Diagnostics';

/**
 * Where every error of this window ends that nobody else has dealt with. What was to be expected is said; a bug is said
 * too, and its stack goes to the log channel, so that it can be reported.
 */
export class Faults implements vscode.Disposable {
  readonly log = new WindowLog();

  /** Takes secrets out of what is written: a stack begins with the error's message. */
  set mask(mask: (text: string) => string) {
    this.log.mask = mask;
  }

  tell(error: unknown): void {
    if (!this.note(error)) {
      this.log.warn(error instanceof Error ? error.message : String(error));
      showProblem(error);
      return;
    }
    const words = this.log.masked(error instanceof Error ? error.message : String(error));
    const said = `Oversign met a fault of its own: ${words}. Its log says where; report it with its diagnostics.`;
    void vscode.window.showErrorMessage(plain(said), SHOW_LOG, COPY).then((picked) => {
      if (picked === SHOW_LOG) this.log.show();
      if (picked === COPY) void vscode.commands.executeCommand('oversign.copyDiagnostics');
    });
  }

  /** Writes down a bug that is told elsewhere; false for what is none. */
  note(error: unknown): boolean {
    if (kindOfError(error) !== 'bug') return false;
    this.log.error(stackOf(error));
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
    this.log.dispose();
  }
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack ?? error.message;
  return error.cause === undefined ? stack : `${stack}\nCaused by: ${stackOf(error.cause)}`;
}
