import * as vscode from 'vscode';

/** Tells of files that are made, changed or removed, wherever they stand; each is watched in its own folder alone. */
export function watchFiles(files: readonly string[], changed: () => void): vscode.Disposable {
  const watchers = files.map((file) => {
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
  });
  return vscode.Disposable.from(...watchers);
}
