import { ApprovalDesk } from './core/approval/desk.ts';
import { AgentRun } from './core/agent/run.ts';
import type { Clock } from './core/agent/runClock.ts';
import type { Saved } from './core/agent/storedRun.ts';
import type { AuditLog, AuditReader, RunStore } from './core/audit/port.ts';
import { callPartsOf, type CallPorts } from './core/engine/callParts.ts';
import { finishLeftBehind } from './core/engine/leftBehind.ts';
import { maskVariables } from './core/engine/maskedVariables.ts';
import { PolicyInForce, type PolicyParts } from './core/engine/policyInForce.ts';
import { RunDesk } from './core/engine/runDesk.ts';
import { SandboxRecord } from './core/engine/sandboxRecord.ts';
import { ScriptWatch } from './core/flow/scriptWatch.ts';
import { policyDigest, type AcceptanceOffer, type AcceptanceStore } from './core/lab/policyRecord.ts';
import { tryCall, type Trial } from './core/lab/tryCall.ts';
import type { Model } from './core/models/port.ts';
import { Failure } from './core/outcome.ts';
import type { EffectivePolicy } from './core/policy/merge.ts';
import { Redactor, type Secret } from './core/redaction/redactor.ts';
import type { CallParts } from './core/tools/callRun.ts';
import type { BrokenOff, FolderRules, SandboxStatus } from './core/sandbox/port.ts';
import type { Scope } from './core/scope/scope.ts';
import type { AnsweredBy, StoppedBy } from './shared/answered.ts';
import type { Answer, Approval } from './shared/approval.ts';
import type { RunSummary } from './shared/auditEvent.ts';
import type { Flags } from './shared/flow.ts';
import type { RunView } from './shared/runView.ts';

/** The ports that an engine works through. Entries and tests give real adapters; only the model may be scripted. */
export interface EngineParts extends PolicyParts, CallPorts {
  audit: AuditLog & AuditReader & RunStore;
  /** Looks through what commands left whose process was gone before it could (core/sandbox/port.ts). */
  finishBrokenOff(rules: () => Promise<FolderRules>): Promise<BrokenOff[]>;
  /** Does the work of a run between the sandbox's `begin` and its end. */
  inSandbox(run: string, work: () => Promise<void>): Promise<void>;
  clock: Clock;
  newId(): string;
  version: string;
  /** User and host, for a run's first event. */
  who: Record<string, string>;
}

/** One engine serves one workspace: its policy, at most one run at a time, and the questions of that run. */
export class Engine {
  readonly desk = new ApprovalDesk();
  readonly redactor = new Redactor();
  readonly #parts: EngineParts;
  readonly #policy: PolicyInForce;
  readonly #runs: RunDesk;
  readonly #sandbox: SandboxRecord;
  readonly #listeners = new Set<() => void>();

  onBug: (error: unknown) => void = () => undefined; // hears of faults of our own that ended a run's work

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#policy = new PolicyInForce(parts);
    this.#sandbox = new SandboxRecord(parts.audit, this.redactor);
    const onChange = (): void => {
      for (const listener of this.#listeners) listener();
    };
    this.#runs = new RunDesk({
      roots: parts.roots,
      audit: parts.audit,
      open: (model, stored) => this.#openRun(model, stored, onChange),
      onChange,
    });
    this.desk.onChange(onChange);
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  view(): { run: RunView | undefined; approvals: Approval[] } {
    return { run: this.#runs.view(), approvals: this.desk.pending };
  }

  get isWorking(): boolean {
    return this.#runs.isWorking;
  }

  addSecret(secret: Secret): void {
    this.redactor.add(secret);
  }

  /** The policy in force now; throws `PolicyInvalid`. */
  async policy(): Promise<EffectivePolicy> {
    return this.#policy.now();
  }

  /** What a command's cage is drawn from now. */
  async profile(): Promise<{ policy: EffectivePolicy; scope: Scope }> {
    return this.#policy.profile();
  }

  /** What would happen if the agent made this call now, in a new run. Decides as a run would, and does nothing. */
  async tryCall(call: { name: string; arguments: string }, flags?: Flags, signal?: AbortSignal): Promise<Trial> {
    return tryCall(call, await this.#callsForLab(), flags, signal);
  }

  /** The same for a call of a tool about one path or command line. */
  async tryAction(tool: string, about: string, signal?: AbortSignal): Promise<Trial> {
    const calls = await this.#callsForLab();
    const args = calls.toolbox.named(tool)?.tried(about) ?? {};
    return tryCall({ name: tool, arguments: JSON.stringify(args) }, calls, undefined, signal);
  }

  /** The workspace policies that are not accepted and would count for more if they were. */
  async acceptable(): Promise<AcceptanceOffer[]> {
    return this.#policy.acceptable();
  }

  /** Lets exactly this content of a workspace policy loosen what it asks for; recorded first. */
  async accept(offer: AcceptanceOffer, store: AcceptanceStore): Promise<void> {
    await this.#policy.accept(offer, store);
    await this.notePolicy();
  }

  /** Records the policy in force, if it is another one than was recorded last. */
  async notePolicy(policy?: EffectivePolicy, isFirst = false): Promise<void> {
    const run = this.#runs.working;
    await this.#policy.note(policy ?? (await this.policy()), run, isFirst);
  }

  /** Records how the sandbox's test of itself came out, once for each test. */
  async noteSandbox(status: SandboxStatus): Promise<void> {
    await this.#sandbox.note(status);
  }

  /** Starts a run with this task, or hands the text to the present one (runDesk.ts). */
  async send(text: string, model: Model, meant?: string): Promise<void> {
    await this.#runs.send(text, model, meant);
  }

  /** Hands a message to the run that is at work; it keeps its model. */
  async say(text: string): Promise<void> {
    await this.#runs.say(text);
  }

  /** Puts the present run aside, so that the next message starts a new one. */
  newRun(): void {
    this.#runs.putAside();
  }

  /** Goes on with a run of the log that was interrupted, stopped, or reached a limit. */
  async resume(run: string, model: Model): Promise<void> {
    await this.#runs.resume(run, model);
  }

  /** `from`: what wanted it to stop, where that is known. */
  async stop(reason: string, from?: StoppedBy): Promise<void> {
    await this.#runs.stop(reason, from);
  }

  /** The process goes away: what waits is answered as interrupted, what runs is ended, and the run can be resumed. */
  async interrupt(reason: string): Promise<void> {
    await this.#runs.interrupt(reason);
  }

  /** Takes back a remembered approval of the present run. */
  async revokeGrant(id: string): Promise<void> {
    await this.#runs.revokeGrant(id);
  }

  answer(id: string, digest: string, answer: Answer, from: AnsweredBy): boolean {
    return this.desk.answer(id, digest, answer, from);
  }

  /** Marks what dead processes left open, and lists the runs of this workspace that wait to be resumed. */
  async interrupted(): Promise<RunSummary[]> {
    return this.#runs.interrupted();
  }

  /** Looks through what commands left that were broken off, and records it; returns what a person should know of it. */
  async finishBrokenOff(): Promise<string[]> {
    const rules = async (): Promise<FolderRules> => {
      const { scope } = await this.profile();
      return {
        folders: scope.roots,
        isHidden: (path) => scope.isHidden(path),
        isProtected: (path) => scope.isProtected(path),
      };
    };
    const { audit } = this.#parts;
    const finish = (now: typeof rules): Promise<BrokenOff[]> => this.#parts.finishBrokenOff(now);
    return finishLeftBehind({ finishBrokenOff: finish, rules, audit, redactor: this.redactor });
  }

  async #callsForLab(): Promise<CallParts> {
    const own = { id: 'lab', folder: this.#folder(), goesTo: 'the model', scriptWatch: new ScriptWatch(false) };
    const start = await this.policy();
    return callPartsOf({ ...own, start }, this.#parts, { policy: this.#policy, redactor: this.redactor });
  }

  async #openRun(
    model: Model,
    stored: { run: string; before: Saved } | undefined,
    onChange: () => void,
  ): Promise<AgentRun> {
    const { roots, audit, clock, version, who, hash, environment } = this.#parts;
    const id = stored?.run ?? this.#parts.newId();
    const folder = this.#folder();
    const start = await this.policy();
    await this.notePolicy(start, true);
    maskVariables(this.redactor, environment, start); // before the task is shown, sent or recorded
    const scriptWatch = new ScriptWatch(stored !== undefined);
    const own = { id, folder, goesTo: model.destination, scriptWatch, start };
    const calls = callPartsOf({ ...own, note: (policy) => this.notePolicy(policy, true) }, this.#parts, {
      policy: this.#policy,
      redactor: this.redactor,
    });
    return new AgentRun(
      {
        ...{ id, folder, folders: roots, model, audit, store: audit, clock, calls, scriptWatch, who, onChange },
        desk: this.desk,
        redactor: this.redactor,
        newId: () => this.#parts.newId(),
        inSandbox: async (run, work) => {
          await this.finishBrokenOff();
          await this.#parts.inSandbox(run, work);
        },
        onBug: this.onBug,
        facts: { version, policy: policyDigest(start, hash) },
      },
      stored?.before,
    );
  }

  #folder(): string {
    const [folder] = this.#parts.roots;
    if (folder === undefined) throw new Failure('There is no workspace folder.');
    return folder;
  }
}
