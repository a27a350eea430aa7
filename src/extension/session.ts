import { composeEngine } from '../compose.ts';
import { cloudRule } from '../core/agent/cloudRule.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { Agreements, Meant } from '../core/engine/runDesk.ts';
import { PolicyInvalid } from '../core/policy/policyInvalid.ts';
import type { Image } from '../core/models/images.ts';
import type { Model } from '../core/models/port.ts';
import { mergePolicies, type EffectivePolicy } from '../core/policy/merge.ts';
import type { SandboxStatus } from '../core/sandbox/port.ts';
import { commandsProblem, policyRefusal } from '../core/tools/confinement.ts';
import { limitsOf } from '../core/tools/runner.ts';
import { nodeParts, type NodeOptions, type NodeParts } from '../node/engineParts.ts';
import { chooseModel, type ChosenModel, type ModelChoice } from '../node/models/chooseModel.ts';
import { findModels, type Looking, type ModelSource } from '../node/models/findModels.ts';
import { Elsewhere } from './elsewhere.ts';
import { ExposureDesk } from './exposureDesk.ts';
import { LogDesk } from './logDesk.ts';
import { NamedFiles } from './namedFiles.ts';
import { IN_THIS_WINDOW } from './thisWindow.ts';
import { earlierLine, earlierOf } from './earlierLines.ts';
import { PolicyLab } from './policyLab.ts';
import { checklistHere } from './checklistDesk.ts';
import { ReplayDesk } from './replayDesk.ts';
import { ReviewDesk } from './reviewDesk.ts';
import { policyWords, sandboxWords, shownPrivacy, wayWords, type PolicyStanding } from './standing.ts';
import { withPolicy, workspacePolicy } from '../node/policy/policyFiles.ts';
import type { Place } from './workplace.ts';
import { folderLabels } from '../shared/folderLabels.ts';
import type { AuditRecord, RunSummary } from '../shared/auditEvent.ts';
import type { CheckItem } from '../shared/checklist.ts';
import type { RunOffer } from '../core/engine/storedRuns.ts';
import type { EditorModels } from '../shared/editorModels.ts';
import type { FoundSource } from '../shared/foundModels.ts';
import type { PanelState } from '../shared/runView.ts';

/** So many earlier runs stand in an empty panel. */
const MOST_EARLIER = 5;

/** What a look found. */
interface Looked {
  standing: PolicyStanding;
  /** Folders that have a policy of their own. */
  bounding: ReadonlySet<string>;
  sandbox: SandboxStatus;
}

/**
 * The engine of one window and everything it loads: opened at the first need, never at activation. Here the
 * editor's side meets the core; it decides nothing.
 */
export class Session implements AsyncDisposable {
  readonly engine: Engine;
  readonly lab: PolicyLab;
  readonly log: LogDesk;
  readonly exposure: ExposureDesk;
  readonly elsewhere: Elsewhere;
  readonly review: ReviewDesk;
  readonly replay: ReplayDesk;
  readonly namedFiles: NamedFiles;
  /** What commands left that were broken off, as it was found at the start. */
  leftBehind: readonly string[] = [];
  /** The folders as the window named them. */
  readonly named: readonly string[];
  readonly #node: NodeParts;
  readonly #editorModels: EditorModels | undefined;
  #interrupted: RunOffer[] = [];
  #earlier: RunSummary[] = [];
  #looks = 0;
  #looked: Looked | undefined;
  #model: ChosenModel | undefined;
  #modelKey = '';

  private constructor(node: NodeParts, named: readonly string[], editorModels: EditorModels | undefined) {
    this.#node = node;
    this.#editorModels = editorModels;
    this.named = named;
    this.engine = composeEngine(node.parts);
    this.lab = new PolicyLab(this.engine, node);
    this.log = new LogDesk(node);
    this.exposure = new ExposureDesk(node, this.engine);
    this.namedFiles = new NamedFiles(this.engine, node);
    this.review = new ReviewDesk(this.engine);
    this.replay = new ReplayDesk(node);
    this.elsewhere = new Elsewhere(this.engine, node.parts.roots);
  }

  static async open({ editorModels, ...options }: NodeOptions & { editorModels?: EditorModels }): Promise<Session> {
    const session = new Session(await nodeParts({ ...options, mayHaveNone: true }), options.folders, editorModels);
    try {
      await session.refreshInterrupted();
      session.leftBehind = await session.engine.finishBrokenOff();
      return session;
    } catch (error) {
      await session[Symbol.asyncDispose]();
      throw error;
    }
  }

  get folder(): string | undefined {
    return this.#node.parts.roots[0];
  }

  /** The folders that it works in, as they really are. */
  get roots(): readonly string[] {
    return this.#node.parts.roots;
  }

  /** The window's folders that it does not work in, with why. */
  get leftOut(): NodeParts['leftOut'] {
    return this.#node.leftOut;
  }

  /** Whether it would work in others of the folders that were named, were it opened now. */
  async isOutdated(): Promise<boolean> {
    const { roots, leftOut } = await this.#node.foldersNow();
    return JSON.stringify([roots, leftOut]) !== JSON.stringify([this.roots, this.leftOut]);
  }

  /** Folders as the window names them. */
  spelled(roots: readonly string[]): string[] {
    return roots.map((root) => this.#node.spelled.find(({ real }) => real === root)?.spelled ?? root);
  }

  /** Whether its run, which keeps the folders that it began with, works or can go on as it is. */
  get isHeld(): boolean {
    const state = this.engine.view().run?.state;
    return this.engine.isWorking || (state !== undefined && state !== 'interrupted');
  }

  /** The security checklist, as things stand now. */
  checklist(isTrusted: boolean): Promise<CheckItem[]> {
    return checklistHere(this.engine, this.#node, {
      ...{ sandbox: this.#looked?.sandbox, isTrusted, verified: this.log.verified },
    });
  }

  get userPolicy(): string {
    return this.#node.userPolicy;
  }

  /** Where the policy of a folder stands, or would. */
  policyOf(folder: string): string {
    return workspacePolicy(folder);
  }

  /** The folders that it works in, as the panel tells of them. */
  places(): Place[] {
    const labels = folderLabels(this.roots, this.#node.parts.rootNames);
    return this.roots.map((path) => ({
      ...{ label: labels.get(path) ?? path, path, named: this.spelled([path])[0] ?? path },
      bounds: this.#looked?.bounding.has(path) === true,
    }));
  }

  /** Every policy file that may bind, in the workspace and elsewhere, there or not. */
  get policyFiles(): string[] {
    return this.#node.policyFiles();
  }

  /** Whether it is one of them, or one that was named by what is wrong with the policy. */
  isPolicyFile(file: string): boolean {
    const { standing } = this.#looked ?? {};
    const named = standing?.ok === true ? standing.policy.notes : (standing?.diagnostics ?? []);
    return this.policyFiles.includes(file) || named.some((one) => one.file === file);
  }

  /** Changes whenever anybody writes to the log, another window too (SQLite's journal). */
  get logFile(): string {
    return `${this.#node.audit.file}-wal`;
  }

  onAppend(listener: () => void): () => void {
    return this.#node.audit.onAppend(listener);
  }

  runs(): Promise<RunSummary[]> {
    return this.#node.audit.runs(50);
  }

  /** Earlier runs of this folder, pinned ones first, then the last `most`. */
  async earlier(most: number): Promise<RunSummary[]> {
    return this.folder === undefined ? [] : earlierOf(await this.#node.audit.runsIn(this.folder, most));
  }

  /** Earlier runs that can go on here. */
  async resumable(): Promise<RunOffer[]> {
    const runs = await this.runs();
    return this.engine.resumable(runs.filter(({ state }) => state !== 'active' && state !== 'finished'));
  }

  /** What the log has of a run; of long texts a part. */
  events(run: string, most: number): Promise<AuditRecord[]> {
    return this.#node.audit.events(run, most);
  }

  async refreshInterrupted(): Promise<void> {
    this.#interrupted = await this.engine.interrupted();
    this.#earlier = await this.earlier(MOST_EARLIER + 1); // the one at work is none of them
    await this.elsewhere.refresh();
  }

  /** A person wants to be offered an interrupted run no more, in no window. */
  async dismiss(run: string): Promise<void> {
    const before = this.#interrupted;
    this.#interrupted = before.filter((one) => one.run !== run);
    try {
      await this.engine.dismiss(run, IN_THIS_WINDOW);
    } catch (error) {
      this.#interrupted = before; // what could not be recorded would come back: it is not shown as done
      throw error;
    }
  }

  /** Looks at the policy files and the sandbox as they are now; `again` forgets what was known of the sandbox. */
  async look(again = false): Promise<Looked> {
    const mine = (this.#looks += 1);
    if (again) {
      this.#node.sandbox.forget();
      this.#modelKey = ''; // the demo's story depends on what runs in the sandbox
    }
    const looked = await this.#lookNow();
    // A slower, older look must not bring back what was so before.
    if (mine === this.#looks) this.#looked = looked;
    return looked;
  }

  async #lookNow(): Promise<Looked> {
    const bounding = withPolicy(this.roots);
    try {
      const policy = await this.engine.policy();
      await this.engine.notePolicy(policy);
      const status = await this.#node.sandbox.chosen(policy.backend.value).status(limitsOf(policy));
      if (policyRefusal(policy) === undefined) await this.engine.noteSandbox(status);
      const problem = await commandsProblem(policy, this.#node.parts);
      const sandbox: SandboxStatus =
        status.works && problem !== undefined ? { works: false, cause: `No commands: ${problem}.`, fix: '' } : status;
      return { standing: { ok: true, policy }, sandbox, bounding };
    } catch (error) {
      if (!(error instanceof PolicyInvalid)) throw error;
      // The sandbox is what it is, whatever the policy says.
      const sandbox = await this.#node.sandbox.chosen('auto').status(limitsOf(mergePolicies([])));
      return { standing: { ok: false, words: error.message, diagnostics: error.diagnostics }, sandbox, bounding };
    }
  }

  /** The chosen model; made anew only when the choice has changed. */
  async model(choice: ModelChoice): Promise<ChosenModel> {
    const policy = await this.#choosingUnder();
    const key = JSON.stringify([choice, policy]);
    if (this.#model && this.#modelKey === key) return this.#model;
    if (choice.apiKey !== '') this.engine.addSecret({ name: 'API_KEY', value: choice.apiKey });
    this.#model = await chooseModel(choice, {
      folder: this.folder ?? '/',
      sandbox: this.#node.sandbox.chosen('auto'),
      policy,
      editorModels: this.#editorModels,
    });
    // What is missing may be there the next time: models of the editor come late, files are mended.
    this.#modelKey = this.#model.ok ? key : '';
    return this.#model;
  }

  /** What models there are to choose from, as far as the policy lets them be asked for. */
  async *findModels(
    sources: readonly ModelSource[],
    { wayOut, signal }: Pick<Looking, 'wayOut' | 'signal'>,
  ): AsyncIterable<FoundSource> {
    for (const { apiKey } of sources) if (apiKey !== '') this.engine.addSecret({ name: 'API_KEY', value: apiKey });
    const permit = this.#node.evidence.permit({
      purpose: 'models',
      rules: [cloudRule(() => this.engine.policy())],
      contentOf: () => [],
    });
    const policy = await this.#choosingUnder();
    const looking = { policy, wayOut, permit, editorModels: this.#editorModels, signal };
    for await (const source of findModels(sources, looking)) {
      const { problem } = source;
      yield { ...source, ...(problem !== undefined && { problem: this.engine.redactor.text(problem) }) };
    }
  }

  /** A policy that cannot be read names nobody; what it keeps from happening says so itself. */
  async #choosingUnder(): Promise<Pick<EffectivePolicy, 'nearbyHosts' | 'privacy'>> {
    const of = ({ nearbyHosts, privacy }: EffectivePolicy) => ({ nearbyHosts, privacy });
    try {
      return of(await this.engine.policy());
    } catch (error) {
      if (!(error instanceof PolicyInvalid)) throw error;
      return of(mergePolicies([]));
    }
  }

  /** `meant`: the run that it must go on with. */
  async send(text: string, model: Model, meant?: Meant, images?: readonly Image[]): Promise<void> {
    await this.engine.send(text, model, meant, images);
    await this.refreshInterrupted().catch(() => undefined); // the run was heard; a closing window is no failure of it
  }

  async fork(...fork: Parameters<Engine['fork']>): Promise<void> {
    await this.engine.fork(...fork);
    await this.refreshInterrupted().catch(() => undefined);
  }

  async resume(run: string, model: Model, agreed?: Agreements): Promise<void> {
    const before = this.#interrupted;
    this.#interrupted = before.filter((one) => one.run !== run);
    try {
      await this.engine.resume(run, model, agreed);
    } catch (error) {
      this.#interrupted = before;
      throw error;
    }
    await this.refreshInterrupted().catch(() => undefined);
  }

  /** Goes on here with a run that is at work elsewhere, to its end. */
  async takeOver(run: string, model: Model, agreed?: Agreements): Promise<void> {
    await this.engine.takeOver(run, model, agreed);
    await this.refreshInterrupted().catch(() => undefined);
  }

  /** What the panel shows of run, questions, sandbox and policy; the window adds trust and model. */
  panel(): Omit<PanelState, 'trusted' | 'model' | 'attended' | 'enterSends'> {
    const { run, approvals, questions, limit, way } = this.engine.view();
    const { standing, sandbox } = this.#looked ?? {};
    const privacy = shownPrivacy(standing);
    return {
      ...(this.folder !== undefined && { folder: this.folder }),
      ...(run && { run }),
      approvals,
      ...(questions.length > 0 && { questions }),
      ...(limit && { limit }),
      ...this.elsewhere.panel(),
      interrupted: this.#interrupted.map(({ run: id, task, reason, question }) => ({
        ...{ run: id, task, reason },
        ...(question && { question }),
      })),
      ...(this.#earlier.length > 0 && { earlier: this.#earlier.slice(0, MOST_EARLIER).map(earlierLine) }),
      sandbox: sandboxWords(sandbox, standing?.ok === true && !standing.policy.sandbox.value),
      policy: policyWords(standing),
      ...(privacy && { privacy }),
      way: wayWords(standing, run, way),
      ...(this.review.shown && { review: this.review.shown }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.end('The window has done with it.');
  }

  /** Interrupts what runs, for this reason, and closes the log. */
  async end(reason: string): Promise<void> {
    this.exposure.dispose();
    await this.engine.interrupt(reason);
    await this.#node.sandbox.close();
    await this.#node.outputs.close();
    await this.#node.evidence[Symbol.asyncDispose]();
  }
}
