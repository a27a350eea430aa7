import * as vscode from 'vscode';
import type { PanelWish, ToPanel } from '../shared/protocol.ts';
import type { PanelState } from '../shared/runView.ts';
import { waitingIn } from '../shared/waiting.ts';
import { PanelFeed } from './panelFeed.ts';
import { panelHtml } from './panelHtml.ts';

const VIEW = 'oversign.agent';
const THROTTLE_MS = 50;

/** How many questions wait, on the icon of a view. */
export function waitingBadge(value: number): vscode.ViewBadge | undefined {
  if (value === 0) return undefined;
  return { value, tooltip: value === 1 ? '1 question is waiting' : `${value} questions are waiting` };
}

/**
 * The Agent view. It tells the panel what changed, as fast as the panel takes it (panelFeed.ts); a panel that was hidden,
 * closed or reloaded says `ready` and is told all of it. What it says is parsed before use.
 */
export class AgentView implements vscode.WebviewViewProvider, vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #snapshot: () => Promise<PanelState>;
  readonly #onMessage: (message: PanelWish) => void;
  readonly #registration: vscode.Disposable;
  #view: vscode.WebviewView | undefined;
  readonly #feed = new PanelFeed();
  #timer: NodeJS.Timeout | undefined;
  #waiting: ToPanel[] = [];
  /** Hears what goes wrong in taking a message of the panel. */
  onFault: (error: unknown) => void = () => undefined;

  constructor(extensionUri: vscode.Uri, snapshot: () => Promise<PanelState>, onMessage: (message: PanelWish) => void) {
    this.#extensionUri = extensionUri;
    this.#snapshot = snapshot;
    this.#onMessage = onMessage;
    this.#registration = vscode.window.registerWebviewViewProvider(VIEW, this);
  }

  get isVisible(): boolean {
    return this.#view?.visible ?? false;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.#view = view;
    this.#feed.end();
    const dist = vscode.Uri.joinPath(this.#extensionUri, 'dist');
    view.webview.options = { enableScripts: true, localResourceRoots: [dist] };
    view.webview.onDidReceiveMessage((message: unknown) => {
      this.#received(message).catch((error: unknown) => {
        this.onFault(error);
      });
    });
    // A hidden page is gone; the next one says `ready`. What is said meanwhile waits for it.
    view.onDidChangeVisibility(() => {
      if (!view.visible) this.#feed.end();
      this.changed();
    });
    view.onDidDispose(() => {
      this.#view = undefined;
      this.#feed.end();
      this.changed();
    });
    view.webview.html = panelHtml(view.webview, dist);
    this.changed();
  }

  /** Brings the view to the front; with `focus` the keyboard goes to it too. */
  async reveal(): Promise<void> {
    await vscode.commands.executeCommand(`${VIEW}.focus`);
  }

  /** Something the panel shows may have changed; the panel is told at most every few milliseconds. */
  changed(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#post().catch(() => undefined); // the page went away meanwhile; the next one gets all of it
    }, THROTTLE_MS);
  }

  /** Says something beside the state, now or as soon as the panel is there. */
  say(message: ToPanel): void {
    this.#waiting.push(message);
    this.changed();
  }

  /** Answers the page that asked; where it is gone, nobody waits for the answer. */
  reply(message: ToPanel): void {
    void this.#view?.webview.postMessage(message);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#registration.dispose();
  }

  async #received(message: unknown): Promise<void> {
    const { FromPanelSchema } = await import('../shared/protocol.ts');
    const parsed = FromPanelSchema.safeParse(message);
    if (!parsed.success) return;
    if (parsed.data.type === 'taken') {
      if (this.#feed.taken(parsed.data.number)) this.changed();
      return;
    }
    if (parsed.data.type === 'ready') {
      this.#feed.begin();
      await this.#post();
    }
    // Taken or not, the panel shows the question as answered until it hears how it stands.
    if (parsed.data.type === 'answer') this.#feed.repeatHead();
    this.#onMessage(parsed.data);
  }

  async #post(): Promise<void> {
    const state = await this.#snapshot();
    const waiting = waitingIn(state);
    const view = this.#view;
    if (!view) return;
    view.badge = waitingBadge(waiting);
    view.description = waiting === 0 ? '' : `${waiting} waiting`; // beside the title, also while it is collapsed
    const { update, isAll } = this.#feed.next(state);
    // What never came is never taken: whoever is there has to hear all of it.
    if (update && !(await view.webview.postMessage(update))) this.#feed.lost();
    if (!isAll) return;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (await view.webview.postMessage(next)) continue;
      this.#waiting.unshift(next);
      return;
    }
  }
}
