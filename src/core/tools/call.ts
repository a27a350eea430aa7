import type { Action } from '../../shared/action.ts';
import type { Approval } from '../../shared/approval.ts';
import type { NewEvent } from '../../shared/auditEvent.ts';
import type { Decision } from '../../shared/decision.ts';
import { canonicalJson, type Json } from '../../shared/json.ts';
import { visibleLine } from '../../shared/visible.ts';
import type { ApprovalDesk } from '../approval/desk.ts';
import { grantFor, grantView, type Grant } from '../approval/grants.ts';
import type { AuditLog } from '../audit/port.ts';
import { decide, offered } from '../policy/decide.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { Forbidden } from '../scope/guard.ts';
import { parseArguments } from './arguments.ts';
import { Cancelled, Changed, Interruption, throwIfStopped, ToolFailure } from './failure.ts';
import { limitsOf } from './runCommand.ts';
import { toolNamed } from './table.ts';
import type { AnyTool, Description, ToolContext } from './tool.ts';

/** What the model asked for: `arguments` is the text it sent, not yet parsed. */
export interface ToolCall {
  id: string;
  name: string;
  arguments: string;
}

export interface CallResult {
  status: 'done' | 'failed' | 'denied' | 'cancelled';
  text: string;
  contentOf: string[];
}

/** What a call needs of its run. `context()` gives policy and scope as they are at that moment. */
export interface CallRun {
  id: string;
  turn: number;
  audit: AuditLog;
  desk: ApprovalDesk;
  redactor: Redactor;
  grants: Grant[];
  newId(): string;
  now(): number;
  context(): Promise<ToolContext>;
  /** Told when the call starts and stops waiting for a person, so that the run's clock can stand still. */
  waiting(isWaiting: boolean): void;
  /** Told how the call stands, for whoever watches. */
  show(update: CallUpdate): void;
}

export interface CallUpdate {
  id: string;
  tool: string;
  title?: string;
  status: 'deciding' | 'waiting' | 'running' | CallResult['status'];
  decision?: Decision;
  output?: string;
}

const MAX_REDESCRIBED = 3;

/**
 * THE path of a tool call; there is no other. Parse, describe as an action, decide, record, ask where it must,
 * describe again and compare, checkpoint, record the start durably, perform, record the end, redact.
 *
 * Expected failures, denials and cancellations come back as results. If the log cannot be written it throws, and
 * nothing has happened. A bug throws too.
 */
export async function callTool(call: ToolCall, run: CallRun, signal: AbortSignal): Promise<CallResult> {
  const id = run.newId();
  const step = new Step(id, call, run);
  const tool = toolNamed(call.name);
  if (!tool) return step.refuse('unknown-tool', `there is no tool named "${visibleLine(call.name).slice(0, 100)}"`);
  const parsed = parseArguments(tool, call.arguments);
  if (!parsed.ok) return step.refuse('arguments', parsed.problem);
  try {
    return await decideAndPerform(tool, parsed.value, step, run, signal);
  } catch (error) {
    if (error instanceof Interruption) return step.end('cancelled', `Interrupted, not done: ${error.message}`);
    if (error instanceof Cancelled) return step.end('cancelled', `Not done: ${error.message}`);
    throw error;
  }
}

async function decideAndPerform(
  tool: AnyTool,
  args: unknown,
  step: Step,
  run: CallRun,
  signal: AbortSignal,
): Promise<CallResult> {
  let approvedDigest: string | undefined;
  let askedAgain: string | undefined;
  for (let attempt = 0; attempt <= MAX_REDESCRIBED; attempt += 1) {
    throwIfStopped(signal);
    const context = await run.context();
    const available = offered(context.policy, tool.family);
    if (available.verdict === 'deny') return step.deny(available);
    let described: Description;
    try {
      described = await tool.describe(args, context);
    } catch (error) {
      if (error instanceof Forbidden) return step.deny(error.decision);
      if (error instanceof ToolFailure) return step.fail(error.message);
      throw error;
    }
    const digest = context.hash(canonicalJson(described.action));
    const decision = await decideNow(tool, described.action, context, run);
    // An approval is for exactly this: the same digest, and rules that would still only ask.
    const approved = approvedDigest === digest && decision.verdict === 'ask';
    if (!approved) await step.propose(described, decision, digest);
    throwIfStopped(signal);
    if (decision.verdict === 'deny') return step.end('denied', deniedText(decision));
    if (decision.verdict === 'allow' || approved)
      return perform(tool, args, described.action, context, step, run, signal);
    if (approvedDigest !== undefined) askedAgain = 'Something changed after you approved; this is how it stands now.';
    const answer = await step.ask(described, decision, digest, context, askedAgain, signal);
    if (answer !== 'approved') return step.end('denied', answer);
    approvedDigest = digest;
  }
  return step.fail('what this call is about keeps changing; it was not done');
}

async function decideNow(tool: AnyTool, action: Action, context: ToolContext, run: CallRun): Promise<Decision> {
  const refusal = action.effect === 'execute' ? await confinementProblem(context) : undefined;
  return decide(
    action,
    { family: tool.family, ...(refusal !== undefined && { sandboxRefusal: refusal }) },
    context.policy,
    context.scope,
    run.grants.map(grantView),
  );
}

async function confinementProblem(context: ToolContext): Promise<string | undefined> {
  if (!context.policy.sandbox.value)
    return 'your policy switches the sandbox off, and this version runs no command outside it; set sandbox: true';
  if (context.policy.backend.value === 'docker') return 'this version has no docker sandbox; set sandbox.backend: auto';
  const status = await context.sandbox.status(limitsOf(context.policy));
  return status.works ? undefined : `${status.cause} ${status.fix}`;
}

async function perform(
  tool: AnyTool,
  args: unknown,
  action: Action,
  context: ToolContext,
  step: Step,
  run: CallRun,
  signal: AbortSignal,
): Promise<CallResult> {
  if (action.undo === 'full' && action.preImages.length > 0) {
    let kept;
    try {
      kept = await context.checkpoints.keep(run.id, step.id, action.preImages);
    } catch (error) {
      if (error instanceof ToolFailure) return step.fail(error.message); // it changed meanwhile: nothing has happened
      throw error;
    }
    await step.record('checkpoint', { files: kept.files, bytes: kept.bytes });
  }
  throwIfStopped(signal);
  // Committed before the effect: a log that cannot be written means that nothing happens.
  await step.record('started', { tool: action.tool, effect: action.effect });
  run.show({ id: step.id, tool: action.tool, status: 'running' });
  const began = run.now();
  try {
    throwIfStopped(signal); // stopped while the record was being written: `finished` says that nothing happened
    const performed = await tool.perform(args, action, context, signal);
    const text = run.redactor.text(performed.text);
    const status = signal.aborted ? 'cancelled' : performed.ok ? 'done' : 'failed';
    await step.record(
      'finished',
      { status, durationMs: Math.round(run.now() - began), facts: run.redactor.json(performed.facts) },
      { output: text },
    );
    run.show({ id: step.id, tool: action.tool, status, output: text });
    return { status, text, contentOf: performed.contentOf };
  } catch (error) {
    const known = error instanceof ToolFailure || error instanceof Forbidden || error instanceof Cancelled;
    const message = run.redactor.text(error instanceof Error ? error.message : 'unknown failure');
    const status = error instanceof Forbidden ? 'denied' : error instanceof Cancelled ? 'cancelled' : 'failed';
    await step.record(
      'finished',
      { status, durationMs: Math.round(run.now() - began), changed: error instanceof Changed },
      { output: message },
    );
    if (!known) throw error;
    return step.end(status, message);
  }
}

function deniedText(decision: Decision): string {
  return `Denied by policy (${decision.rule}): ${decision.reason}. Do not try to get around this; find another way or ask the user.`;
}

/** One call's records and its face to the watcher. */
class Step {
  readonly id: string;
  readonly #call: ToolCall;
  readonly #run: CallRun;

  constructor(id: string, call: ToolCall, run: CallRun) {
    this.id = id;
    this.#call = call;
    this.#run = run;
    run.show({ id, tool: visibleLine(call.name).slice(0, 100), status: 'deciding' });
  }

  async record(type: NewEvent['type'], data: NewEvent['data'], payload?: NewEvent['payload']): Promise<void> {
    const { redactor, id: run, turn, audit } = this.#run;
    await audit.append({
      type,
      run,
      turn,
      action: this.id,
      data: redactor.json(data),
      ...(payload !== undefined && { payload: redactor.json(payload) }),
    });
  }

  async propose(described: Description, decision: Decision, digest: string): Promise<void> {
    const { action, title } = described;
    this.#run.show({
      id: this.id,
      tool: action.tool,
      title: this.#run.redactor.text(title),
      status: 'deciding',
      decision,
    });
    await this.record(
      'proposed',
      { tool: action.tool, effect: action.effect, digest, undo: action.undo },
      { title, action: JSON.parse(canonicalJson(action)) as Json },
    );
    await this.record(
      'decided',
      { verdict: decision.verdict, rule: decision.rule, digest },
      { decision: JSON.parse(canonicalJson(decision)) as Json },
    );
  }

  /** `approved`, or the text for the model when the person said no. */
  async ask(
    described: Description,
    decision: Decision,
    digest: string,
    context: ToolContext,
    askedAgain: string | undefined,
    signal: AbortSignal,
  ): Promise<string> {
    const run = this.#run;
    const offer = grantFor(described.action, run.newId(), (path) => context.scope.shown(path));
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
      ...(offer && { grantOffer: offer.words }),
      ...(askedAgain !== undefined && { askedAgain }),
    };
    const shown = run.redactor.json(approval);
    await this.record('asked', { approval: approval.id, digest, shown: context.hash(canonicalJson(shown)) });
    run.show({ id: this.id, tool: described.action.tool, status: 'waiting', decision });
    const asked = run.now();
    run.waiting(true);
    try {
      const answer = await run.desk.ask(shown, described.preview, signal);
      await this.record(
        'answered',
        { approval: approval.id, choice: answer.choice, by: 'person', waitedMs: Math.round(run.now() - asked) },
        answer.reason === undefined ? undefined : { reason: answer.reason },
      );
      if (answer.choice === 'deny')
        return `The user denied this.${answer.reason === undefined ? '' : ` Their reason: ${answer.reason}`}`;
      if (answer.choice === 'approve-for-run' && offer) run.grants.push(offer);
      return 'approved';
    } catch (error) {
      if (error instanceof Cancelled) {
        const by = error instanceof Interruption ? 'interruption' : 'cancelled';
        await this.record('answered', { approval: approval.id, choice: 'deny', by }, { reason: error.message });
      }
      throw error;
    } finally {
      run.waiting(false);
    }
  }

  async deny(decision: Decision): Promise<CallResult> {
    this.#run.show({ id: this.id, tool: this.#call.name, status: 'deciding', decision });
    await this.#proposeRaw();
    await this.record(
      'decided',
      { verdict: 'deny', rule: decision.rule },
      { decision: JSON.parse(canonicalJson(decision)) as Json },
    );
    return this.end('denied', deniedText(decision));
  }

  /** A call that is not even a call: recorded, denied, and explained to the model. */
  async refuse(rule: string, problem: string): Promise<CallResult> {
    await this.#proposeRaw();
    await this.record('decided', { verdict: 'deny', rule }, { decision: { verdict: 'deny', rule, reason: problem } });
    return this.end('failed', `Not done: ${problem}.`);
  }

  /** A call that makes no sense on this workspace (a file that is not there): no effect, and recorded. */
  async fail(problem: string): Promise<CallResult> {
    await this.#proposeRaw();
    await this.record(
      'decided',
      { verdict: 'deny', rule: 'not-possible' },
      { decision: { verdict: 'deny', rule: 'not-possible', reason: problem } },
    );
    return this.end('failed', `Not done: ${problem}.`);
  }

  end(status: CallResult['status'], text: string): CallResult {
    const shown = this.#run.redactor.text(text);
    this.#run.show({ id: this.id, tool: visibleLine(this.#call.name).slice(0, 100), status, output: shown });
    return { status, text: shown, contentOf: [] };
  }

  async #proposeRaw(): Promise<void> {
    const { name, arguments: sent } = this.#call;
    await this.record('proposed', { tool: visibleLine(name).slice(0, 100) }, { arguments: sent.slice(0, 20_000) });
  }
}
