import { ApprovalDesk } from './core/approval/desk.ts';
import { AgentRun } from './core/agent/run.ts';
import type { Clock } from './core/agent/runClock.ts';
import { restored } from './core/agent/transcript.ts';
import type { AuditLog, AuditReader, RunStore } from './core/audit/port.ts';
import type { Checkpoints } from './core/checkpoint/port.ts';
import type { Model } from './core/models/port.ts';
import { SECRET_VARIABLE } from './core/policy/defaults.ts';
import { mergePolicies, type EffectivePolicy } from './core/policy/merge.ts';
import type { Diagnostic } from './core/policy/parse.ts';
import type { PolicySource } from './core/policy/port.ts';
import { stricterOf } from './core/policy/restrict.ts';
import { withRealPaths } from './core/policy/realRules.ts';
import { emptyScopeNotes, scopeOf } from './core/policy/scopeOf.ts';
import { Redactor, type Secret } from './core/redaction/redactor.ts';
import type { Sandbox } from './core/sandbox/port.ts';
import type { EditorBuffers, Files, VersionControl } from './core/scope/files.ts';
import type { Scope } from './core/scope/scope.ts';
import type { ToolContext } from './core/tools/tool.ts';
import type { Answer, Approval } from './shared/approval.ts';
import type { RunSummary } from './shared/auditEvent.ts';
import { canonicalJson } from './shared/json.ts';
import type { RunView } from './shared/runView.ts';

/** The ports that an engine works through. Entries and tests give real adapters; only the model may be scripted. */
export interface EngineParts {
  /** The workspace folders, real paths; the first is where runs work. */
  roots: string[];
  home: string;
  /** Oversign's own folders: denied to every tool. */
  own: readonly string[];
  policies: PolicySource;
  audit: AuditLog & AuditReader & RunStore;
  files(scope: () => Scope): Files;
  /** A path with every link resolved, as far as it exists. */
  realPath(path: string): Promise<string>;
  sandbox: Sandbox;
  checkpoints: Checkpoints;
  versionControl(scope: () => Scope): VersionControl;
  editor: EditorBuffers;
  /** The process environment: a source of values to mask, never passed on. */
  environment: Record<string, string | undefined>;
  clock: Clock;
  newId(): string;
  hash: (data: string | Uint8Array) => string;
  version: string;
  /** User and host, for a run's first event. */
  who: Record<string, string>;
}

/** The policy files do not hold together; no run starts, and a run that goes on ends. */
export class PolicyInvalid extends Error {
  override name = 'PolicyInvalid';
  readonly diagnostics: Diagnostic[];
  constructor(diagnostics: Diagnostic[]) {
    const first = diagnostics[0];
    super(
      first
        ? `The policy is invalid: ${first.file}:${first.line}:${first.column}: ${first.message}. Nothing runs until it is mended.`
        : 'The policy is invalid.',
    );
    this.diagnostics = diagnostics;
  }
}

/** One engine serves one workspace: at most one run at a time, its questions, and the way back to earlier runs. */
export class Engine {
  readonly desk = new ApprovalDesk();
  readonly redactor = new Redactor();
  readonly #parts: EngineParts;
  readonly #listeners = new Set<() => void>();
  #run: AgentRun | undefined;
  #starting: Promise<AgentRun> | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.desk.onChange(() => {
      this.#changed();
    });
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  view(): { run: RunView | undefined; approvals: Approval[] } {
    return { run: this.#run?.view(), approvals: this.desk.pending };
  }

  get isWorking(): boolean {
    return this.#starting !== undefined || (this.#run?.isWorking ?? false);
  }

  addSecret(secret: Secret): void {
    this.redactor.add(secret);
  }

  /** The policy in force now; throws `PolicyInvalid`. */
  async policy(): Promise<EffectivePolicy> {
    const loaded = await this.#parts.policies.load();
    if (!loaded.ok) throw new PolicyInvalid(loaded.diagnostics);
    const policy = mergePolicies(loaded.layers);
    return { ...policy, notes: [...policy.notes, ...emptyScopeNotes(policy, await this.#scopeOf(policy))] };
  }

  /** Starts a run with this task, or hands the text to the present one. Resolves when the work has ended. */
  async send(text: string, model: Model): Promise<void> {
    const fits = this.#run && (this.#run.isWorking || this.#run.view().model === model.label);
    // Two messages in quick succession are for one run; whoever stops it meanwhile stops it.
    if (!fits) this.#starting ??= this.#newRun(model);
    const run = await this.#started();
    run?.use(model);
    await run?.send(text);
  }

  /** Hands a message to the run that is at work; it keeps its model. */
  async say(text: string): Promise<void> {
    await (await this.#started())?.send(text);
  }

  /** Puts the present run aside, so that the next message starts a new one. */
  newRun(): void {
    if (this.isWorking) return;
    this.#run = undefined;
    this.#changed();
  }

  /** Goes on with a run of the log that was interrupted, stopped, or reached a limit. */
  async resume(run: string, model: Model): Promise<void> {
    if (this.isWorking) throw new Error('A run is active; stop it first.');
    this.#starting = this.#stored(run, model);
    await (await this.#started())?.resume();
  }

  async stop(reason: string): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#run?.stop(reason);
  }

  /** The process goes away: what waits is answered as interrupted, what runs is ended, and the run can be resumed. */
  async interrupt(reason: string): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#run?.interrupt(reason);
  }

  /** The present run, once whatever starts has started. */
  async #started(): Promise<AgentRun | undefined> {
    try {
      this.#run = (await this.#starting) ?? this.#run;
    } finally {
      this.#starting = undefined;
    }
    return this.#run;
  }

  async #stored(run: string, model: Model): Promise<AgentRun> {
    const stored = await this.#parts.audit.loadTranscript(run);
    if (stored === undefined) throw new Error(`There is no run ${run} to resume.`);
    const before = restored(stored);
    if (!before) throw new Error('This run cannot be resumed: its transcript is damaged.');
    // What it had read belongs to its folder, and so does what it would go on to do.
    if (before.folder !== this.#parts.roots[0])
      throw new Error(`This run belongs to ${before.folder}; resume it there.`);
    return this.#newRun(model, run, before);
  }

  answer(id: string, digest: string, answer: Answer): boolean {
    return this.desk.answer(id, digest, answer);
  }

  /** Marks what dead processes left open, and lists the runs of this workspace that wait to be resumed. */
  async interrupted(): Promise<RunSummary[]> {
    await this.#parts.audit.recover();
    const recent = await this.#parts.audit.runs(20);
    return recent.filter(
      (run) => run.state === 'interrupted' && run.run !== this.#run?.id && run.folder === this.#parts.roots[0],
    );
  }

  async #newRun(model: Model, id = this.#parts.newId(), before?: ReturnType<typeof restored>): Promise<AgentRun> {
    const { roots, audit, clock, version, who, hash } = this.#parts;
    const [folder] = roots;
    if (folder === undefined) throw new Error('There is no workspace folder.');
    const start = await this.policy();
    this.#maskVariables(start.redactedVariables); // before the task is shown, sent or recorded
    const context = this.#contextOf(id, folder, start, model.destination);
    return new AgentRun(
      {
        id,
        folder,
        folders: roots,
        model,
        audit,
        store: audit,
        desk: this.desk,
        redactor: this.redactor,
        clock,
        newId: () => this.#parts.newId(),
        context,
        facts: { version, policy: hash(canonicalJson({ ...start, notes: [] })) },
        who,
        onChange: () => {
          this.#changed();
        },
      },
      before,
    );
  }

  #contextOf(run: string, folder: string, start: EffectivePolicy, goesTo: string): () => Promise<ToolContext> {
    const { roots, home, own, sandbox, checkpoints, editor, hash } = this.#parts;
    let scope = scopeOf(start, roots, home, own); // no tool sees this one: the first context replaces it
    const files = this.#parts.files(() => scope);
    const versionControl = this.#parts.versionControl(() => scope);
    return async () => {
      const policy = stricterOf(start, await this.policy());
      scope = await this.#scopeOf(policy);
      this.#maskVariables(policy.redactedVariables);
      return {
        run,
        folder,
        files,
        scope,
        policy,
        sandbox,
        checkpoints,
        versionControl,
        editor,
        goesTo,
        redactor: this.redactor,
        hash,
      };
    };
  }

  async #scopeOf(policy: EffectivePolicy): Promise<Scope> {
    const { roots, home, own } = this.#parts;
    return scopeOf(
      await withRealPaths(policy, { roots, home }, (path) => this.#parts.realPath(path)),
      roots,
      home,
      own,
    );
  }

  #maskVariables(named: readonly string[]): void {
    for (const [name, value] of Object.entries(this.#parts.environment))
      if (value !== undefined && (named.includes(name) || SECRET_VARIABLE.test(name)))
        this.redactor.add({ name, value });
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
