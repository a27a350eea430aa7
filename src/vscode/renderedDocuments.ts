import * as vscode from 'vscode';
import { documentPage } from '../shared/documentPage.ts';
import { visibleLine } from '../shared/visible.ts';

/** A command that a document offers above its text, with what it is about. */
export interface DocumentAction {
  title: string;
  command:
    | 'oversign.saveReceipt'
    | 'oversign.makeRule'
    | 'oversign.tryAction'
    | 'oversign.openUserPolicy'
    | 'oversign.openWorkspacePolicy';
  arguments: readonly unknown[];
}

interface RenderedDocument {
  id: string;
  title: string;
  text: string;
  actions: readonly DocumentAction[];
}

const OPENS = 'oversign.openPlace';
/** What links of a page may do; others do nothing. Each of these asks before it writes anything. */
const ALLOWED: readonly string[] = [
  OPENS,
  'oversign.saveReceipt',
  'oversign.makeRule',
  'oversign.tryAction',
  'oversign.openUserPolicy',
  'oversign.openWorkspacePolicy',
];

/**
 * Documents of Oversign's own as they are meant to be read, in one tab that the next one replaces. The editor's Markdown
 * preview would take no link to a rule's line, and is not there where its extension is switched off.
 */
export class RenderedDocuments implements vscode.Disposable {
  #panel: vscode.WebviewPanel | undefined;
  #shown = '';

  show({ id, title, text, actions }: RenderedDocument): void {
    const panel = (this.#panel ??= this.#open());
    const page = documentPage({
      title,
      text,
      actions: actions.map((one) => ({ title: one.title, href: commandLink(one.command, one.arguments) })),
      href: placeOf,
    });
    // The same again stays where it was read to.
    if (this.#shown !== `${id}\n${page}`) panel.webview.html = page;
    this.#shown = `${id}\n${page}`;
    panel.title = visibleLine(title);
    panel.reveal(undefined, false);
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #open(): vscode.WebviewPanel {
    const panel = vscode.window.createWebviewPanel('oversign.document', 'Oversign', vscode.ViewColumn.Active, {
      enableScripts: false,
      enableFindWidget: true,
      enableCommandUris: ALLOWED,
      localResourceRoots: [],
    });
    panel.onDidDispose(() => {
      this.#panel = undefined;
      this.#shown = '';
    });
    return panel;
  }
}

function commandLink(command: string, args: readonly unknown[]): string {
  return `command:${command}?${encodeURIComponent(JSON.stringify(args))}`;
}

/** `file:///home/me/policy.yaml#L4,3` as a command that opens it at that place; no other link leads anywhere. */
function placeOf(target: string): string | undefined {
  const [, path, line, column] = /^file:\/\/(\/[^#?]+)#L(\d+),(\d+)$/.exec(target) ?? [];
  if (path === undefined) return undefined;
  try {
    return commandLink(OPENS, [decodeURIComponent(path), Number(line), Number(column)]);
  } catch {
    return undefined; // no address that was made here
  }
}
