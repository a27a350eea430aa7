import type { AnsweredBy } from '../../shared/answered.ts';
import type { Action } from '../../shared/action.ts';
import type { Approval } from '../../shared/approval.ts';
import type { EventData, EventPayload, EventType, NewEvent } from '../../shared/auditEvent.ts';
import type { ActionStatus } from '../../shared/runView.ts';
import type { Decision } from '../../shared/decision.ts';
import { canonicalJson, type Json } from '../../shared/json.ts';
import type { NoCallCause } from '../../shared/noCall.ts';
import { sentence } from '../../shared/named.ts';
import { exact, visibleLine } from '../../shared/visible.ts';
import { storedAction } from '../audit/storedAction.ts';
import { whatRan } from '../audit/whatRan.ts';
import { changedEvent } from '../audit/changedEvent.ts';
import type { Changes } from '../checkpoint/port.ts';
import type { ToolCall } from '../models/port.ts';
import type { NotSaved } from '../editor/openFiles.ts';
import type { CallResult, CallRun, CallUpdate } from './callRun.ts';
import { Cancelled, Interruption } from '../outcome.ts';
import type { Description } from './tool.ts';

const ENDS: ReadonlySet<EventType> = new Set(['started', 'finished', 'interrupted']);

/** One call's records and its face to the watcher. */
export class Step {
  readonly id: string;
  /** Which call of which reply it is, as its questions say it. */
  readonly inReply: Pick<Approval, 'reply'>;
  readonly #call: ToolCall;
  readonly #run: CallRun;
  readonly #within: string | undefined;
  #isProposed = false;
  /** How it is shown, where its result does not say it. */
  #endedAs: ActionStatus | undefined;
  /** What was recorded of it last, where it is neither begun (`started`) nor ended. */
  #open: 'proposed' | 'answered' | undefined;

  /** `within`: the action that it is a part of, where it is no call of the model. */
  constructor(id: string, call: ToolCall, run: CallRun, reply?: Approval['reply'], within?: string) {
    this.id = id;
    this.#within = within;
    this.inReply = reply ? { reply } : {};
    this.#call = call;
    this.#run = run;
    run.show({ id, tool: this.#tool, status: 'deciding' });
  }

  /** The tool as the model named it. */
  get #tool(): string {
    return visibleLine(this.#call.name).slice(0, 100);
  }

  /** Where a reply has several calls, their records say which: they need not come in its order. */
  get #place(): { call?: number; within?: string } {
    const { reply } = this.inReply;
    if (this.#within !== undefined) return { within: this.#within };
    return reply && reply.calls > 1 ? { call: reply.place } : {};
  }

  /** How it is shown, whatever its result says. */
  endsAs(status: ActionStatus): void {
    this.#endedAs = status;
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

  /**
   * `variables`: those of the user's that commands are given. `editedFrom`: the arguments that the model had, where a person
   * has changed them. `effectsOf`: the action whose effects this one is to show.
   */
  async propose(
    { described, decision, digest }: { described: Description; decision: Decision; digest: string },
    variables: readonly string[],
    { editedFrom, effectsOf }: { editedFrom?: Json | undefined; effectsOf?: string } = {},
  ): Promise<void> {
    const isEdited = editedFrom !== undefined;
    const { action, title } = described;
    this.#run.show({
      id: this.id,
      tool: action.tool,
      title: this.#run.redactor.json(title),
      ...notInTitle(described, this.#run.redactor),
      ...looksOf(action, this.#run.redactor),
      status: 'deciding',
      decision,
      isEdited,
    });
    await this.record(
      'proposed',
      {
        ...{ tool: action.tool, effect: action.effect, digest, undo: action.undo, ...this.#place },
        ...(isEdited && { editedBy: 'person' as const }),
        ...(effectsOf !== undefined && { effectsOf }),
      },
      { title, action: storedAction(action, variables), ...(isEdited && { editedFrom }) },
    );
    await this.record(
      'decided',
      { verdict: decision.verdict, rule: decision.rule, digest, tool: action.tool, effect: action.effect },
      { decision: JSON.parse(canonicalJson(decision)) as Json },
    );
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
    const events: NewEvent[] = [this.#event('finished', data, payload)];
    if (changes) {
      const said = changedEvent(changes);
      events.unshift(this.#event(said.type, said.data, said.payload));
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
      { tool: this.#tool, ...this.#place },
      { arguments: this.#call.arguments, ...(name !== this.#tool && { name }) },
    );
  }
}

function looksOf(action: Action, redactor: CallRun['redactor']): Pick<CallUpdate, 'looks'> {
  if (action.kind !== 'look') return {};
  return { looks: { effect: action.effect, places: redactor.json(action.resources.map(({ path }) => path)) } };
}

/** A command line whose title is cut is told whole too. */
function notInTitle({ action, title }: Description, redactor: CallRun['redactor']): { ran?: string } {
  const line = whatRan({ payload: { action: storedAction(action, []) } });
  const whole = line === undefined ? undefined : redactor.json(line.trim());
  return whole === undefined || title.includes(exact(whole)) ? {} : { ran: whole };
}

/** A no, as the model is told it. */
export function refusalText({ by }: AnsweredBy, reason: string | undefined): string {
  switch (by) {
    case 'person':
      return `The user denied this.${reason === undefined ? ' Do not ask for the same again.' : ` Their reason: ${reason}`}`;
    case 'input':
      return `Denied by an answer that was given beforehand${reason === undefined ? '' : `: ${reason}`}.`;
    case 'nobody':
      return 'Not done: it needs an approval, and nobody is there to give one. Do not ask for it again; do what needs none.';
  }
}

export function deniedText(decision: Decision): string {
  return `Not allowed (${decision.rule}): ${sentence(decision.reason)} Do not try to get around this. Go on without it, or say what you would need.`;
}
