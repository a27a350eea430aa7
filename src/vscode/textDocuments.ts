import * as vscode from 'vscode';

const SCHEME = 'oversign';
const MOST = 50;

/** Read-only documents that exist in memory alone: both sides of a proposed change, and reports of the log. */
export class TextDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  /** Changes whose diff was shown while they waited for an answer. */
  readonly #proposals = new Set<string>();
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changes.event;
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? 'This is no longer available.';
  }

  /** Opens the editor's own diff view on a proposed change. */
  async showDiff(id: string, path: string, before: string, after: string): Promise<void> {
    const left = this.#put(`before/${id}${path}`, before);
    const right = this.#put(`after/${id}${path}`, after);
    const name = path.slice(path.lastIndexOf('/') + 1);
    this.#proposals.add(id);
    await vscode.commands.executeCommand('vscode.diff', left, right, `${name} (now ↔ proposed by the agent)`, {
      preview: true,
    });
  }

  /** These changes are still proposed, and no others: what shows another one is closed. */
  proposed(ids: ReadonlySet<string>): void {
    for (const id of this.#proposals) {
      if (ids.has(id)) continue;
      this.#proposals.delete(id);
      this.closeDiff(id);
    }
  }

  /** Closes the diff view of a change that is not as it says any more; the focus stays where it is, if it is elsewhere. */
  closeDiff(id: string): void {
    const isOf = ({ input }: vscode.Tab): boolean =>
      input instanceof vscode.TabInputTextDiff &&
      input.modified.scheme === SCHEME &&
      input.modified.path.startsWith(`/after/${id}/`);
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs.filter(isOf));
    if (tabs.length > 0) void vscode.window.tabGroups.close(tabs, true);
  }

  /** Opens the diff view on texts that are no files; of several files in one view, as many as are kept in memory. */
  async showTexts(id: string, title: string, files: { path: string; before: string; after: string }[]): Promise<void> {
    const all = files
      .slice(0, MOST / 2)
      .map(({ path, before, after }): [path: string, vscode.Uri, vscode.Uri] => [
        path,
        this.#put(`before/${id}${path}`, before),
        this.#put(`after/${id}${path}`, after),
      ]);
    const [only, ...others] = all;
    if (!only) return;
    const [path, left, right] = only;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (others.length === 0)
      await vscode.commands.executeCommand('vscode.diff', left, right, `${name} ${title}`, { preview: true });
    else
      await vscode.commands.executeCommand(
        'vscode.changes',
        `${all.length} files ${title}`,
        all.map(([file, before, after]) => [vscode.Uri.file(file), before, after]),
      );
  }

  /** The same for a policy file. */
  async showChange(id: string, title: string, before: string, after: string): Promise<void> {
    const [left, right] = [this.#put(`before/${id}/policy.yaml`, before), this.#put(`after/${id}/policy.yaml`, after)];
    await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
  }

  /** Opens a report; its tab carries the title, as far as that can be a file name. */
  async showReport(id: string, title: string, text: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(this.#put(`report/${id}/${fileName(title)}.md`, text));
    await vscode.window.showTextDocument(document, { preview: true });
  }

  /** Opens a report the way it is meant to be read: in the editor's Markdown preview, where there is one. */
  async showReadable(id: string, title: string, text: string): Promise<void> {
    const uri = this.#put(`report/${id}/${fileName(title)}.md`, text);
    try {
      await vscode.commands.executeCommand('markdown.showPreview', uri);
    } catch {
      await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
    }
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changes.dispose();
  }

  #put(path: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${asText(path)}` });
    const before = this.#texts.get(uri.toString());
    this.#texts.delete(uri.toString()); // the newest goes last: the oldest is dropped first
    this.#texts.set(uri.toString(), text);
    if (before !== undefined && before !== text) this.#changes.fire(uri);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > MOST && oldest !== undefined) this.#texts.delete(oldest);
    return uri;
  }
}

/** A name that the editor opens as text: a notebook is shown by its cells, and as such it is none. */
function asText(path: string): string {
  return path.toLowerCase().endsWith('.ipynb') ? `${path}.txt` : path;
}

/** A title, as far as it can be a file's name. */
function fileName(title: string): string {
  return title
    .replace(/[^\p{L}\p{N} ._-]+/gu, ' ')
    .trim()
    .slice(0, 100);
}
