import type { Approval } from '../../shared/approval.ts';
import { canonicalJson, type Json } from '../../shared/json.ts';
import { sentence } from '../../shared/named.ts';
import { Cancelled, Interruption } from '../outcome.ts';
import type { ToolCall } from '../models/port.ts';
import { Stopped } from '../stopped.ts';
import type { CallResult, CallRun } from './callRun.ts';
import { decidedNow, parseCall, type DecidedCall, type ParsedCall } from './decideCall.ts';
import { editApproves } from './editApproves.ts';
import { editedUse, offeredEdit } from './editedUse.ts';
import { OpenQuestion, type Edited } from './openQuestion.ts';
import { Step } from './step.ts';
import type { CallContext, ShownEffects, ToolUse } from './tool.ts';

/** What a call did in a view: of the action with that digest, and by the action that ran there. */
export interface KeptEffects {
  shown: ShownEffects;
  of: string;
  by: string;
}

/** What comes of a person's edit: it is approved as they have it, is asked anew, or the call stands as it was. */
export type EditFate = { kind: 'approved'; as: DecidedCall } | { kind: 'anew' } | { kind: 'refused' };

const EDITED = 'You changed this; this is how it stands now.';
const NOT_AS_SHOWN = 'This changed while it waited; this is how it stands now.';

/** One call of a reply until it is over: its records, and its question, which may have been put before its turn. */
export class OpenCall {
  readonly parsed: ParsedCall;
  /** Why it asks although its run is reviewed afterwards: found out when it was about to begin. */
  uncovered: string | undefined;
  readonly #call: ToolCall;
  readonly #run: CallRun;
  readonly #reply: Approval['reply'];
  readonly #within: string | undefined;
  #step: Step | undefined;
  #question: OpenQuestion | undefined;
  #again: string | undefined;
  #effects: KeptEffects | undefined;
  /** What it would do: as the model has it, or as a person has changed it since; `#asked`: as it was last asked about. */
  #use: ToolUse | undefined;
  #asked: ToolUse | undefined;

  /** `within`: the action that asks for it, where it is no call of the model. */
  constructor(call: ToolCall, run: CallRun, reply?: Approval['reply'], within?: string) {
    this.#within = within;
    this.parsed = parseCall(call, run.toolbox);
    this.#call = call;
    this.#run = run;
    this.#reply = reply;
  }

  get step(): Step {
    return (this.#step ??= new Step(this.#run.newId(), this.#call, this.#run, this.#reply, this.#within));
  }

  /** What it would do: as the model has it, or as a person has changed it since. */
  get use(): ToolUse {
    const use = this.#use ?? (this.parsed.kind === 'call' ? this.parsed.use : undefined);
    if (!use) throw new Error('a call that is none does nothing');
    return use;
  }

  /** The arguments that the model had, where a person has changed them. */
  get editedFrom(): Record<string, Json> | undefined {
    if (this.parsed.kind !== 'call' || this.#use === undefined) return undefined;
    const { arguments: own } = this.parsed.use;
    return canonicalJson(own) === canonicalJson(this.#use.arguments) ? undefined : own;
  }

  /**
   * Decides what a person has changed it to. Refused, that is recorded where a rule says so, and the call stands as it was
   * shown, to be asked about again with the reason.
   */
  async edit({ about }: OpenQuestion, { text, isRead }: Edited, signal: AbortSignal): Promise<EditFate> {
    const run = this.#run;
    const asked = this.#asked ?? this.use;
    this.#use = asked;
    const made = editedUse(asked, text, run.redactor);
    if (!made.ok) return this.#refused(made.problem);
    const { context, decided } = await decidedNow(made.call, run, () => [], signal);
    if (decided.kind === 'no-call') return this.#refused(decided.problem);
    if (decided.kind === 'refused') return this.#refused(decided.decision.reason);
    this.#use = made.call;
    if (decided.decision.verdict === 'deny') {
      await this.propose(decided, context);
      this.#use = asked;
      return this.#refused(decided.decision.reason);
    }
    this.#again = EDITED;
    const edit = { before: about, after: decided, argument: asked.editable?.argument ?? '', text: made.text };
    return isRead && editApproves(edit, context) ? { kind: 'approved', as: decided } : { kind: 'anew' };
  }

  #refused(why: string): EditFate {
    this.#again = `What you changed it to cannot be: ${sentence(why)}`;
    return { kind: 'refused' };
  }

  /** Records what it would do, and what is decided about that. */
  async propose(decided: DecidedCall, { policy }: CallContext): Promise<void> {
    await this.step.propose(decided, policy.variables.value, { editedFrom: this.editedFrom });
  }

  /** What it did in a view, where that was shown and nothing is decided about it yet. */
  get effects(): KeptEffects | undefined {
    return this.#effects;
  }

  keepEffects(effects: KeptEffects): void {
    this.#effects = effects;
  }

  /** Throws the view away, where there is one. */
  async dropEffects(): Promise<void> {
    const effects = this.#effects;
    this.#effects = undefined;
    await effects?.shown.drop();
  }

  /** What was put to a person about it and is not dealt with. */
  get question(): OpenQuestion | undefined {
    return this.#question;
  }

  /** Its question, where that has an answer: to be dealt with once. */
  takeAnswered(): OpenQuestion | undefined {
    const question = this.#question;
    if (question?.answer === undefined) return undefined;
    this.#question = undefined;
    return question;
  }

  /** Nothing waits any more under what it was: false where that has an answer by now. */
  async takeBack(): Promise<boolean> {
    if (!this.#question) return true;
    if (!(await this.#question.takeBack())) return false;
    this.#question = undefined;
    this.#again = NOT_AS_SHOWN;
    return true;
  }

  /** Puts it to a person as it stands. */
  async ask(
    decided: DecidedCall,
    context: CallContext,
    { askedAgain = this.#again, granted }: { askedAgain?: string | undefined; granted: () => void },
  ): Promise<OpenQuestion> {
    const edit = this.#effects ? undefined : offeredEdit(this.use);
    const isEdited = this.editedFrom !== undefined;
    const effects = this.#effects?.shown;
    const asking = { step: this.step, run: this.#run, context, askedAgain, granted, edit, isEdited, effects };
    this.#asked = this.use;
    return (this.#question = await OpenQuestion.put(decided, asking));
  }

  /** It is not done, because of this: its question is taken back; how it ended is recorded, and shown. */
  async end(why: unknown): Promise<CallResult> {
    const words = why instanceof Error ? why.message : 'unknown failure';
    await this.#question?.takeBack(why instanceof Cancelled ? why : new Stopped(words, { by: 'fault' }));
    this.#question = undefined;
    await this.step.leave(why);
    const how = why instanceof Interruption ? 'Interrupted, not done' : 'Not done';
    return { ...this.step.end('cancelled', `${how}: ${words}`), isNotBegun: true };
  }

  /** The same before its turn; nothing where nothing of it was put to anybody. */
  async close(why: unknown): Promise<void> {
    const isRefused = this.#question?.answer?.kind === 'refused';
    if (this.#step && !isRefused) await this.end(why);
  }
}
