import * as vscode from 'vscode';

/** Tells of files that are made, changed, replaced or removed, alone or with their folder, wherever they stand. */
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
    // Of what was in a folder that is removed nobody tells.
    const folders = files.map((file) => file.slice(0, Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\'))));
    const all = [...new Set([...files, ...folders])];
    this.#watching = vscode.Disposable.from(...all.map((path) => watched(path, this.#changed)));
  }

  dispose(): void {
    this.#watching.dispose();
  }
}

function watched(path: string, changed: () => void): vscode.Disposable {
  const uri = vscode.Uri.file(path);
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
