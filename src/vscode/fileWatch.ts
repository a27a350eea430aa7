import * as vscode from 'vscode';

/** Tells of files that are made, changed, replaced or removed, wherever they stand; each is watched in its own folder alone. */
export class FileWatch implements vscode.Disposable {
  readonly #changed: () => void;
  #files = '';
  #watching = vscode.Disposable.from();

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** These from now on; where they are the same as before, nothing is begun anew. */
  follow(files: readonly string[]): void {
    const key = files.join('\n');
    if (key === this.#files) return;
    this.#files = key;
    this.#watching.dispose();
    this.#watching = vscode.Disposable.from(...files.map((file) => watched(file, this.#changed)));
  }

  dispose(): void {
    this.#watching.dispose();
  }
}

function watched(file: string, changed: () => void): vscode.Disposable {
  const uri = vscode.Uri.file(file);
  const pattern = new vscode.RelativePattern(
    vscode.Uri.joinPath(uri, '..'),
    uri.path.slice(uri.path.lastIndexOf('/') + 1),
  );
  const watcher = vscode.workspace.createFileSystemWatcher(pattern);
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(changed),
    watcher.onDidChange(changed),
    watcher.onDidDelete(changed),
  );
}
