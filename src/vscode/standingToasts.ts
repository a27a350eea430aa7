import * as vscode from 'vscode';

/**
 * Toasts that stand as long as what they say is so. The editor takes back none that has buttons; one of a progress goes
 * when that is over, and whoever closes it finds it in the status bar until then.
 */
export class StandingToasts implements vscode.Disposable {
  readonly #ends = new Map<string, () => void>();

  /** Shows these, each by a name of its own, and no others. Texts may hold links; what is not ours must be plain. */
  show(toasts: ReadonlyMap<string, string>): void {
    for (const [name, end] of this.#ends) {
      if (toasts.has(name)) continue;
      this.#ends.delete(name);
      end();
    }
    for (const [name, text] of toasts) if (!this.#ends.has(name)) this.#ends.set(name, standing(text));
  }

  dispose(): void {
    this.show(new Map());
  }
}

function standing(title: string): () => void {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  void vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, () => promise);
  return () => {
    resolve(undefined);
  };
}
