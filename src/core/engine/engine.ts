import type { AnsweredBy, PlaceOf, StoppedBy } from '../../shared/answered.ts';
import type { Answer, Approval } from '../../shared/approval.ts';
import type { RunSummary } from '../../shared/auditEvent.ts';
import type { Question, Reply } from '../../shared/question.ts';
import type { Fault } from '../../shared/fault.ts';
import type { RunView } from '../../shared/runView.ts';
import type { Way } from '../../shared/wayWords.ts';
import type { LimitChoice, LimitQuestion } from '../../shared/limitQuestion.ts';
import type { LimitDesk } from '../agent/atLimits.ts';
import type { RunningRun } from '../audit/port.ts';
import type { ApprovalDesk } from '../approval/desk.ts';
import type { PersonDesk } from '../agent/askPerson.ts';
import type { ActionOf } from '../checkpoint/port.ts';
import type { AcceptanceOffer, AcceptanceStore } from '../lab/policyRecord.ts';
import type { Trial } from '../lab/tryCall.ts';
import type { Image } from '../models/images.ts';
import type { Model } from '../models/port.ts';
import { Cancelled, Interruption } from '../outcome.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Redactor, Secret } from '../redaction/redactor.ts';
import type { SandboxStatus } from '../sandbox/port.ts';
import type { Scope } from '../scope/scope.ts';
import type { CallResult } from '../tools/callRun.ts';
import { Stopped } from '../stopped.ts';
import type { LeftBehind } from './leftBehind.ts';
import type { PolicyInForce } from './policyInForce.ts';
import type { RevertPreview, Reverts, RunPart } from './reverts.ts';
import type { Reviews } from './reviews.ts';
import type { PartsOf } from '../tools/files/revertPart.ts';
import type { Binding } from './binding.ts';
import type { Agreements, Meant, RunDesk, RunLabel, Saying } from './runDesk.ts';
import type { SandboxRecord } from './sandboxRecord.ts';
import type { Forking, RunOffer } from './storedRuns.ts';
import type { Supposed, Trials } from './trials.ts';
import type { Spared } from '../../shared/spared.ts';

/** What an engine is made of (src/compose.ts). */
export interface EngineOrgans {
  desk: ApprovalDesk;
  limitDesk: LimitDesk;
  questions: PersonDesk;
  redactor: Redactor;
  policy: PolicyInForce;
  runs: RunDesk;
  reverts: Reverts;
  reviews: Reviews;
  sandbox: SandboxRecord;
  leftBehind: LeftBehind;
  trials: Trials;
  /** Hears that a view of it would be another one. */
  onChange: (listener: () => void) => () => void;
}

/** What a window or a terminal shows of it. */
interface View {
  run: RunView | undefined;
  approvals: Approval[];
  /** What the agent wants to know. */
  questions: Question[];
  limit: LimitQuestion | undefined;
  /** What a person chose for the runs to come, where they did. */
  way: Way | undefined;
}

/** One engine serves one workspace: its policy, at most one run at a time, and the questions of that run. */
export class Engine {
  readonly desk: ApprovalDesk;
  readonly redactor: Redactor;
  readonly #limitDesk: LimitDesk;
  readonly #questions: PersonDesk;
  readonly #policy: PolicyInForce;
  readonly #runs: RunDesk;
  readonly #reverts: Reverts;
  /** What runs changed, as a person reviews it. */
  readonly reviews: Reviews;
  readonly #sandbox: SandboxRecord;
  readonly #leftBehind: LeftBehind;
  readonly #trials: Trials;
  readonly #onChange: EngineOrgans['onChange'];

  onBug: (error: unknown) => void = () => undefined; // hears of faults of our own that ended a run's work

  constructor(organs: EngineOrgans) {
    const { desk, limitDesk, redactor, policy, runs, reverts, sandbox, leftBehind, trials, onChange } = organs;
    this.desk = desk;
    this.#questions = organs.questions;
    this.redactor = redactor;
    this.#limitDesk = limitDesk;
    this.#policy = policy;
    this.#runs = runs;
    this.#reverts = reverts;
    this.reviews = organs.reviews;
    this.#sandbox = sandbox;
    this.#leftBehind = leftBehind;
    this.#trials = trials;
    this.#onChange = onChange;
  }

  onChange(listener: () => void): () => void {
    return this.#onChange(listener);
  }

  view(): View {
    return {
      run: this.#runs.view(),
      approvals: this.desk.pending,
      questions: this.#questions.pending,
      limit: this.#limitDesk.pending[0],
      way: this.#runs.way,
    };
  }

  get isWorking(): boolean {
    return this.#runs.isWorking || this.#reverts.isWorking;
  }

  /** The present run's name in the log; undefined where nothing of it was recorded, as when its start was refused. */
  get recordedRun(): string | undefined {
    return this.#runs.recorded;
  }

  /** What made the present run's last work fail, as programs know it; undefined where it did not fail. */
  get fault(): Fault | undefined {
    return this.#runs.fault;
  }

  addSecret(secret: Secret): void {
    this.redactor.add(secret);
  }

  /** The policy in force now, with what a person should know of it; throws `PolicyInvalid`. */
  async policy(): Promise<EffectivePolicy> {
    return this.#policy.explained();
  }

  /** The same with what of it no file is there for; looks through the workspace. */
  async policyLookedThrough(): Promise<EffectivePolicy> {
    return this.#policy.lookedThrough();
  }

  /** What a command's cage is drawn from now. */
  async profile(): Promise<{ policy: EffectivePolicy; scope: Scope }> {
    return this.#policy.profile();
  }

  /** What would happen if the agent made this call now, in a new run. Decides as a run would, and does nothing. */
  async tryCall(
    call: { name: string; arguments: string },
    supposed: Supposed = {},
    signal?: AbortSignal,
  ): Promise<Trial> {
    return this.#trials.call(call, supposed, signal);
  }

  /** What somebody who tries out a tool is asked for: a path, a command line. */
  async triedWith(tool: string): Promise<string> {
    return this.#trials.triedWith(tool);
  }

  /** The same for a call of a tool about one path or command line. */
  async tryAction(tool: string, about: string, signal?: AbortSignal): Promise<Trial> {
    return this.#trials.about(tool, about, signal);
  }

  /** What remembering the answer to one question would have spared of others. */
  async spared(...args: Parameters<Trials['spared']>): Promise<Spared> {
    return this.#trials.spared(...args);
  }

  /** What past calls are decided anew with, under the policy as it is now; throws `PolicyInvalid`. */
  async again(): ReturnType<Trials['again']> {
    return this.#trials.again();
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
  async notePolicy(policy?: EffectivePolicy): Promise<void> {
    await this.#policy.note(policy ?? (await this.#policy.read()));
  }

  /** Records how the sandbox's test of itself came out, once for each test. */
  async noteSandbox(status: SandboxStatus): Promise<void> {
    await this.#sandbox.note(status);
  }

  /** A person chooses in which way the present run works, and those to come; throws a sentence where it is taken away. */
  async chooseWay(way: Way, from: PlaceOf): Promise<void> {
    await this.#runs.chooseWay(way, await this.#policy.read(), from);
  }

  /** Starts a run with this task, or hands the text to the present one (runDesk.ts). */
  async send(text: string, model: Model, meant?: Meant, images?: readonly Image[]): Promise<void> {
    await this.#runs.send(text, model, meant, images);
  }

  /** Hands a message to the run that is at work; it keeps its model. */
  async say(text: string, images?: readonly Image[]): Promise<void> {
    await this.#runs.say(text, images);
  }

  /** Takes back a message that the model has not been told yet; false where it was told meanwhile. */
  async withdraw(message: string, from: PlaceOf): Promise<boolean> {
    return this.#runs.withdraw(message, from);
  }

  /** Puts the present run aside, so that the next message starts a new one. */
  newRun(): void {
    this.#runs.putAside();
  }

  /** Goes on with a run of the log (runDesk.ts); elsewhere than it was only where somebody `agreed`. */
  async resume(run: string, model: Model, agreed?: Agreements): Promise<void> {
    await this.#runs.resume(run, model, agreed);
  }

  /** Begins a new run with the conversation of another one, up to a point (runDesk.ts). */
  async fork(from: Forking, model: Model, agreed: Agreements, said: Saying): Promise<void> {
    await this.#runs.fork(from, model, agreed, said);
  }

  /** Shows a run of the log as the present one, at rest (runDesk.ts). */
  async show(run: string): Promise<void> {
    await this.#runs.show(run);
  }

  /** Shows the present run as it stands by now, where somebody else went on with it (runDesk.ts). */
  async catchUp(): Promise<void> {
    await this.#runs.catchUp();
  }

  /** What a person calls a run, and whether it is pinned. */
  async label(run: string, label: RunLabel, from: PlaceOf): Promise<void> {
    const name = label.name === undefined ? undefined : this.redactor.text(label.name);
    await this.#runs.label(run, { ...label, name }, from);
  }

  /** In which folders a run would go on here; `named`: which one a person says its working folder is. */
  async binding(run: string, named?: string): Promise<Binding> {
    return this.#runs.binding(run, named);
  }

  /** Puts back what an action of the log changed: an action too, and so asked, recorded and to be reverted itself. */
  async revert(of: ActionOf): Promise<CallResult> {
    return this.#reverts.revert(of);
  }

  /** The same for all that a run did, or did from an action on. */
  async revertRun(run: string, part: RunPart = {}, way?: Way): Promise<CallResult> {
    return this.#reverts.revertRun(run, part, way);
  }

  /** The same for places of a text. */
  async revertParts(of: PartsOf, way?: Way): Promise<CallResult> {
    return this.#reverts.revertParts(of, way);
  }

  /** What that would do, as a person is shown it; nothing is asked, recorded or done. */
  async previewRevert(run: string, part: RunPart): Promise<RevertPreview> {
    return this.#reverts.preview(run, part);
  }

  /** Runs of the account that are at work in other windows and terminals. */
  async elsewhere(): Promise<RunningRun[]> {
    return this.#runs.elsewhere();
  }

  /** Ends a run where it is, at the word of a person here. */
  async stopElsewhere(run: string): Promise<void> {
    await this.#runs.stopElsewhere(run);
  }

  /** Goes on here with a run that is at work elsewhere. */
  async takeOver(run: string, model: Model, agreed?: Agreements): Promise<void> {
    await this.#runs.takeOver(run, model, agreed);
  }

  /** `from`: what wanted it to stop, where that is known. */
  async stop(reason: string, from?: StoppedBy): Promise<void> {
    const why = from ? new Stopped(reason, from) : new Cancelled(reason);
    await this.#reverts.stop(why);
    await this.#runs.stop(why);
  }

  /** The process goes away: what waits is answered as interrupted, what runs is ended, and the run can be resumed. */
  async interrupt(reason: string): Promise<void> {
    await this.#reverts.stop(new Interruption(reason));
    await this.#runs.interrupt(reason);
  }

  /** Records something to know of the run that is at work. */
  async note(words: string): Promise<void> {
    await this.#runs.note(words);
  }

  /** Takes back a remembered approval of the present run. */
  async revokeGrant(id: string): Promise<void> {
    await this.#runs.revokeGrant(id);
  }

  answer(id: string, digest: string, answer: Answer, from: AnsweredBy): boolean {
    return this.desk.answer(id, digest, answer, from);
  }

  /** An answer to what the agent wants to know. False where nothing waits under this id, or it has no such choice. */
  reply(id: string, reply: Reply, from: AnsweredBy): boolean {
    const open = this.#questions.pending.find((one) => one.id === id);
    const isOffered = reply.choice === undefined || open?.choices[reply.choice] !== undefined;
    return isOffered && this.#questions.answer(id, { reply, from });
  }

  /** Whether the run goes on over its limit. False where that is not asked under this id. */
  answerLimit(id: string, choice: LimitChoice, from: AnsweredBy): boolean {
    return this.#limitDesk.answer(id, { choice, from });
  }

  /** Marks what dead processes left open, and lists the runs of this workspace that wait to be resumed. */
  async interrupted(): Promise<RunOffer[]> {
    return this.#runs.interrupted();
  }

  /** Those of some runs that can go on here, with those whose folder is nowhere to be seen. */
  async resumable(runs: readonly RunSummary[]): Promise<RunOffer[]> {
    return this.#runs.resumable(runs);
  }

  /** A person wants to be offered an interrupted run no more. */
  async dismiss(run: string, from: AnsweredBy): Promise<void> {
    await this.#runs.dismiss(run, from);
  }

  /** Looks through what commands left that were broken off, and records it; returns what a person should know of it. */
  async finishBrokenOff(): Promise<string[]> {
    return this.#leftBehind.finish();
  }
}
