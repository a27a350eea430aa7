import * as vscode from 'vscode';
import { RenderedDocuments, type DocumentAction } from './renderedDocuments.ts';

const SCHEME = 'oversign';
const MOST = 50;
/** Of one change, so many files are opened: the card has them all. */
const MOST_DIFFS = 10;

/** Read-only documents that exist in memory alone: both sides of a change; and reports, as they are read. */
export class TextDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  /** Changes whose diff was shown while they waited for an answer, and of how many files. */
  readonly #proposals = new Map<string, number>();
  readonly #rendered = new RenderedDocuments();
  readonly #changes = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changes.event;
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? 'This is no longer available.';
  }

  /** Opens the editor's own diff view on a proposed change; of several files one each, the first in front. */
  async showDiffs(id: string, files: readonly { path: string; before: string; after: string }[]): Promise<void> {
    if (files.length > 0) this.#proposals.set(id, files.length);
    for (const { path, before, after } of files.slice(0, MOST_DIFFS).toReversed()) {
      const left = this.#put(`before/${id}${path}`, before);
      const right = this.#put(`after/${id}${path}`, after);
      const name = path.slice(path.lastIndexOf('/') + 1);
      await vscode.commands.executeCommand('vscode.diff', left, right, `${name} (now ↔ proposed by the agent)`, {
        preview: files.length === 1,
      });
    }
  }

  /** These changes are still proposed, and no others: what shows another one is closed. */
  proposed(ids: ReadonlySet<string>): void {
    for (const id of this.#proposals.keys()) {
      if (ids.has(id)) continue;
      this.#proposals.delete(id);
      this.closeDiff(id);
    }
  }

  /**
   * The proposed change whose diff is in front, if one is; `isAll`: it changes no other file. `place`: where it stands among
   * the editors.
   */
  proposalInFront():
    { id: string; isAll: boolean; place: string; original: vscode.Uri; modified: vscode.Uri } | undefined {
    const { activeTab, viewColumn } = vscode.window.tabGroups.activeTabGroup;
    const input = activeTab?.input;
    if (!(input instanceof vscode.TabInputTextDiff) || input.modified.scheme !== SCHEME) return undefined;
    const { original, modified } = input;
    const id = [...this.#proposals.keys()].find((one) => modified.path.startsWith(`/after/${one}/`));
    if (id === undefined) return undefined;
    return { id, isAll: this.#proposals.get(id) === 1, place: `${viewColumn} ${modified.path}`, original, modified };
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

  /** Opens a document of Oversign's own, Markdown, the way it is meant to be read. */
  showReadable(id: string, title: string, text: string, actions: readonly DocumentAction[] = []): Promise<void> {
    this.#rendered.show({ id, title, text, actions });
    return Promise.resolve();
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changes.dispose();
    this.#rendered.dispose();
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
