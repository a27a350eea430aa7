import * as vscode from 'vscode';
import { Cancelled, Failure } from '../core/outcome.ts';
import type { PanelState } from '../shared/runView.ts';
import { AgentView } from '../vscode/agentView.ts';
import type { TreeTurn } from '../shared/treeAction.ts';
import { AuditTree } from '../vscode/auditTree.ts';
import { ExposureTree } from '../vscode/exposureTree.ts';
import { ChecklistView } from '../vscode/checklistView.ts';
import { PolicyAssist } from '../vscode/policyAssist.ts';
import { ContextKeys } from '../vscode/contextKeys.ts';
import { PolicyMarks, type Mark } from '../vscode/policyMarks.ts';
import type { WindowLog } from '../vscode/windowLog.ts';
import { StatusBar } from '../vscode/statusBar.ts';
import { TextDocuments } from '../vscode/textDocuments.ts';
import { Attention } from './attention.ts';
import { DiffAnswers } from './diffAnswers.ts';
import { exposureSource } from './exposureSource.ts';
import { ModelChoice } from './modelChoice.ts';
import { Faults } from './faults.ts';
import { logState } from './logState.ts';
import { keptWords, sameFolders } from './folderNotes.ts';
import { followEditor } from './followEditor.ts';
import { OtherRuns } from './otherRuns.ts';
import { Outside } from './outside.ts';
import { panelState } from './panelState.ts';
import { doWish } from './panelWishes.ts';
import type { Sending } from './sending.ts';
import { sendTask } from './sendTask.ts';
import type { Session } from './session.ts';
import { IN_THIS_WINDOW } from './thisWindow.ts';
import { WindowSession, windowNames } from './windowSession.ts';
import { unopenedPlaces, type Place } from './workplace.ts';

/** How often it is looked what other windows and terminals are at work on, while the panel is in sight. */
const ELSEWHERE_EVERY_MS = 3000;

const NO_IMAGES = { words: '', images: [] };

/** Everything of one window: the views, and the session that is opened at the first need. */
export class Controller implements vscode.Disposable {
  readonly view: AgentView;
  readonly tree: AuditTree;
  readonly exposure = new ExposureTree(exposureSource(this));
  readonly checklist: ChecklistView;
  readonly documents = new TextDocuments();
  readonly diffs = new DiffAnswers(this.documents, async ({ id, digest }, answer) => {
    (await this.session()).engine.answer(id, digest, answer, IN_THIS_WINDOW);
    this.view.changed();
  });
  readonly faults = new Faults();
  readonly #status = new StatusBar();
  readonly #keys = new ContextKeys();
  readonly #marks = new PolicyMarks();
  /** What the workspace tried to set and may not. */
  #tried: readonly Mark[] = [];
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
  /** Runs that are not the one under way here. */
  readonly others: OtherRuns;
  readonly #secrets: vscode.SecretStorage;
  readonly #attention: Attention;
  readonly #session: WindowSession;
  #looks = 0;
  #elsewhere: NodeJS.Timeout | undefined;
  readonly #outside = new Outside({
    look: () => {
      this.#run(() => this.look());
    },
    logged: () => {
      this.#run(() => this.#logged());
    },
  });

  constructor(context: vscode.ExtensionContext) {
    this.#session = new WindowSession(context, {
      opened: (session) => {
        this.#opened(session);
      },
      failed: () => {
        this.view.changed();
      },
    });
    this.#secrets = context.secrets;
    this.#model = new ModelChoice(context.secrets);
    this.view = new AgentView(
      context.extensionUri,
      () => this.#snapshot(),
      (message) => {
        this.#run(() => doWish(message, this));
      },
    );
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
    this.checklist = new ChecklistView(() =>
      this.faults.noting(async () => (await this.session()).checklist(vscode.workspace.isTrusted)),
    );
    const { view, tree, documents, diffs } = this;
    this.#attention = new Attention({ view, tree, documents, diffs });
    this.others = new OtherRuns({ view, session: this.#session, model: this.#model, look: () => this.look() });
  }

  /** Follows what changes around it. */
  follow(): vscode.Disposable[] {
    return followEditor(this.#secrets, {
      look: () => {
        // Nothing has been opened yet: whatever opens it first will look.
        if (this.#session.isWanted) this.#run(() => this.look());
        else this.#model.chosenAnew();
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

  /** Whether a question waits for somebody. */
  get isAsking(): boolean {
    return this.#attention.isAsking;
  }

  get log(): WindowLog {
    return this.faults.log;
  }

  /** Whether it was tried to open the session, however that went. */
  get hasTried(): boolean {
    return this.#session.isWanted || this.#session.problem !== undefined;
  }

  /** The folders that a task would work in. */
  async places(): Promise<readonly Place[]> {
    const session = await this.#session.current();
    return session?.isHeld === true || (session && sameFolders(session.named, this.#session.folders))
      ? session.places()
      : unopenedPlaces(this.#session.folders, windowNames());
  }

  get destination(): string {
    return this.#model.shown.destination;
  }

  /** Starts a run with a task, or hands the text to the present run. What could not be sent goes back to the box. */
  async send({ text, sending, images: pasted = [], ...to }: Sending): Promise<void> {
    try {
      const { words, images } =
        pasted.length === 0 ? NO_IMAGES : (await import('./pastedImages.ts')).pastedImages(pasted);
      await sendTask(`${text}${words}`, to, images, {
        others: this.others,
        session: () => this.session(),
        fresh: () => this.#session.fresh(),
        look: () => this.look(),
        model: (session) => this.#model.model(session),
      });
    } catch (error) {
      this.view.say(sending === undefined ? { type: 'set-task', text } : { type: 'unsent', sending, text });
      if (!(error instanceof Cancelled)) throw error; // whoever said no knows
    }
  }

  async showRuns(): Promise<void> {
    await (await import('./earlierRuns.ts')).showRuns(this);
  }

  /** Looks whether folders that were left out are there by now. */
  async lookAtFolders(): Promise<void> {
    await this.#session.fresh();
    this.view.changed();
  }

  /** Lets a person say which of the window's folders the next run works in. */
  async chooseFolders(): Promise<void> {
    const chosen = await (await import('./chooseFolders.ts')).askWhichFolders(this.#session.folders);
    if (chosen === undefined) return;
    this.#session.choose(chosen);
    await this.#followFolders();
  }

  async chooseModel(): Promise<void> {
    await this.#model.choose(this.session());
    await this.look();
  }

  /** Asked anew: what was looked at last may be older than what was just written. */
  async modelProblem(): Promise<string | undefined> {
    try {
      await this.#model.model(await this.session());
      return undefined;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return error.message;
    }
  }

  async setKey(): Promise<void> {
    await this.#model.setKey(this.session());
    await this.look();
  }

  async stop(): Promise<void> {
    await (await this.session()).engine.stop('You stopped it.', { ...IN_THIS_WINDOW, by: 'person' });
  }

  async newRun(): Promise<void> {
    const { engine } = await this.session();
    if (engine.isWorking) throw new Failure('A run is active. Stop it first, or wait until it ends.');
    engine.newRun();
    await this.#session.fresh();
    this.view.say({ type: 'focus-task' });
  }

  /** Looks at policy, sandbox and model anew, and shows what it found everywhere. */
  async look(again = false): Promise<void> {
    const mine = (this.#looks += 1);
    const session = await this.session();
    const { standing, sandbox } = await session.look(again);
    const tried = await (await import('./workspaceSettings.ts')).workspaceSettings();
    // A slower, older look must not bring back marks of what was mended since.
    if (mine === this.#looks) {
      this.#tried = tried;
      this.#marks.show([...(standing.ok ? standing.policy.notes : standing.diagnostics), ...tried]);
    }
    await this.#model.look(session, () => mine === this.#looks);
    if (mine !== this.#looks) return;
    this.#outside.follow(session, !sandbox.works && this.view.isVisible);
    this.view.changed();
    this.exposure.refresh();
  }

  /** The log was written, by this window or another one: what is shown of it may be another thing by now. */
  async #logged(): Promise<void> {
    this.tree.refresh();
    this.exposure.refresh();
    const session = await this.#session.current();
    if (!session || session.engine.isWorking) return;
    await session.engine.catchUp();
    await session.refreshInterrupted();
    this.view.changed();
  }

  /** Ends what runs and closes the log; VS Code waits a few seconds for it. */
  async close(): Promise<void> {
    await this.#session.close();
  }

  dispose(): void {
    clearInterval(this.#elsewhere);
    for (const part of [
      this.#outside,
      this.view,
      this.tree,
      this.exposure,
      this.checklist,
      this.diffs,
      this.documents,
      this.faults,
      this.#status,
      this.#attention,
      this.#assist,
      this.#marks,
    ])
      part.dispose();
  }

  async #followFolders(): Promise<void> {
    const session = await this.#session.current();
    if ((await this.#session.follow()) === 'held')
      for (const words of keptWords(session?.named ?? [], this.#session.folders)) await session?.engine.note(words);
    this.view.changed();
    this.tree.refresh();
    this.exposure.refresh();
  }

  #opened(session: Session): void {
    for (const words of session.leftBehind) void vscode.window.showWarningMessage(words);
    this.#outside.follow(session, false);
    clearInterval(this.#elsewhere);
    this.#elsewhere = setInterval(() => {
      if (this.view.isVisible) this.others.lookElsewhere(session).catch(() => undefined); // said by whatever needs the log
    }, ELSEWHERE_EVERY_MS);
    this.#elsewhere.unref();
    this.faults.mask = (text) => session.engine.redactor.text(text);
    session.engine.onBug = (error) => {
      this.faults.tell(error);
    };
    session.engine.onChange(() => {
      this.view.changed();
      this.#run(() => session.review.follow());
    });
    session.review.onChange = () => {
      this.view.changed();
    };
    session.onAppend(() => {
      this.tree.refresh();
      this.exposure.refresh();
    });
    // The status bar and the panel follow from here on.
    queueMicrotask(() => {
      this.#run(() => this.look());
      this.tree.refresh();
    });
  }

  /** How this window stands. */
  async state(): Promise<PanelState> {
    return panelState(
      await this.#session.current(),
      this.#model.shown,
      this.#session.problem,
      this.#session.folders,
      this.#tried,
    );
  }

  async #snapshot(): Promise<PanelState> {
    const state = await this.state();
    this.#status.show(state);
    this.#attention.show(state);
    this.#keys.show(state);
    logState(this.faults.log, state);
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
