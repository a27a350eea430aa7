import { ApprovalDesk } from './core/approval/desk.ts';
import { AgentRun } from './core/agent/run.ts';
import type { Clock } from './core/agent/runClock.ts';
import { isReadable, readRun, type Saved } from './core/agent/storedRun.ts';
import type { AuditLog, AuditReader, RunStore } from './core/audit/port.ts';
import type { Checkpoints } from './core/checkpoint/port.ts';
import type { Model } from './core/models/port.ts';
import type { AuditPolicy } from './core/policy/auditKeys.ts';
import { SECRET_VARIABLE } from './core/policy/defaults.ts';
import { mergePolicies, type EffectivePolicy } from './core/policy/merge.ts';
import { PolicyInvalid } from './core/policy/policyInvalid.ts';
import type { PolicySource } from './core/policy/port.ts';
import { stricterOf } from './core/policy/restrict.ts';
import { withRealPaths } from './core/policy/realRules.ts';
import { emptyScopeNotes, scopeOf } from './core/policy/scopeOf.ts';
import { Rulebook } from './core/policy/rules.ts';
import { ScriptWatch } from './core/flow/scriptWatch.ts';
import {
  acceptable,
  policyDigest,
  PolicyRecord,
  type AcceptanceOffer,
  type AcceptanceStore,
} from './core/lab/policyRecord.ts';
import { tryCall, type Trial } from './core/lab/tryCall.ts';
import { Redactor, type Secret } from './core/redaction/redactor.ts';
import type { Sandbox, SandboxStatus } from './core/sandbox/port.ts';
import type { EditorBuffers, Files, VersionControl } from './core/scope/files.ts';
import type { Scope } from './core/scope/scope.ts';
import type { CallParts } from './core/tools/callRun.ts';
import { builtInTools } from './core/tools/table.ts';
import { toolboxOf } from './core/tools/toolbox.ts';
import type { TextSearch } from './core/tools/textSearch.ts';
import type { AnsweredBy } from './shared/answered.ts';
import type { Answer, Approval } from './shared/approval.ts';
import type { RunSummary } from './shared/auditEvent.ts';
import type { Flags } from './shared/flow.ts';
import { SANDBOX_EVENTS } from './shared/noRun.ts';
import type { RunView } from './shared/runView.ts';

const BUILT_IN = { layer: 'built-in' } as const;

/** The ports that an engine works through. Entries and tests give real adapters; only the model may be scripted. */
export interface EngineParts {
  /** The workspace folders, real paths; the first is where runs work. */
  roots: string[];
  home: string;
  /** Oversign's own folders: denied to every tool. */
  own: readonly string[];
  policies: PolicySource;
  audit: AuditLog & AuditReader & RunStore;
  /** What keeps evidence outside the log does what the policy in force says. */
  keepEvidence(policy: AuditPolicy): void;
  files(scope: () => Scope): Files;
  /** Paths in the workspace that the person's git runs, includes or trusts: protected like its hooks. */
  laterPaths(): Promise<readonly string[]>;
  textSearch: TextSearch;
  /** A path with every link resolved, as far as it exists. */
  realPaths(): (path: string) => Promise<string>;
  sandbox: Sandbox;
  /** Commands without any sandbox, for policies that want that. */
  outside: Sandbox;
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

/** One engine serves one workspace: at most one run at a time, its questions, and the way back to earlier runs. */
export class Engine {
  readonly desk = new ApprovalDesk();
  readonly redactor = new Redactor();
  readonly #parts: EngineParts;
  readonly #listeners = new Set<() => void>();
  #run: AgentRun | undefined;
  #starting: Promise<AgentRun> | undefined;
  readonly #record: PolicyRecord;
  #sandboxSeen = '';

  constructor(parts: EngineParts) {
    this.#parts = parts;
    const { audit, hash, roots } = parts;
    this.#record = new PolicyRecord({ audit, hash, folder: roots[0] ?? '' });
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
    const policy = mergePolicies(loaded.layers, this.#parts.roots.length);
    return {
      ...policy,
      notes: [...loaded.notes, ...policy.notes, ...emptyScopeNotes(policy, await this.#scopeOf(policy))],
    };
  }

  /** What a command's cage is drawn from now. */
  async profile(): Promise<{ policy: EffectivePolicy; scope: Scope }> {
    const policy = await this.policy();
    return { policy, scope: await this.#scopeOf(policy) };
  }

  /** What would happen if the agent made this call now, in a new run. Decides as a run would, and does nothing. */
  async tryCall(call: { name: string; arguments: string }, flags?: Flags, signal?: AbortSignal): Promise<Trial> {
    const [folder] = this.#parts.roots;
    if (folder === undefined) throw new Error('There is no workspace folder.');
    const run = { folder, goesTo: 'the model', scriptWatch: new ScriptWatch(false) };
    return tryCall(call, this.#callsOf(run, await this.policy(), false), flags, signal);
  }

  /** The workspace policies that are not accepted and would count for more if they were. */
  async acceptable(): Promise<AcceptanceOffer[]> {
    const loaded = await this.#parts.policies.load();
    if (!loaded.ok) throw new PolicyInvalid(loaded.diagnostics);
    return acceptable(loaded.layers, this.#parts.roots.length);
  }

  /** Lets exactly this content of a workspace policy loosen what it asks for; recorded first. */
  async accept(offer: AcceptanceOffer, store: AcceptanceStore): Promise<void> {
    await this.#record.accept(offer, store);
    await this.notePolicy();
  }

  /** Records the policy in force, if it is another one than was recorded last. */
  async notePolicy(policy?: EffectivePolicy, isFirst = false): Promise<void> {
    const run = this.#run?.isWorking === true ? this.#run.id : undefined;
    const now = policy ?? (await this.policy());
    this.#parts.keepEvidence(now.audit);
    await this.#record.note(now, run, isFirst);
  }

  /** Records how the sandbox's test of itself came out, once for each test. */
  async noteSandbox(status: SandboxStatus): Promise<void> {
    const { probes = [] } = status;
    const held = probes.filter(({ outcome }) => outcome === 'held').length;
    const words = status.works ? status.words : `${status.cause} ${status.fix}`.trim();
    const seen = JSON.stringify([status.works, words, probes]);
    if (seen === this.#sandboxSeen) return;
    this.#sandboxSeen = seen;
    await this.#parts.audit.append({
      type: 'self_test',
      run: SANDBOX_EVENTS,
      data: { works: status.works, held, failed: probes.length - held },
      payload: { words: this.redactor.text(words) },
    });
  }

  /**
   * Starts a run with this task, or hands the text to the present one. Resolves when the work has ended. Where it is
   * meant for a run (`meant`), throws a sentence instead of starting another one: what was read in a run goes to no
   * other model, and nobody is told of a run that is in truth a new one.
   */
  async send(text: string, model: Model, meant?: string): Promise<void> {
    const fits = this.#run && (this.#run.isWorking || isSameModel(this.#run.view(), model));
    if (meant !== undefined && !(fits && this.#run?.id === meant))
      throw new Error(`The model or the run was changed meanwhile: this would begin a new run. ${model.destination}`);
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
    const read = readRun(stored);
    if (!read.ok) throw new Error(read.problem);
    const before = read.saved;
    // What it had read belongs to its folder, and so does what it would go on to do.
    if (before.folder !== this.#parts.roots[0])
      throw new Error(`This run belongs to ${before.folder}; resume it there.`);
    return this.#newRun(model, run, before);
  }

  /** Takes back a remembered approval of the present run. */
  async revokeGrant(id: string): Promise<void> {
    await this.#run?.revoke(id);
  }

  answer(id: string, digest: string, answer: Answer, from: AnsweredBy): boolean {
    return this.desk.answer(id, digest, answer, from);
  }

  /** Marks what dead processes left open, and lists the runs of this workspace that wait to be resumed. */
  async interrupted(): Promise<RunSummary[]> {
    await this.#parts.audit.recover();
    const recent = await this.#parts.audit.runs(20);
    const waiting = recent.filter(
      (run) => run.state === 'interrupted' && run.run !== this.#run?.id && run.folder === this.#parts.roots[0],
    );
    const readable = await Promise.all(waiting.map(({ run }) => isReadable(this.#parts.audit, run)));
    return waiting.filter((_, index) => readable[index] === true);
  }

  async #newRun(model: Model, id = this.#parts.newId(), before?: Saved): Promise<AgentRun> {
    const { roots, audit, clock, version, who, hash } = this.#parts;
    const [folder] = roots;
    if (folder === undefined) throw new Error('There is no workspace folder.');
    const start = await this.policy();
    await this.notePolicy(start, true);
    this.#maskVariables(start.redactedVariables); // before the task is shown, sent or recorded
    const scriptWatch = new ScriptWatch(before !== undefined);
    const calls = this.#callsOf({ folder, goesTo: model.destination, scriptWatch }, start);
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
        calls,
        scriptWatch,
        facts: { version, policy: policyDigest(start, hash) },
        who,
        onChange: () => {
          this.#changed();
        },
      },
      before,
    );
  }

  /** The tools of a run, and the policy that is in force for each of its calls: `start`, or what is stricter by then. */
  #callsOf(
    run: { folder: string; goesTo: string; scriptWatch: ScriptWatch },
    start: EffectivePolicy,
    isRecorded = true,
  ): CallParts {
    const { roots, home, own, textSearch, sandbox, outside, checkpoints, editor, hash } = this.#parts;
    const runners = { sandbox, outside };
    let scope = scopeOf(start, roots, home, own); // no tool sees this one: the first call replaces it
    const files = this.#parts.files(() => scope);
    const versionControl = this.#parts.versionControl(() => scope);
    const ports = { ...run, redactor: this.redactor, runners, checkpoints, versionControl, editor, textSearch, hash };
    return {
      toolbox: toolboxOf(builtInTools(ports)),
      files,
      runners,
      checkpoints,
      hash,
      inForce: async () => {
        const now = await this.policy();
        if (isRecorded) await this.notePolicy(now, true);
        const policy = stricterOf(start, now);
        const real = await this.#reallyProtecting(policy);
        scope = scopeOf(real, roots, home, own);
        this.#maskVariables(policy.redactedVariables);
        return { policy, scope, rulebook: new Rulebook(real.rules, { roots, home }) };
      },
    };
  }

  async #scopeOf(policy: EffectivePolicy): Promise<Scope> {
    const { roots, home, own } = this.#parts;
    return scopeOf(await this.#reallyProtecting(policy), roots, home, own);
  }

  /** The policy with its paths as they really are, and with what git's configuration and hooks run from the workspace. */
  async #reallyProtecting(policy: EffectivePolicy): Promise<EffectivePolicy> {
    const { roots, home } = this.#parts;
    const later = (await this.#parts.laterPaths()).map((written) => ({ written, origin: BUILT_IN }));
    const real = await withRealPaths(policy, { roots, home }, this.#parts.realPaths());
    return { ...real, protectedPaths: [...real.protectedPaths, ...later] };
  }

  #maskVariables(variables: readonly { value: string }[]): void {
    const named = variables.map(({ value }) => value);
    for (const [name, value] of Object.entries(this.#parts.environment))
      if (value !== undefined && (named.includes(name) || SECRET_VARIABLE.test(name)))
        this.redactor.add({ name, value });
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Whether prompts of a run would go where they went before. */
function isSameModel(run: RunView, model: Model): boolean {
  return run.model === model.label && run.destination === model.destination;
}
