import type { PlaceOf } from '../../shared/answered.ts';
import type { Fault } from '../../shared/fault.ts';
import type { RunView } from '../../shared/runView.ts';
import type { Action } from '../../shared/action.ts';
import { NO_FLAGS, type Flag, type Flags } from '../../shared/flow.ts';
import type { Plan } from '../../shared/plan.ts';
import type { Way } from '../../shared/wayWords.ts';
import { GrantBook } from '../approval/grants.ts';
import { lightened } from '../flow/ruleOfTwo.ts';
import type { Image } from '../models/images.ts';
import type { Model } from '../models/port.ts';
import type { CallRun } from '../tools/callRun.ts';
import { Failure, faultOf, Interruption, kindOfError, type Cancelled } from '../outcome.ts';
import { RunTakenOver } from '../audit/port.ts';
import { Budget } from './budget.ts';
import { Conversation } from './conversation.ts';
import { Origins, type Earlier } from './earlier.ts';
import { handedOver, handedOverWords, partsLeftOut, type AgreedBy, type GoesTo } from './handOver.ts';
import { pieceOfWork } from './pieceOfWork.ts';
import { atRest, beginning, doing, ending, resting, stateOf, type Phase } from './phase.ts';
import { attended, UNATTENDED } from '../presence/presence.ts';
import { callRunOf } from './callRunOf.ts';
import type { RunParts } from './runParts.ts';
import { RunRecord } from './runRecord.ts';
import { runView } from './runView.ts';
import { RunUsage } from './runUsage.ts';
import { spokenEntry, Transcript } from './transcript.ts';
import { StoredPlace, WentOn } from './wentOn.ts';
import { whileClaimed } from './whileClaimed.ts';
import type { Said } from './waitingMessages.ts';

/**
 * One run: what was said in it, what it may use, and where it stands. `send` and `resume` work until the model has
 * nothing more to do, a person stops it, or a limit does; then it can go on.
 */
export class AgentRun {
  #parts: RunParts;
  readonly #transcript = new Transcript();
  readonly #grants: GrantBook;
  readonly #conversation: Conversation;
  readonly #budget: Budget;
  readonly #usage: RunUsage;
  readonly #log: RunRecord;
  readonly #stored: StoredPlace;
  readonly #origins: Origins;
  #flags: Flags;
  #questions = 0;
  /** How often a person has spoken in it, as the log counts that. */
  #spoken: number;
  /** Of this piece of work: actions that were not done because nobody was there to approve them. */
  #unanswered = 0;
  #phase: Phase;
  #working: Promise<void> = Promise.resolve();
  #isElsewhere = false;
  /** What made its last work fail. */
  #fault: Fault | undefined;

  /** `past`: what the log says of it so far. `bound`: that it goes on in other folders. `forked`: that it is a new one. */
  constructor(parts: RunParts, { before, stands, past, bound, forked, rest }: Earlier = {}) {
    this.#parts = parts;
    this.#phase = atRest(rest);
    this.#stored = new StoredPlace(parts, stands);
    this.#origins = new Origins({ bound, forked });
    const { id, audit, redactor, clock } = parts;
    this.#grants = new GrantBook(() => clock.monotonic());
    this.#flags = before?.flags ?? NO_FLAGS;
    this.#spoken = past?.spoken ?? 0;
    this.#conversation = new Conversation(before, ({ text, number }) => {
      this.#transcript.add(spokenEntry(text, id, number));
    });
    this.#budget = new Budget(before?.turn ?? 0);
    this.#usage = new RunUsage(parts.model, past?.spent);
    const isBegun = before !== undefined && forked === undefined;
    const turn = (): number => this.#budget.turn;
    this.#log = new RunRecord({ id, audit, redactor, isBegun, spoken: this.#spoken, turn });
    for (const entry of past?.entries ?? []) this.#transcript.add(entry);
    this.#questions = past?.questions ?? 0;
    this.#conversation.plan = past?.plan ?? [];
    parts.way.follow(async (change, words) => {
      if (this.#log.isBegun) await this.#log.add('way_changed', change);
      this.tell(words);
    });
  }

  get id(): string {
    return this.#parts.id;
  }

  get folder(): string {
    return this.#parts.folder;
  }

  get goesTo(): GoesTo {
    return { label: this.#parts.model.label, destination: this.#parts.model.destination };
  }

  get takesImages(): boolean {
    return this.#parts.model.takesImages === true;
  }

  /** Of which files content is in what was said. */
  get contentOf(): readonly string[] {
    return this.#conversation.contentOf.entries;
  }

  /** Whether its beginning stands in the log. */
  get isRecorded(): boolean {
    return this.#log.isBegun;
  }

  get isWorking(): boolean {
    return this.#phase.at === 'work';
  }

  /** What made its last work fail, as programs know it; undefined where it did not fail. */
  get fault(): Fault | undefined {
    return this.#fault;
  }

  /** Another window or terminal has taken it over: what is known of it here is not how it stands. */
  get isElsewhere(): boolean {
    return this.#isElsewhere;
  }

  view(): RunView {
    return runView({
      ...{ parts: this.#parts, conversation: this.#conversation, transcript: this.#transcript, budget: this.#budget },
      ...{ usage: this.#usage, phase: this.#phase, questions: this.#questions, unanswered: this.#unanswered },
      ...{ flags: this.#flags, grants: this.#grants.list() },
    });
  }

  /** A person chooses the way in which it works from here on. */
  async choose(way: Way, from: PlaceOf): Promise<void> {
    const { policy } = await this.#parts.calls.refresh();
    await this.#parts.way.choose(way, policy, from);
    this.#parts.onChange();
  }

  /** Whether somebody else went on with it, so that what is known of it here is not all that was said. */
  async wentOn(): Promise<boolean> {
    return this.#isElsewhere || this.#stored.isOther();
  }

  /** Says something to whoever looks at it. */
  tell(words: string): void {
    this.#transcript.add({ kind: 'notice', level: 'info', text: words });
    this.#parts.onChange();
  }

  /** Lets the next work ask this model: the same one, perhaps with another key. */
  use(model: Model): void {
    if (!this.isWorking) this.#parts = { ...this.#parts, model };
  }

  /** Goes on with another model, or elsewhere, as somebody agreed to: recorded before anything is sent there. */
  async handOver(model: Model, before: GoesTo | undefined, by: AgreedBy): Promise<void> {
    const left = partsLeftOut(this.#conversation.messages, model.from);
    const { data, payload } = handedOver(model, { before, by, left });
    await this.#log.add('handed_over', data, payload);
    this.use(model);
    this.tell(handedOverWords(model, left));
  }

  /** Gives the run its task or a further message. While it works, the message joins at the next turn. */
  async send(text: string, images: readonly Image[] = []): Promise<void> {
    if (images.length > 0 && !this.takesImages) throw new Failure('This model is not known to take images.');
    const said: Said = { text: this.#parts.redactor.text(text), ...(images.length > 0 && { images }) };
    if (this.isWorking) {
      const id = this.#parts.newId();
      this.#conversation.waiting.add({ id, ...said, number: (this.#spoken += 1) });
      this.#parts.onChange();
      await this.#log.add('message', { message: id }, { text: said.text });
      await this.#save();
      return;
    }
    this.#transcript.add(spokenEntry(said.text, this.id, (this.#spoken += 1)));
    await this.#work(said);
  }

  /** Takes back a message that the model has not been told yet; false where it was told meanwhile. */
  async withdraw(message: string, { at, place }: PlaceOf): Promise<boolean> {
    if (!this.#conversation.waiting.withdraw(message)) return false;
    this.#parts.onChange();
    await this.#log.add('message_withdrawn', { message, by: 'person', at, ...(place !== undefined && { place }) });
    await this.#save();
    return true;
  }

  /** Goes on where an earlier process, a stop or a limit left it. */
  async resume(): Promise<void> {
    if (!this.isWorking) await this.#work(undefined);
  }

  /** Ends the work; resolves when nothing of it runs any more. */
  async stop(why: Cancelled): Promise<void> {
    if (this.#phase.at === 'work') {
      const { stop } = this.#phase;
      this.#become(doing(this.#phase, 'stopping', why.message));
      stop.abort(why);
    }
    await this.#working;
  }

  /** As `stop`, when nobody asked for it but the process goes away: the run waits to be resumed. */
  async interrupt(reason: string): Promise<void> {
    await this.stop(new Interruption(reason));
  }

  /** What the agent says of its steps. */
  showPlan(plan: Plan): void {
    this.#conversation.plan = this.#parts.redactor.json(plan);
    this.#parts.onChange();
  }

  /** Takes a remembered approval back: the next call asks again. */
  async revoke(grant: string): Promise<void> {
    if (this.#grants.revoke(grant)) await this.#log.add('grant_revoked', { grant });
    this.#parts.onChange();
  }

  /** Something to know of it, recorded while it works. */
  async note(words: string): Promise<void> {
    if (this.isWorking) await this.#log.add('notice', {}, { words });
  }

  async #work(message: Said | undefined): Promise<void> {
    const stop = new AbortController();
    this.#phase = beginning(this.#phase, stop);
    this.#working = this.#claimed(message, stop).finally(() => {
      this.#spoken = this.#log.spoken; // what could not be recorded does not count
      this.#become(resting(this.#phase));
    });
    await this.#working;
  }

  /** Works while the run's folders are its own. */
  async #claimed(message: Said | undefined, stop: AbortController): Promise<void> {
    const abort = (why: Cancelled): Promise<void> => this.stop(why);
    const left = async (): Promise<void> => {
      if (!this.#isElsewhere) await this.#stored.note();
    };
    try {
      await whileClaimed(this.#parts, { abort, left }, () => this.#inSandbox(message, stop));
    } catch (error) {
      this.#refuse(error, message);
    }
  }

  async #inSandbox(message: Said | undefined, stop: AbortController): Promise<void> {
    let unsaid = message;
    try {
      if (await this.wentOn()) throw new WentOn();
      await this.#parts.inSandbox(this.id, async () => {
        unsaid = undefined;
        await this.#origins.record(this.#log);
        await this.#piece(message, stop);
        // Said in the last moment, when no turn was left to take it up.
        while (stateOf(this.#phase) === 'finished' && this.#conversation.waiting.texts.length > 0)
          await this.#piece(undefined, stop);
      });
    } catch (error) {
      this.#refuse(error, unsaid);
    }
  }

  /** The work ends before it could be recorded; what was said is kept for the next try. */
  #refuse(why: unknown, unsaid?: Said): void {
    if (unsaid !== undefined) this.#conversation.waiting.putBack(unsaid);
    if (why instanceof RunTakenOver || why instanceof WentOn) this.#isElsewhere = true;
    if (kindOfError(why) === 'bug') this.#parts.onBug(why);
    const reason = this.#parts.redactor.text(why instanceof Error ? why.message : 'unknown failure');
    this.#fault = faultOf(why);
    this.#become(ending(this.#phase, { state: 'failed', reason }));
    this.#transcript.add({ kind: 'notice', level: 'error', text: reason });
    this.#parts.onChange();
  }

  async #piece(message: Said | undefined, stop: AbortController): Promise<void> {
    this.#unanswered = 0;
    const outcome = await pieceOfWork(message, stop, {
      ...{ parts: this.#parts, conversation: this.#conversation, budget: this.#budget },
      ...{ usage: this.#usage, transcript: this.#transcript, log: this.#log },
      callRun: (signal) => this.#callRun(signal),
      attended: () => this.#attended(stop.signal),
      unanswered: () => this.#unanswered,
      waiting: (isWaiting) => {
        this.waiting(isWaiting, stop.signal);
      },
      save: () => this.#save(),
      begun: () => {
        this.#become(doing(this.#phase, 'running', ''));
      },
    });
    if (outcome.isElsewhere) this.#isElsewhere = true;
    this.#fault = outcome.state === 'failed' ? (outcome.fault ?? 'failed') : undefined;
    this.#become(ending(this.#phase, outcome));
  }

  /** While nobody is there the work waits; its time stands still. */
  #attended(signal: AbortSignal): Promise<void> {
    const { presence } = this.#parts;
    const waiting = (isWaiting: boolean): void => {
      this.#waits(isWaiting, signal, UNATTENDED);
    };
    return attended({ presence, record: (type) => this.#log.add(type, {}), waiting }, signal);
  }

  /** It asks a person: that is counted, and its time stands still meanwhile. */
  waiting(isWaiting: boolean, signal: AbortSignal): void {
    if (isWaiting) this.#questions += 1;
    this.#waits(isWaiting, signal);
  }

  #waits(isWaiting: boolean, signal: AbortSignal, why = ''): void {
    const waits = this.#budget.waits(isWaiting);
    if (!signal.aborted) this.#become(doing(this.#phase, waits ? 'waiting' : 'running', waits ? why : ''));
  }

  #callRun(signal: AbortSignal): CallRun {
    return callRunOf({
      ...{ parts: this.#parts, conversation: this.#conversation, transcript: this.#transcript, log: this.#log },
      ...{ grants: this.#grants, turn: this.#budget.turn },
      flags: () => this.#flags,
      performing: (action, labels) => this.#performing(action, labels),
      attended: () => this.#attended(signal),
      waiting: (isWaiting) => {
        this.#waits(isWaiting, signal);
      },
      asking: (count) => {
        this.#questions += count;
      },
      unanswered: () => {
        this.#unanswered += 1;
      },
    });
  }

  async #performing(action: Action, labels: readonly Flag[]): Promise<void> {
    this.#parts.scriptWatch.performing(action);
    const flags = lightened(this.#flags, labels);
    if (JSON.stringify(flags) === JSON.stringify(this.#flags)) return;
    this.#flags = flags;
    await this.#log.add('flags', flags);
    await this.#save();
  }

  async #save(): Promise<void> {
    const { folder, folders, store } = this.#parts;
    await this.#conversation.store(store, this.id, { folder, folders, turn: this.#budget.turn, flags: this.#flags });
  }

  #become(phase: Phase): void {
    this.#phase = phase;
    this.#parts.onChange();
  }
}
