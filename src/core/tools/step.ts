import type { AnsweredBy } from '../../shared/answered.ts';
import type { Approval } from '../../shared/approval.ts';
import type { EventData, EventPayload, EventType, NewEvent } from '../../shared/auditEvent.ts';
import type { ActionStatus } from '../../shared/runView.ts';
import type { Decision } from '../../shared/decision.ts';
import { canonicalJson, type Json } from '../../shared/json.ts';
import type { NoCallCause } from '../../shared/noCall.ts';
import { exact, visibleLine } from '../../shared/visible.ts';
import { storedAction } from '../audit/storedAction.ts';
import { whatRan } from '../audit/whatRan.ts';
import { offersFor, untilWords } from '../approval/grants.ts';
import { labelsOf } from '../flow/ruleOfTwo.ts';
import { alwaysOffer } from '../policy/alwaysRule.ts';
import type { Changes } from '../checkpoint/port.ts';
import { mayStandFor } from '../policy/remembered.ts';
import type { ToolCall } from '../models/port.ts';
import type { NotSaved } from '../editor/openFiles.ts';
import type { CallResult, CallRun } from './callRun.ts';
import type { Decided } from './decideCall.ts';
import { Cancelled, Interruption } from '../outcome.ts';
import { takenBackBy } from '../stopped.ts';
import type { CallContext, Description } from './tool.ts';

/** What a person said: to do it, to save first what is unsaved and ask anew, or no, in a text for the model. */
export type Asked = { kind: 'approved' } | { kind: 'save first' } | { kind: 'refused'; text: string };

const ENDS: ReadonlySet<EventType> = new Set(['started', 'finished', 'interrupted']);

/** One call's records and its face to the watcher. */
export class Step {
  readonly id: string;
  readonly #call: ToolCall;
  readonly #run: CallRun;
  #isProposed = false;
  /** How it is shown, where its result does not say it. */
  #endedAs: ActionStatus | undefined;
  /** What was recorded of it last, where it is neither begun (`started`) nor ended. */
  #open: 'proposed' | 'answered' | undefined;

  constructor(id: string, call: ToolCall, run: CallRun) {
    this.id = id;
    this.#call = call;
    this.#run = run;
    run.show({ id, tool: this.#tool, status: 'deciding' });
  }

  /** The tool as the model named it. */
  get #tool(): string {
    return visibleLine(this.#call.name).slice(0, 100);
  }

  async record<T extends EventType>(type: T, data: EventData[T], payload?: EventPayload[T]): Promise<void> {
    await this.#run.audit.append(this.#event(type, data, payload));
    this.#told(type, data);
  }

  #told(type: EventType, said: Record<string, Json>): void {
    if (type === 'proposed') this.#isProposed = true;
    if (type === 'proposed' || type === 'answered') this.#open = said['choice'] === 'deny' ? undefined : type;
    else if (ENDS.has(type) || said['verdict'] === 'deny') this.#open = undefined;
  }

  #event<T extends EventType>(type: T, data: EventData[T], payload?: EventPayload[T]): NewEvent<T> {
    const { redactor, id: run, turn } = this.#run;
    return {
      type,
      run,
      turn,
      action: this.id,
      data: redactor.json(data),
      ...(payload !== undefined && { payload: redactor.json(payload) }),
    };
  }

  /** `variables`: those of the user's that commands are given. */
  async propose(
    { described, decision, digest }: { described: Description; decision: Decision; digest: string },
    variables: readonly string[],
  ): Promise<void> {
    const { action, title } = described;
    this.#run.show({
      id: this.id,
      tool: action.tool,
      title: this.#run.redactor.json(title),
      ...notInTitle(described, this.#run.redactor),
      status: 'deciding',
      decision,
    });
    await this.record(
      'proposed',
      { tool: action.tool, effect: action.effect, digest, undo: action.undo },
      { title, action: storedAction(action, variables) },
    );
    await this.record(
      'decided',
      { verdict: decision.verdict, rule: decision.rule, digest, tool: action.tool, effect: action.effect },
      { decision: JSON.parse(canonicalJson(decision)) as Json },
    );
  }

  /** Asks a person. `askedAgain`: why, where it is not the first time. */
  async ask(
    { described, decision, digest, unsaved }: Extract<Decided, { kind: 'decided' }>,
    context: CallContext,
    askedAgain: string | undefined,
  ): Promise<Asked> {
    const run = this.#run;
    const { signal } = context;
    const { scope, policy } = context;
    const fitting = offersFor(described.action, { shown: (path) => scope.shown(path), roots: scope.roots });
    const offers = mayStandFor(decision, fitting, policy);
    const always = decision.eachTime === true ? undefined : alwaysOffer(described.action, scope.roots);
    const approval: Approval = {
      id: run.newId(),
      run: run.id,
      action: this.id,
      tool: described.action.tool,
      title: described.title,
      digest,
      card: described.card,
      undo: described.undo,
      decision,
      grantOffers: offers.map(({ id, words }) => ({ id, words })),
      grantLimits: { minutes: policy.grants.maxMinutes.value, uses: policy.grants.maxUses.value },
      ...(always !== undefined && { alwaysOffer: always }),
      flags: run.flags(),
      lights: labelsOf(described.action, context).filter((flag) => !run.flags()[flag]),
      ...(askedAgain !== undefined && { askedAgain }),
      ...(unsaved.others.length > 0 && { savesFirst: true as const }),
    };
    const shown = run.redactor.json(approval);
    await this.record('asked', { approval: approval.id, digest, shown: run.hash(canonicalJson(shown)) });
    run.show({ id: this.id, tool: described.action.tool, status: 'waiting', decision });
    const asked = run.now();
    run.waiting(true);
    try {
      const { answer, from } = await run.desk.ask(
        shown,
        { action: described.action, preview: described.preview },
        signal,
      );
      await this.record(
        'answered',
        {
          ...{ approval: approval.id, choice: answer.choice, ...originOf(from) },
          ...(answer.choice !== 'deny' &&
            answer.choice !== 'save-first' &&
            answer.unseen !== undefined && { unseen: answer.unseen }),
          waitedMs: Math.round(run.now() - asked),
        },
        answer.reason === undefined ? undefined : { reason: answer.reason },
      );
      if (answer.choice === 'deny') return { kind: 'refused', text: refusalText(from, answer.reason) };
      if (answer.choice === 'save-first') return { kind: 'save first' };
      const offer = offers.find(({ id }) => id === answer.grant?.offer);
      if (answer.choice === 'approve-and-grant' && offer && answer.grant) {
        const grant = run.newId();
        run.grants.give(grant, offer, answer.grant.until);
        await this.record('granted', { grant, until: untilWords(answer.grant.until) }, { words: offer.words });
      }
      return { kind: 'approved' };
    } catch (error) {
      if (error instanceof Cancelled) {
        this.#endedAs = 'unanswered';
        const taken = { approval: approval.id, choice: 'deny', ...takenBackBy(error) };
        await this.record('answered', taken, { reason: error.message });
      }
      throw error;
    } finally {
      run.waiting(false);
    }
  }

  /** Has the editor save what a person has unsaved in it: committed before it does. Which files it could not, and why. */
  async save(paths: readonly string[], signal: AbortSignal): Promise<NotSaved[]> {
    await this.record('saving', { files: paths.length }, { paths: [...paths] });
    return this.#run.openFiles.save(paths, signal);
  }

  async deny(decision: Decision): Promise<CallResult> {
    this.#run.show({ id: this.id, tool: this.#tool, status: 'deciding', decision });
    await this.#proposeRaw();
    await this.record(
      'decided',
      { verdict: 'deny', rule: decision.rule, tool: this.#tool },
      { decision: JSON.parse(canonicalJson(decision)) as Json },
    );
    return this.end('denied', deniedText(decision));
  }

  /** A call that is none, or makes no sense on this workspace (a file that is not there): no effect, and recorded. */
  async fail(cause: NoCallCause, problem: string): Promise<CallResult> {
    if (!this.#isProposed) await this.#proposeRaw();
    await this.record('finished', { status: 'failed', durationMs: 0, cause }, { output: problem });
    return this.end('failed', `Not done: ${problem}.`);
  }

  /**
   * How a begun action ended, and what it changed, where it could change anything. What happened is not lost with one
   * failure of the log: the run owes it, and records it before it says that it is over. Throws the failure.
   */
  async finish(
    changes: Changes | undefined,
    data: EventData['finished'],
    payload: EventPayload['finished'],
  ): Promise<void> {
    const paths = changes?.extent === 'exact' ? changes.paths : [];
    const events: NewEvent[] = [this.#event('finished', data, payload)];
    if (changes) {
      const counted = { extent: changes.extent, paths: paths.length };
      events.unshift(this.#event('changed', counted, { paths: paths.map((one) => ({ ...one })) }));
    }
    for (let next = events[0]; next; next = events[0]) {
      try {
        await this.#run.audit.append(next);
      } catch (error) {
        for (const owed of events) this.#run.owe(owed);
        throw error;
      }
      this.#told(next.type, next.data);
      events.shift();
    }
  }

  /** Stopped, or broken off by a failure, before it was begun. Does nothing where the log says already how it ended. */
  async leave(why: unknown): Promise<void> {
    if (this.#open === undefined) return;
    const words = this.#run.redactor.text(why instanceof Error ? why.message : 'unknown failure');
    if (why instanceof Interruption) {
      this.#endedAs = 'interrupted';
      await this.record('interrupted', { after: this.#open, effect: 'did not happen', reason: words });
    } else {
      const status = why instanceof Cancelled ? 'cancelled' : 'failed';
      await this.record('finished', { status, durationMs: 0 }, { output: words });
    }
  }

  end(status: CallResult['status'], text: string): CallResult {
    const shown = this.#run.redactor.text(text);
    this.#run.show({ id: this.id, tool: this.#tool, status: this.#endedAs ?? status, output: shown });
    return { status, text: shown, contentOf: [] };
  }

  async #proposeRaw(): Promise<void> {
    const { name } = this.#call;
    // Whole: masked first, then cut where all payloads are. Cut here, half a secret would not be masked.
    await this.record(
      'proposed',
      { tool: this.#tool },
      { arguments: this.#call.arguments, ...(name !== this.#tool && { name }) },
    );
  }
}

/** A command line whose title is cut is told whole too. */
function notInTitle({ action, title }: Description, redactor: CallRun['redactor']): { ran?: string } {
  const line = whatRan({ payload: { action: storedAction(action, []) } });
  const whole = line === undefined ? undefined : redactor.json(line.trim());
  return whole === undefined || title.includes(exact(whole)) ? {} : { ran: whole };
}

/** Only a person is somewhere. */
function originOf({ by, at, place }: AnsweredBy): Pick<AnsweredBy, 'by'> & Partial<AnsweredBy> {
  return by === 'person' ? { by, at, ...(place !== undefined && { place }) } : { by };
}

function refusalText({ by }: AnsweredBy, reason: string | undefined): string {
  switch (by) {
    case 'person':
      return `The user denied this.${reason === undefined ? '' : ` Their reason: ${reason}`}`;
    case 'input':
      return `Denied by an answer that was given beforehand${reason === undefined ? '' : `: ${reason}`}.`;
    case 'nobody':
      return 'Not done: it needs an approval, and nobody is there to give one. Do not ask for it again; do what needs none.';
  }
}

export function deniedText(decision: Decision): string {
  return `Denied by policy (${decision.rule}): ${decision.reason}. Do not try to get around this; find another way or ask the user.`;
}
