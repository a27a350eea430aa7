import * as vscode from 'vscode';
import { Failure } from '../core/outcome.ts';
import type { PanelWish } from '../shared/protocol.ts';
import type { PanelState } from '../shared/runView.ts';
import { AgentView } from '../vscode/agentView.ts';
import { AuditTree, type TreeTurn } from '../vscode/auditTree.ts';
import { EditorWitness } from '../vscode/editorWitness.ts';
import { openPolicyFile } from '../vscode/policyFile.ts';
import { PolicyAssist } from '../vscode/policyAssist.ts';
import { PolicyMarks } from '../vscode/policyMarks.ts';
import { chooseModel } from '../vscode/settings.ts';
import { StatusBar } from '../vscode/statusBar.ts';
import { watchFiles } from '../vscode/fileWatch.ts';
import { TextDocuments } from '../vscode/textDocuments.ts';
import { Announcements } from './announcements.ts';
import { ModelChoice } from './modelChoice.ts';
import { allowAlways } from './policyCommands.ts';
import { Faults } from './faults.ts';
import type { Session } from './session.ts';
import { IN_THIS_WINDOW } from './thisWindow.ts';

/** Everything of one window: the views, and the session that is opened at the first need. */
export class Controller implements vscode.Disposable {
  readonly view: AgentView;
  readonly tree: AuditTree;
  readonly #context: vscode.ExtensionContext;
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
  #session: Promise<Session> | undefined;
  #problem: string | undefined;
  #looks = 0;
  #policies = vscode.Disposable.from();

  constructor(context: vscode.ExtensionContext) {
    this.#context = context;
    this.#model = new ModelChoice(context.secrets);
    this.view = new AgentView(
      context.extensionUri,
      () => this.#snapshot(),
      (message) => {
        this.#run(() => this.#onMessage(message));
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
        if (this.#session) this.#run(async () => (await this.session()).refreshInterrupted());
      },
    });
  }

  /** Follows what changes around it: trust, settings, policy files, workspace folders. */
  follow(): vscode.Disposable[] {
    const look = (): void => {
      // Nothing has been opened yet: whatever opens it first will look.
      if (this.#session) this.#run(() => this.look());
    };
    return [
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.view.changed();
      }),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('oversign')) look();
      }),
      vscode.workspace.onDidSaveTextDocument((document) => {
        if (document.fileName.endsWith('policy.yaml')) look();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.#run(() => this.#reopen());
      }),
    ];
  }

  /** The session of this window. A failed opening is tried again at the next need, and its reason is shown. */
  session(): Promise<Session> {
    this.#session ??= this.#open().catch((error: unknown) => {
      this.#session = undefined;
      this.#problem = error instanceof Error ? error.message : String(error);
      this.view.changed();
      throw error;
    });
    return this.#session;
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
    const session = await this.session();
    if (session.engine.isWorking) return session.engine.say(text);
    if (session.folder === undefined)
      throw new Failure('Open a folder first: the agent works inside workspace folders only.');
    await this.look();
    await session.send(text, await this.#model.model(session), meant);
  }

  async resume(run: string): Promise<void> {
    if (!vscode.workspace.isTrusted) throw new Failure('Runs go on only in a trusted workspace.');
    const session = await this.session();
    await session.resume(run, await this.#model.model(session));
  }

  async stop(): Promise<void> {
    await (await this.session()).engine.stop('You stopped it.', { ...IN_THIS_WINDOW, by: 'person' });
  }

  async newRun(): Promise<void> {
    const { engine } = await this.session();
    if (engine.isWorking) throw new Failure('A run is active; stop it first.');
    engine.newRun();
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
    const session = await this.#session?.catch(() => undefined);
    await session?.[Symbol.asyncDispose]();
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

  /** A session is for one set of folders: another set is another session, and a run in the old one is interrupted. */
  async #reopen(): Promise<void> {
    await this.close();
    this.#session = undefined;
    this.#problem = undefined;
    await this.session();
    this.view.changed();
    this.tree.refresh();
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
      witnesses: [new EditorWitness(this.#context.globalState)],
      editor: {
        isUnsaved: (path) =>
          vscode.workspace.textDocuments.some(
            (document) => document.isDirty && document.uri.scheme === 'file' && document.uri.fsPath === path,
          ),
      },
    });
    this.#problem = undefined;
    for (const words of session.leftBehind) void vscode.window.showWarningMessage(words);
    this.faults.mask = (text) => session.engine.redactor.text(text);
    session.engine.onBug = (error) => {
      this.faults.tell(error);
    };
    session.engine.onChange(() => {
      this.#announcements.announce(session.engine.view().approvals);
      this.view.changed();
    });
    // Somebody else may write them: git, another editor, a terminal, an administrator.
    this.#policies.dispose();
    this.#policies = watchFiles(session.policyFiles, () => {
      this.#run(() => this.look());
    });
    session.onAppend(() => {
      this.tree.refresh();
    });
    // The status bar and the panel follow from here on.
    queueMicrotask(() => {
      this.#run(() => this.look());
      this.tree.refresh();
    });
    return session;
  }

  async #snapshot(): Promise<PanelState> {
    const trusted = vscode.workspace.isTrusted;
    const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
    const nothing = {
      approvals: [],
      interrupted: [],
      sandbox: { state: 'unknown' as const, text: 'The sandbox has not been looked at yet.' },
      policy: { state: 'unknown' as const, notes: [], asksLess: false },
    };
    // Only looks: opening, and trying again, is for whoever wants something done.
    const session = await this.#session?.catch(() => undefined);
    const state: PanelState = session
      ? { trusted, model: this.#model.shown, ...session.panel() }
      : {
          trusted,
          ...(folder && { folder: folder.uri.fsPath }),
          model: { ...this.#model.shown, ...(this.#problem !== undefined && { problem: this.#problem }) },
          ...nothing,
        };
    this.#status.show(state);
    return state;
  }

  async #onMessage(message: PanelWish): Promise<void> {
    if (message.type === 'choose-model') {
      await chooseModel();
      await this.look();
      return;
    }
    if (message.type === 'check-sandbox') {
      await this.look(true);
      return;
    }
    // A panel that was just opened shows what there is; a failure is shown by it and not tried again by itself.
    if (message.type === 'ready' && (this.#session !== undefined || this.#problem !== undefined)) return;
    const session = await this.session();
    switch (message.type) {
      case 'ready':
        return;
      case 'send':
        await this.send(message.text, message.run);
        return;
      case 'new-run':
        await this.newRun();
        return;
      case 'stop':
        await this.stop();
        return;
      case 'resume':
        await this.resume(message.run);
        return;
      case 'dismiss':
        session.dismiss(message.run);
        this.view.changed();
        return;
      case 'answer':
        session.engine.answer(message.approval, message.digest, message.answer, IN_THIS_WINDOW);
        this.view.changed();
        return;
      case 'always':
        await allowAlways(this, message.approval, message.digest);
        return;
      case 'revoke-grant':
        await session.engine.revokeGrant(message.grant);
        return;
      case 'open-diff': {
        const preview = session.engine.desk.preview(message.approval);
        if (preview) await this.documents.showDiff(message.approval, preview.path, preview.before, preview.after);
        return;
      }
      case 'open-policy':
        await openPolicyFile(session.userPolicy);
        return;
    }
  }

  /** Runs something nobody waits for; what goes wrong is shown. */
  #run(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      this.view.changed();
      this.faults.tell(error);
    });
  }
}
