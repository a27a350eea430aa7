import * as vscode from 'vscode';
import { databasePassword } from '../vscode/databasePasswords.ts';
import type { Beats } from '../vscode/beats.ts';
import { clientPresence } from '../vscode/clientPresence.ts';
import { EditorWitness } from '../vscode/editorWitness.ts';
import { chosenFolders, sameFolders } from './folderNotes.ts';
import { LanguageModels } from '../vscode/languageModels.ts';
import { OpenDocuments } from '../vscode/openDocuments.ts';
import type { Session } from './session.ts';
import { THIS_WINDOW } from './thisWindow.ts';

/**
 * The session of one window: opened at the first need, for the folders of that moment, and tried again after a failure.
 * A session is for one set of folders, and so is a run: while there is a run, its session stays; whatever begins
 * afterwards begins in a session for the folders that the window has by then.
 */
export class WindowSession {
  readonly #context: vscode.ExtensionContext;
  readonly #told: { opened(session: Session): void; failed(): void };
  #presence: Beats | undefined;
  #witness: EditorWitness | undefined;
  #session: Promise<Session> | undefined;
  #problem: string | undefined;
  /** The first folder of the window when the session was opened. */
  #first: string | undefined;
  /** Those of the window's folders that a person wants runs to work in; undefined: all of them. */
  #chosen: readonly string[] | undefined;
  /** One change of sessions at a time. */
  #changing: Promise<unknown> = Promise.resolve();

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

  /** The folders that the next run works in, as the window names them. */
  get folders(): string[] {
    return chosenFolders(windowFolders(), this.#chosen);
  }

  /** The next run works in these; as long as none of them is open any more, in all of the window. */
  choose(folders: readonly string[]): void {
    this.#chosen = folders;
  }

  open(): Promise<Session> {
    return this.#opened(() => this.folders);
  }

  /** What there is, without opening anything. */
  async current(): Promise<Session | undefined> {
    return this.#session?.catch(() => undefined);
  }

  /** Ends what runs and closes the log. The editor does not say why it ends its extensions. */
  async close(): Promise<void> {
    const session = await this.current();
    const [first] = windowFolders();
    await session?.end(
      first !== this.#first
        ? 'The editor ended its extensions after the first folder of the window had changed.'
        : 'The editor ended its extensions: the window was closed or reloaded, or they were restarted.',
    );
  }

  /** A session for the folders that the window has now, and that can be worked in now, where no run holds another one. */
  async fresh(): Promise<Session> {
    return this.#inTurn(async () => {
      const session = await this.open();
      if (session.engine.isWorking) return session;
      const isSame = sameFolders(session.named, this.folders);
      return isSame && !(await session.isOutdated()) ? session : this.#exchange(session, () => this.folders);
    });
  }

  /** The folders of the window are others: opened at once where no run holds on to those that it began with. */
  async follow(): Promise<'held' | 'free'> {
    const session = await this.current();
    if (session?.isHeld === true) return 'held';
    if (session) await this.fresh();
    else if (this.#problem !== undefined) await this.open();
    return 'free';
  }

  /** A session for the folders that a run goes on in: its own, whatever else is open. */
  async forRun(run: string, named?: string): Promise<Session> {
    const session = await this.fresh();
    const { roots } = await session.engine.binding(run, named);
    if (session.engine.isWorking || roots.length === 0 || sameFolders(roots, session.roots)) return session;
    const folders = session.spelled(roots);
    return this.#inTurn(() => this.#exchange(session, () => folders));
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#changing.then(work);
    this.#changing = mine.catch(() => undefined);
    return mine;
  }

  async #exchange(session: Session, folders: () => string[]): Promise<Session> {
    await session.end('The folders of the window changed.');
    this.#session = undefined;
    return this.#opened(folders);
  }

  #opened(folders: () => string[]): Promise<Session> {
    this.#session ??= this.#open(folders()).catch((error: unknown) => {
      this.#session = undefined;
      this.#problem = error instanceof Error ? error.message : String(error);
      this.#told.failed();
      throw error;
    });
    return this.#session;
  }

  async #open(folders: string[]): Promise<Session> {
    const { Session } = await import('./session.ts');
    this.#first = windowFolders()[0];
    const manifest = this.#context.extension.packageJSON as { version: string };
    const session = await Session.open({
      folders,
      folderNames: windowNames(),
      environment: process.env,
      version: manifest.version,
      installation: this.#context.extensionPath,
      here: THIS_WINDOW,
      presence: (this.#presence ??= clientPresence()),
      witnesses: [(this.#witness ??= new EditorWitness(this.#context.globalState, crypto.randomUUID()))],
      keptSecret: async (name) => (await import('./namedSecrets.ts')).keptSecret(this.#context.secrets, name),
      editor: new OpenDocuments(),
      editorModels: new LanguageModels(),
      databasePasswords: (connection) => databasePassword(this.#context.secrets, connection),
    });
    this.#problem = undefined;
    this.#told.opened(session);
    return session;
  }
}

/** What the window calls its folders, by their paths: a workspace file may give them names. */
export function windowNames(): (readonly [string, string])[] {
  return onDisk().map(({ uri, name }) => [uri.fsPath, name] as const);
}

/** The window's folders as it names them. */
export function windowFolders(): string[] {
  return onDisk().map((folder) => folder.uri.fsPath);
}

function onDisk(): vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter((folder) => folder.uri.scheme === 'file');
}
