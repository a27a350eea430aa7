import * as vscode from 'vscode';
import type { Agreement } from '../core/engine/storedRuns.ts';
import { Failure } from '../core/outcome.ts';
import type { PanelState } from '../shared/runView.ts';
import { AgentView } from '../vscode/agentView.ts';
import { AuditTree, type TreeTurn } from '../vscode/auditTree.ts';
import { PolicyAssist } from '../vscode/policyAssist.ts';
import { PolicyMarks } from '../vscode/policyMarks.ts';
import { StatusBar } from '../vscode/statusBar.ts';
import { watchFiles } from '../vscode/fileWatch.ts';
import { TextDocuments } from '../vscode/textDocuments.ts';
import { Announcements } from './announcements.ts';
import { ModelChoice } from './modelChoice.ts';
import { Faults } from './faults.ts';
import { keptWords, noFolderWords } from './folderNotes.ts';
import { followEditor } from './followEditor.ts';
import { panelState } from './panelState.ts';
import { doWish } from './panelWishes.ts';
import type { Session } from './session.ts';
import { IN_THIS_WINDOW } from './thisWindow.ts';
import { WindowSession, windowFolders } from './windowSession.ts';

/** Everything of one window: the views, and the session that is opened at the first need. */
export class Controller implements vscode.Disposable {
  readonly view: AgentView;
  readonly tree: AuditTree;
  readonly documents = new TextDocuments();
  readonly faults = new Faults();
  readonly #status = new StatusBar();
  readonly #marks = new PolicyMarks();
  readonly #assist = new PolicyAssist(
    {
      completions: async (text, offset) => (await import('./policyKnowledge.ts')).completionsAt(text, offset),
      hover: async (text, offset) => (await import('./policyKnowledge.ts')).hoverAt(text, offset),
      check: async (text, file) => (await import('./policyKnowledge.ts')).check(text, file),
      isPolicy: () => true,
    },
    this.#marks,
  );
  readonly #model: ModelChoice;
  readonly #announcements: Announcements;
  readonly #session: WindowSession;
  #looks = 0;
  #policies = vscode.Disposable.from();

  constructor(context: vscode.ExtensionContext) {
    this.#session = new WindowSession(context, {
      opened: (session) => {
        this.#opened(session);
      },
      failed: () => {
        this.view.changed();
      },
    });
    this.#model = new ModelChoice(context.secrets);
    this.view = new AgentView(
      context.extensionUri,
      () => this.#snapshot(),
      (message) => {
        this.#run(() => doWish(message, this));
      },
    );
    this.#announcements = new Announcements(this.view, (work) => {
      this.#run(work);
    });
    this.view.onFault = (error) => {
      this.faults.tell(error);
    };
    this.tree = new AuditTree({
      page: (filter, limit, before) =>
        this.faults.noting(async () => (await this.session()).log.page(filter, limit, before)),
      turns: (run, filter): Promise<TreeTurn[]> =>
        this.faults.noting(async () => (await this.session()).log.turns(run, filter)),
      // Other windows write the same log: coming back to the tree is the moment to see what they did.
      seen: () => {
        if (this.#session.isWanted) this.#run(async () => (await this.session()).refreshInterrupted());
      },
    });
  }

  /** Follows what changes around it. */
  follow(): vscode.Disposable[] {
    return followEditor({
      look: () => {
        // Nothing has been opened yet: whatever opens it first will look.
        if (this.#session.isWanted) this.#run(() => this.look());
      },
      reopen: () => {
        this.#run(() => this.#followFolders());
      },
      changed: () => {
        this.view.changed();
      },
    });
  }

  /** The session of this window. A failed opening is tried again at the next need, and its reason is shown. */
  session(): Promise<Session> {
    return this.#session.open();
  }

  /** Whether it was tried to open the session, however that went. */
  get hasTried(): boolean {
    return this.#session.isWanted || this.#session.problem !== undefined;
  }

  /** Starts a run with a task, or hands the text to the present run. What could not be sent goes back to the box. */
  async send(text: string, meant?: string): Promise<void> {
    try {
      await this.#send(text, meant);
    } catch (error) {
      this.view.say({ type: 'set-task', text });
      throw error;
    }
  }

  async #send(text: string, meant: string | undefined): Promise<void> {
    if (!vscode.workspace.isTrusted)
      throw new Failure('Runs start only in a trusted workspace. Use "Workspaces: Manage Workspace Trust".');
    const present = await this.session();
    if (present.engine.isWorking) return present.engine.say(text);
    // A run keeps the folders that it began with; a new one begins in those of now.
    const session = meant === undefined ? await this.#session.fresh() : present;
    if (session.folder === undefined) throw new Failure(noFolderWords(session.leftOut));
    await this.look();
    await session.send(text, await this.#model.model(session), meant);
  }

  /** `agreed`: to the question that came with it, and for which folder. */
  async resume(run: string, agreed?: Pick<Agreement, 'key' | 'named'>): Promise<void> {
    if (!vscode.workspace.isTrusted) throw new Failure('Runs go on only in a trusted workspace.');
    const session = await this.#session.forRun(run, agreed?.named);
    const agreement = agreed && { ...agreed, from: IN_THIS_WINDOW };
    await session.resume(run, await this.#model.model(session), agreement);
  }

  /** Looks whether folders that were left out are there by now. */
  async lookAtFolders(): Promise<void> {
    await this.#session.fresh();
    this.view.changed();
  }

  async stop(): Promise<void> {
    await (await this.session()).engine.stop('You stopped it.', { ...IN_THIS_WINDOW, by: 'person' });
  }

  async newRun(): Promise<void> {
    const { engine } = await this.session();
    if (engine.isWorking) throw new Failure('A run is active; stop it first.');
    engine.newRun();
    await this.#session.fresh();
    this.view.say({ type: 'focus-task' });
  }

  /** Looks at policy, sandbox and model anew, and shows what it found everywhere. */
  async look(again = false): Promise<void> {
    const mine = (this.#looks += 1);
    const session = await this.session();
    const { standing } = await session.look(again);
    // A slower, older look must not bring back marks of what was mended since.
    if (mine === this.#looks) this.#marks.show(standing.ok ? standing.policy.notes : standing.diagnostics);
    await this.#model.look(session, () => mine === this.#looks);
    if (mine !== this.#looks) return;
    this.view.changed();
  }

  /** Ends what runs and closes the log; VS Code waits a few seconds for it. */
  async close(): Promise<void> {
    await this.#session.close();
  }

  dispose(): void {
    for (const part of [
      this.#policies,
      this.view,
      this.tree,
      this.documents,
      this.faults,
      this.#status,
      this.#assist,
      this.#marks,
    ])
      part.dispose();
  }

  async #followFolders(): Promise<void> {
    const session = await this.#session.current();
    if ((await this.#session.follow()) === 'held')
      for (const words of keptWords(session?.named ?? [], windowFolders())) await session?.engine.note(words);
    this.view.changed();
    this.tree.refresh();
  }

  #opened(session: Session): void {
    for (const words of session.leftBehind) void vscode.window.showWarningMessage(words);
    // Somebody else may write them: git, another editor, a terminal, an administrator.
    this.#policies.dispose();
    this.#policies = watchFiles(session.policyFiles, () => {
      this.#run(() => this.look());
    });
    this.faults.mask = (text) => session.engine.redactor.text(text);
    session.engine.onBug = (error) => {
      this.faults.tell(error);
    };
    session.engine.onChange(() => {
      this.#announcements.announce(session.engine.view().approvals);
      this.view.changed();
    });
    session.onAppend(() => {
      this.tree.refresh();
    });
    // The status bar and the panel follow from here on.
    queueMicrotask(() => {
      this.#run(() => this.look());
      this.tree.refresh();
    });
  }

  async #snapshot(): Promise<PanelState> {
    const state = panelState(await this.#session.current(), this.#model.shown, this.#session.problem);
    this.#status.show(state);
    return state;
  }

  /** Runs something nobody waits for; what goes wrong is shown. */
  #run(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      this.view.changed();
      this.faults.tell(error);
    });
  }
}
