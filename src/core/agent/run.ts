import type { NewEvent } from '../../shared/auditEvent.ts';
import type { RunState, RunView } from '../../shared/runView.ts';
import type { ApprovalDesk } from '../approval/desk.ts';
import type { Action } from '../../shared/action.ts';
import { NO_FLAGS, type Flag, type Flags } from '../../shared/flow.ts';
import { GrantBook } from '../approval/grants.ts';
import { lightened } from '../flow/ruleOfTwo.ts';
import type { ScriptWatch } from '../flow/scriptWatch.ts';
import type { AuditLog, RunStore } from '../audit/port.ts';
import type { Message, Model } from '../models/port.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import type { Redactor } from '../redaction/redactor.ts';
import type { CallParts, CallRun } from '../tools/callRun.ts';
import { Cancelled, Interruption, LimitReached } from '../tools/failure.ts';
import { endingBy, type Outcome } from './ending.ts';
import { converse } from './loop.ts';
import { systemPrompt } from './prompt.ts';
import { RunClock, type Clock } from './runClock.ts';
import { SentContent } from './sentContent.ts';
import { saved, withEveryCallAnswered, type Saved } from './storedRun.ts';
import { entriesOf, Transcript } from './transcript.ts';

/** What a run is made of; `calls.inForce` answers for now, not for the start. */
export interface RunParts {
  id: string;
  folder: string;
  folders: readonly string[];
  model: Model;
  audit: AuditLog;
  store: RunStore;
  desk: ApprovalDesk;
  redactor: Redactor;
  clock: Clock;
  newId(): string;
  calls: CallParts;
  scriptWatch: ScriptWatch;
  /** For the run's first event: version and policy digest. */
  facts: NewEvent['data'];
  /** For the same, kept apart as personal: user and host. */
  who: Record<string, string>;
  onChange(): void;
}

/**
 * One run: a task, its messages and its state. `begin` and `send` work until the model has nothing more to do, a
 * person stops it, or a limit does; then it can go on with `send`.
 */
export class AgentRun {
  #parts: RunParts;
  readonly #transcript = new Transcript();
  readonly #grants: GrantBook;
  #flags: Flags;
  readonly #contentOf: SentContent;
  #messages: Message[];
  #task: string;
  #queue: string[] = [];
  /** What happened, and could not be recorded when it did. */
  #owed: NewEvent[] = [];
  #turn = 0;
  #turnsAtStart = 0;
  #maxTurns = 0;
  #questions = 0;
  #state: RunState = 'finished';
  #reason = '';
  #ended: RunState = 'finished';
  #stop: AbortController | undefined;
  #working: Promise<void> = Promise.resolve();

  constructor(parts: RunParts, before?: Saved) {
    this.#parts = parts;
    this.#grants = new GrantBook(() => parts.clock.monotonic());
    this.#flags = before?.flags ?? NO_FLAGS;
    this.#task = before?.task ?? '';
    this.#messages = before?.messages ?? [{ role: 'system', text: systemPrompt(parts.folder, parts.folders) }];
    this.#turn = before?.turn ?? 0;
    this.#contentOf = new SentContent(before?.contentOf);
    if (before) for (const entry of entriesOf(before.messages)) this.#transcript.add(entry);
  }

  get id(): string {
    return this.#parts.id;
  }

  get isWorking(): boolean {
    return this.#stop !== undefined;
  }

  view(): RunView {
    const { model, folder, id } = this.#parts;
    return {
      id,
      task: this.#task,
      folder,
      state: this.#state,
      reason: this.#reason,
      model: model.label,
      destination: model.destination,
      turn: this.#turn - this.#turnsAtStart,
      maxTurns: this.#maxTurns,
      questions: this.#questions,
      flags: this.#flags,
      grants: this.#grants.list(),
      entriesBefore: this.#transcript.before,
      entries: this.#transcript.entries,
    };
  }

  /** Lets the next work ask this model: the same one, perhaps with another key. */
  use(model: Model): void {
    if (!this.isWorking) this.#parts = { ...this.#parts, model };
  }

  /** Gives the run its task or a further message. While it works, the message joins at the next turn. */
  async send(text: string): Promise<void> {
    const shown = this.#parts.redactor.text(text);
    this.#transcript.add({ kind: 'user', text: shown });
    if (this.isWorking) {
      this.#queue.push(shown);
      this.#parts.onChange();
      await this.#save();
      return;
    }
    await this.#work(shown);
  }

  /** Goes on where an earlier process, a stop or a limit left it. */
  async resume(): Promise<void> {
    if (!this.isWorking) await this.#work(undefined);
  }

  /** Ends the work; resolves when nothing of it runs any more. */
  async stop(reason: string): Promise<void> {
    await this.#abort(new Cancelled(reason));
  }

  /** As `stop`, when nobody asked for it but the process goes away: the run waits to be resumed. */
  async interrupt(reason: string): Promise<void> {
    await this.#abort(new Interruption(reason));
  }

  async #abort(why: Cancelled): Promise<void> {
    if (this.#stop) {
      this.#set('stopping', why.message);
      this.#stop.abort(why);
    }
    await this.#working;
  }

  async #work(message: string | undefined): Promise<void> {
    const { store, folders, id } = this.#parts;
    const stop = new AbortController();
    this.#stop = stop;
    const work = async (): Promise<void> => {
      try {
        const claim = await store.claim(folders, id);
        if (!claim.ok) {
          this.#refuse(`Another run is active in ${claim.folder} (process ${claim.pid}). Stop it first.`, message);
          return;
        }
      } catch (error) {
        this.#refuse(error instanceof Error ? error.message : 'unknown failure', message);
        return;
      }
      try {
        await this.#session(message, stop);
        // Said in the last moment, when no turn was left to take it up.
        while (this.#state === 'finished' && this.#queue.length > 0) await this.#session(undefined, stop);
      } catch (error) {
        this.#refuse(error instanceof Error ? error.message : 'unknown failure');
      } finally {
        await store.release(id).catch(() => undefined);
      }
    };
    this.#working = work().finally(() => {
      this.#stop = undefined;
      // A stop that came after the end has nothing to stop.
      if (this.#state === 'stopping') this.#state = this.#ended;
      this.#parts.onChange();
    });
    await this.#working;
  }

  /** The work ends before it could be recorded; what was said is kept for the next try. */
  #refuse(reason: string, unsaid?: string): void {
    if (unsaid !== undefined) this.#queue.unshift(unsaid);
    this.#set('failed', this.#parts.redactor.text(reason));
    this.#transcript.add({ kind: 'notice', level: 'error', text: this.#reason });
    this.#parts.onChange();
  }

  async #session(message: string | undefined, stop: AbortController): Promise<void> {
    const { model, clock } = this.#parts;
    const first = this.#task === '';
    if (first) this.#task = this.#queue[0] ?? message ?? '';
    this.#messages = withEveryCallAnswered(this.#messages);
    // What was said too late for the work before this.
    for (const text of this.#queue.splice(0)) this.#messages.push({ role: 'user', text });
    if (message !== undefined) this.#messages.push({ role: 'user', text: message });
    // Some providers refuse a conversation whose last words are the model's own.
    if (this.#messages.at(-1)?.role === 'assistant') this.#messages.push({ role: 'user', text: 'Continue.' });
    await this.#save(); // from here on a crash loses nothing that was said
    const { policy } = await this.#parts.calls.inForce();
    this.#turnsAtStart = this.#turn;
    this.#set('running', '');
    await this.#record(
      first ? 'run_started' : 'run_continued',
      { ...this.#parts.facts, provider: model.provider, model: model.label },
      { task: message ?? '(resumed)', folder: this.#parts.folder, destination: model.destination, ...this.#parts.who },
    );
    const timeout = policy.timeoutSeconds.value;
    const runClock = new RunClock(clock, timeout * 1000, () => {
      stop.abort(new LimitReached(`It worked for ${timeout} s, the limit of your policy (timeout).`));
    });
    runClock.start();
    let outcome: Outcome;
    try {
      outcome = await this.#converse(policy, runClock, stop.signal);
    } catch (error) {
      const { state, reason } = endingBy(error, stop.signal);
      outcome = { state, reason: this.#parts.redactor.text(reason) };
      if (outcome.state === 'failed') await this.#record('error', {}, { message: outcome.reason });
    } finally {
      runClock.pause();
      this.#transcript.settle();
      await this.#save();
    }
    // What happened is said before it is said that all is over.
    for (let owed = this.#owed[0]; owed; owed = this.#owed[0]) {
      await this.#parts.audit.append(owed);
      this.#owed.shift();
    }
    if (outcome.state === 'interrupted') await this.#record('interrupted', { reason: outcome.reason });
    else
      await this.#record(
        'run_finished',
        { state: outcome.state, turns: this.#turn - this.#turnsAtStart },
        { reason: outcome.reason },
      );
    if (outcome.state !== 'finished')
      this.#transcript.add({
        kind: 'notice',
        level: outcome.state === 'failed' ? 'error' : 'warning',
        text: outcome.reason,
      });
    this.#set(outcome.state, outcome.reason);
  }

  async #converse(policy: EffectivePolicy, runClock: RunClock, signal: AbortSignal): Promise<Outcome> {
    const { model, redactor, audit, desk, clock, id, calls } = this.#parts;
    this.#maxTurns = policy.maxIterations.value;
    const callRun = (): CallRun => ({
      ...calls,
      id,
      turn: this.#turn,
      audit,
      desk,
      redactor,
      grants: this.#grants,
      flags: () => this.#flags,
      performing: (action, labels) => this.#performing(action, labels),
      owe: (event) => void this.#owed.push(event),
      newId: () => this.#parts.newId(),
      now: () => clock.monotonic(),
      waiting: (isWaiting) => {
        if (isWaiting) {
          this.#questions += 1;
          runClock.pause();
        } else runClock.start();
        if (!signal.aborted) this.#set(isWaiting ? 'waiting' : 'running', '');
      },
      show: (update) => {
        this.#transcript.action(update);
        this.#parts.onChange();
      },
    });
    return converse(
      {
        model,
        redactor,
        messages: this.#messages,
        maxTurns: async () => {
          // Once a turn: what was tightened meanwhile counts from here on.
          const { policy: now } = await calls.inForce();
          runClock.tighten(now.timeoutSeconds.value * 1000);
          this.#maxTurns = Math.min(this.#maxTurns, now.maxIterations.value);
          return this.#maxTurns;
        },
        toolbox: calls.toolbox,
        policy: async () => (await calls.inForce()).policy,
        callRun,
        contentOf: this.#contentOf,
        nextTurn: () => {
          this.#turn += 1;
          return this.#turn;
        },
        takeQueued: () => this.#queue.splice(0),
        showText: (text, streaming) => {
          this.#transcript.assistant(text, streaming);
          this.#parts.onChange();
        },
        record: (type, data, payload) => this.#record(type, data, payload),
        save: () => this.#save(),
      },
      signal,
    );
  }

  /** Takes a remembered approval back: the next call asks again. */
  async revoke(grant: string): Promise<void> {
    if (this.#grants.revoke(grant)) await this.#record('grant_revoked', { grant });
    this.#parts.onChange();
  }

  async #performing(action: Action, labels: readonly Flag[]): Promise<void> {
    this.#parts.scriptWatch.performing(action);
    const flags = lightened(this.#flags, labels);
    if (JSON.stringify(flags) === JSON.stringify(this.#flags)) return;
    this.#flags = flags;
    await this.#record('flags', flags);
    await this.#save();
  }

  async #record(type: NewEvent['type'], data: NewEvent['data'], payload?: NewEvent['payload']): Promise<void> {
    const { audit, id, redactor } = this.#parts;
    await audit.append({
      type,
      run: id,
      ...(this.#turn > 0 && { turn: this.#turn }),
      data: redactor.json(data),
      ...(payload !== undefined && { payload: redactor.json(payload) }),
    });
  }

  async #save(): Promise<void> {
    await this.#parts.store.saveTranscript(
      this.id,
      saved({
        task: this.#task,
        folder: this.#parts.folder,
        turn: this.#turn,
        contentOf: this.#contentOf.entries,
        flags: this.#flags,
        // What waits for the next turn is part of what was said.
        messages: [...this.#messages, ...this.#queue.map((text) => ({ role: 'user' as const, text }))],
      }),
    );
  }

  #set(state: RunState, reason: string): void {
    if (state !== 'running' && state !== 'waiting' && state !== 'stopping') this.#ended = state;
    this.#state = state;
    this.#reason = reason;
    this.#parts.onChange();
  }
}
