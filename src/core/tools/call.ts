import type { Decision } from '../../shared/decision.ts';
import { NotedFiles } from '../checkpoint/notedFiles.ts';
import type { Changes, Checkpoint } from '../checkpoint/port.ts';
import { labelsOf } from '../flow/ruleOfTwo.ts';
import { kindOf } from '../kinds/table.ts';
import type { ToolCall } from '../models/port.ts';
import { Forbidden } from '../scope/guard.ts';
import type { CallResult, CallRun } from './callRun.ts';
import { confinementProblem } from './confinement.ts';
import { decideCall, parseCall } from './decideCall.ts';
import { Cancelled, Changed, Interruption, throwIfStopped, ToolFailure } from '../outcome.ts';
import { deniedText, Step } from './step.ts';
import type { CallContext, Described, Performed, ToolUse } from './tool.ts';
import { closeGone, notSavedWords } from './unsaved.ts';

const MAX_REDESCRIBED = 3;
const CHANGED = 'Something changed after you approved; this is how it stands now.';
const SAVED = 'Your changes are saved; this is how it stands now.';

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
  const parsed = parseCall(call, run.toolbox);
  if (parsed.kind === 'no-call') return step.fail(parsed.cause, parsed.problem);
  try {
    return await decideAndPerform(parsed.use, step, run, signal);
  } catch (error) {
    if (!(error instanceof Cancelled)) {
      await step.leave(error).catch(() => undefined); // what went wrong first is what is told
      throw error;
    }
    await step.leave(error);
    const words = `${error instanceof Interruption ? 'Interrupted, not done' : 'Not done'}: ${error.message}`;
    return { ...step.end('cancelled', words), isNotBegun: true };
  }
}

/** A call of a reply that did not come to its end: it may be half of one that happens to parse, and is not done. */
export async function leaveOut(call: ToolCall, run: CallRun, why: string): Promise<CallResult> {
  return new Step(run.newId(), call, run).fail('cut-off', why);
}

async function decideAndPerform(use: ToolUse, step: Step, run: CallRun, signal: AbortSignal): Promise<CallResult> {
  let approvedDigest: string | undefined;
  let askedAgain: string | undefined;
  for (let attempt = 0; attempt <= MAX_REDESCRIBED; attempt += 1) {
    await run.attended();
    throwIfStopped(signal);
    const { rulebook, scope, policy } = await run.refresh();
    const context = { signal, files: run.files, scope, policy };
    const situation = {
      rulebook,
      hash: run.hash,
      flags: run.flags(),
      // What a person has just approved uses up no grant, not even the one that they gave with it.
      grants: approvedDigest === undefined ? run.grants.views() : [],
      confinement: () => confinementProblem(policy, run.runners),
    };
    const decided = await decideCall(use, situation, context);
    if (decided.kind === 'refused') return step.deny(decided.decision);
    if (decided.kind === 'no-call') return step.fail(decided.cause, decided.problem);
    const { described, decision, digest, unsaved } = decided;
    // An approval is for exactly this: the same digest, nothing unsaved in its way, and rules that would still only ask.
    const approved = approvedDigest === digest && decision.verdict === 'ask' && unsaved.changed.length === 0;
    throwIfStopped(signal); // while it was being described
    if (!approved) await step.propose(decided, context.policy.variables.value);
    throwIfStopped(signal);
    if (decision.verdict === 'deny') return step.end('denied', deniedText(decision));
    if (decision.verdict === 'allow' || approved) return perform(described, decision, context, step, run);
    const answer = await step.ask(decided, context, askedAgain);
    if (answer.kind === 'refused') return step.end('denied', answer.text);
    const isApproved = answer.kind === 'approved';
    const toSave = isApproved ? unsaved.changed : [...unsaved.changed, ...unsaved.others];
    const problems = toSave.length === 0 ? [] : await step.save(toSave, signal);
    throwIfStopped(signal);
    if (problems.length > 0) return step.fail('not-possible', notSavedWords(problems, scope));
    approvedDigest = isApproved ? digest : undefined;
    askedAgain = toSave.length > 0 ? SAVED : CHANGED;
  }
  return step.fail('not-possible', 'what this call is about keeps changing; it was not done');
}

async function perform(
  described: Described,
  decision: Decision,
  context: CallContext,
  step: Step,
  run: CallRun,
): Promise<CallResult> {
  const { signal } = context;
  const { action } = described;
  const footprint = kindOf(action).footprint(action);
  let checkpoint: Checkpoint;
  try {
    checkpoint = await run.checkpoints.begin({ run: run.id, action: step.id }, footprint, action.undo);
  } catch (error) {
    if (error instanceof ToolFailure) return step.fail('not-possible', error.message); // it changed meanwhile: nothing has happened
    throw error;
  }
  if (checkpoint.kept) await step.record('checkpoint', { ...checkpoint.kept });
  throwIfStopped(signal);
  if (decision.grant !== undefined) {
    run.grants.used(decision.grant);
    await step.record('grant_used', { grant: decision.grant });
  }
  await run.performing(action, labelsOf(action, context));
  // Committed before the effect: a log that cannot be written means that nothing happens.
  await step.record('started', {
    tool: action.tool,
    effect: action.effect,
    ...(action.kind === 'run' && action.launch.outside === true && { outside: true }),
  });
  run.show({ id: step.id, tool: action.tool, status: 'running' });
  const began = run.now();
  const files = new NotedFiles(context.files, { footprint, hash: run.hash });
  const changes = async (): Promise<Changes | undefined> =>
    footprint.kind === 'nothing' ? undefined : checkpoint.end(files.noted);
  let performed: Performed;
  try {
    throwIfStopped(signal); // stopped while the record was being written: `finished` says that nothing happened
    performed = await described.perform({ ...context, files });
  } catch (error) {
    const message = run.redactor.text(error instanceof Error ? error.message : 'unknown failure');
    const status = error instanceof Forbidden ? 'denied' : error instanceof Cancelled ? 'cancelled' : 'failed';
    const durationMs = Math.round(run.now() - began);
    const isOther = error instanceof Changed && { changed: true };
    await step.finish(await changes(), { status, durationMs, ...isOther }, { output: message });
    if (!isExpected(error)) throw error;
    return step.end(status, message);
  }
  const { text, masked: maskedHere } = run.redactor.mask(performed.text);
  const masked = (performed.masked ?? 0) + maskedHere;
  // A stop that came when it was done has stopped nothing of it.
  const status = performed.ok ? 'done' : signal.aborted ? 'cancelled' : 'failed';
  const durationMs = Math.round(run.now() - began);
  await step.finish(await changes(), { status, durationMs, facts: performed.facts }, { output: text });
  await closeGone(action, context.files, run.openFiles);
  if (masked > 0) await step.record('redaction', { masked });
  const remarks = performed.remarks?.map((remark) => run.redactor.text(remark)) ?? [];
  run.show({ id: step.id, tool: action.tool, status, output: text, remarks });
  return { status, text, contentOf: performed.contentOf };
}

function isExpected(error: unknown): boolean {
  return error instanceof ToolFailure || error instanceof Forbidden || error instanceof Cancelled;
}
