import * as vscode from 'vscode';
import type { Beats } from '../vscode/beats.ts';
import { clientPresence } from '../vscode/clientPresence.ts';
import { EditorWitness } from '../vscode/editorWitness.ts';
import { OpenDocuments } from '../vscode/openDocuments.ts';
import type { Session } from './session.ts';
import { THIS_WINDOW } from './thisWindow.ts';

/** The session of one window: opened at the first need, for the folders of that moment, and tried again after a failure. */
export class WindowSession {
  readonly #context: vscode.ExtensionContext;
  readonly #told: { opened(session: Session): void; failed(): void };
  #presence: Beats | undefined;
  #session: Promise<Session> | undefined;
  #problem: string | undefined;

  constructor(context: vscode.ExtensionContext, told: { opened(session: Session): void; failed(): void }) {
    this.#context = context;
    this.#told = told;
  }

  /** Why it could not be opened, the last time. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Whether somebody wanted it, and it is open or about to be. */
  get isWanted(): boolean {
    return this.#session !== undefined;
  }

  open(): Promise<Session> {
    this.#session ??= this.#open().catch((error: unknown) => {
      this.#session = undefined;
      this.#problem = error instanceof Error ? error.message : String(error);
      this.#told.failed();
      throw error;
    });
    return this.#session;
  }

  /** What there is, without opening anything. */
  async current(): Promise<Session | undefined> {
    return this.#session?.catch(() => undefined);
  }

  /** Ends what runs and closes the log. */
  async close(): Promise<void> {
    const session = await this.current();
    await session?.[Symbol.asyncDispose]();
  }

  /** A session is for one set of folders: another set is another session, and a run in the old one is interrupted. */
  async reopen(): Promise<void> {
    await this.close();
    this.#session = undefined;
    this.#problem = undefined;
    await this.open();
  }

  async #open(): Promise<Session> {
    const { Session } = await import('./session.ts');
    const folders = (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
    const manifest = this.#context.extension.packageJSON as { version: string };
    const session = await Session.open({
      folders: folders.map((folder) => folder.uri.fsPath),
      environment: process.env,
      version: manifest.version,
      installation: this.#context.extensionPath,
      here: THIS_WINDOW,
      presence: (this.#presence ??= clientPresence()),
      witnesses: [new EditorWitness(this.#context.globalState)],
      editor: new OpenDocuments(),
    });
    this.#problem = undefined;
    this.#told.opened(session);
    return session;
  }
}
