import { ledgerOf } from './ledgerOf.ts';
import type { Action } from '../../shared/action.ts';
import { canonicalJson, type Json } from '../../shared/json.ts';
import { NotedFiles } from '../checkpoint/notedFiles.ts';
import type { Changes, Checkpoint } from '../checkpoint/port.ts';
import { begin, placeOf, type About } from './beginning.ts';
import { labelsOf } from '../flow/ruleOfTwo.ts';
import { kindOf } from '../kinds/table.ts';
import type { ToolCall } from '../models/port.ts';
import type { GrantView } from '../policy/facts.ts';
import { Forbidden } from '../scope/guard.ts';
import type { Scope } from '../scope/scope.ts';
import { madeShown, madeWords } from './madeShown.ts';
import type { CallResult, CallRun } from './callRun.ts';
import { decidedNow, parseCall, type DecidedCall } from './decideCall.ts';
import { toldOfEdit } from './editedWords.ts';
import { applying, effectsFirst, withEffects } from './effectsFirst.ts';
import { callingOf, connectingOf } from './connect/connectingOf.ts';
import type { OpenCall } from './openCall.ts';
import type { OpenQuestion } from './openQuestion.ts';
import { Cancelled, Changed, throwIfStopped, ToolFailure } from '../outcome.ts';
import { deniedText, Step } from './step.ts';
import type { CallContext, GoesOn, Performed } from './tool.ts';
import { askWhose } from './whoseQuestion.ts';
import { closeGone, notSavedWords } from './unsaved.ts';

/** What a look needs of its run. */
export type LookingRun = Pick<CallRun, 'toolbox' | 'files' | 'refresh' | 'flags' | 'hash' | 'runners' | 'performing'>;

/** The other calls of a reply, as the one at its turn meets them (replyCalls.ts). */
export interface Beside {
  /** While this call waits to be answered: puts what others of the reply will have to ask beside it. */
  lookAhead(waiting: Action): Promise<void>;
  /** An approval is remembered, which may cover others. */
  granted: () => void;
  /** Resolves when that happens next. */
  grantElsewhere(): Promise<void>;
}

/** A call of no reply. */
const ALONE: Beside = {
  lookAhead: () => Promise.resolve(),
  granted: () => undefined,
  grantElsewhere: () => new Promise(() => undefined),
};

const MAX_REDESCRIBED = 3;
const KEEPS_CHANGING = 'what this call is about keeps changing; it was not done';
const CHANGED = 'Something changed after you approved; this is how it stands now.';
const SAVED = 'Your changes are saved; this is how it stands now.';

/**
 * THE path of a tool call; there is no other. Parse, describe as an action, decide, record, ask where it must,
 * describe again and compare, checkpoint, record the start durably, perform, record the end, redact.
 *
 * Expected failures, denials and cancellations come back as results. If the log cannot be written it throws, and
 * nothing has happened. A bug throws too.
 */
export async function callTool(
  call: OpenCall,
  run: CallRun,
  signal: AbortSignal,
  beside: Beside = ALONE,
): Promise<CallResult> {
  const { step, parsed } = call;
  if (parsed.kind === 'no-call') return step.fail(parsed.cause, parsed.problem);
  try {
    return await decideAndPerform({ call, run, beside }, signal);
  } catch (error) {
    if (!(error instanceof Cancelled)) {
      await call.end(error).catch(() => undefined); // what went wrong first is what is told
      throw error;
    }
    return await call.end(error);
  } finally {
    await call.dropEffects();
  }
}

/** A call of a reply that did not come to its end: it may be half of one that happens to parse, and is not done. */
export async function leaveOut(call: ToolCall, run: CallRun, why: string): Promise<CallResult> {
  return new Step(run.newId(), call, run).fail('cut-off', why);
}

/**
 * A look that Oversign takes by itself, for the model: decided as the model's own call would be, and taken only where that
 * is allowed without a question. Undefined where it is not, or where there is nothing to see. Its caller records what of it
 * is told.
 */
export async function lookUnasked(
  call: Pick<ToolCall, 'name' | 'arguments'>,
  run: LookingRun,
  signal: AbortSignal,
): Promise<{ text: string; scope: Scope } | undefined> {
  const parsed = parseCall(call, run.toolbox);
  if (parsed.kind === 'no-call') return undefined;
  const { context, decided } = await decidedNow(parsed.use, run, () => [], signal);
  if (decided.kind !== 'decided' || decided.decision.verdict !== 'allow') return undefined;
  const { action } = decided.described;
  const kind = kindOf(action);
  if (kind.isConfined || !kind.canOnlyLook || kind.footprint(action).kind !== 'nothing') return undefined; // it would do more than look
  try {
    const { text } = await decided.described.perform(context);
    // Once something was read, and before anybody gets it: what is not there brings nothing in.
    await run.performing(action, labelsOf(action, context));
    return { text, scope: context.scope };
  } catch (error) {
    if (error instanceof ToolFailure || error instanceof Forbidden) return undefined; // it went, or is no text
    throw error;
  }
}

async function decideAndPerform(
  { call, run, beside }: { call: OpenCall; run: CallRun; beside: Beside },
  signal: AbortSignal,
): Promise<CallResult> {
  const { step } = call;
  let approved: OpenQuestion | undefined;
  /** What a person approved: to do it, to have its effects shown, or to make exactly those. */
  let how: 'really' | 'show effects' | 'apply' = 'really';
  /** What a person approved as they have changed it. */
  let edited: DecidedCall | undefined;
  let askedAgain: string | undefined;
  let answers = 0;
  for (;;) {
    const answered = call.takeAnswered();
    if (answered) {
      const { answer, about, scope } = answered;
      if (answer?.kind === 'refused') return step.end('denied', answer.text);
      const fate = answer?.kind === 'edited' ? await call.edit(answered, answer, signal) : undefined;
      const { changed, others } = about.unsaved;
      how = answer?.kind === 'show effects' || answer?.kind === 'apply' ? answer.kind : 'really';
      approved = answer?.kind === 'approved' || how !== 'really' ? answered : undefined;
      edited = fate?.kind === 'approved' ? fate.as : undefined;
      const toSave = fate ? [] : approved ? changed : [...changed, ...others];
      const problems = toSave.length === 0 ? [] : await step.save(toSave, signal);
      throwIfStopped(signal);
      if (problems.length > 0) return step.fail('not-possible', notSavedWords(problems, scope));
      askedAgain = fate ? undefined : toSave.length > 0 ? SAVED : CHANGED;
      if (!fate && how === 'really') answers += 1;
      if (answers > MAX_REDESCRIBED) return step.fail('not-possible', KEEPS_CHANGING);
    }
    await run.attended();
    throwIfStopped(signal);
    // What a person has just approved uses up no grant, not even the one that they gave with it.
    const isGranted = approved === undefined && edited === undefined;
    const grantElsewhere = beside.grantElsewhere();
    const grants = (): readonly GrantView[] => (isGranted ? run.grants.views() : []);
    const { context, decided } = await decidedNow(call.use, { ...run, uncovered: call.uncovered }, grants, signal);
    if (decided.kind !== 'decided') {
      if (!(await call.takeBack())) continue;
      return decided.kind === 'refused' ? step.deny(decided.decision) : step.fail(decided.cause, decided.problem);
    }
    const { described, decision, unsaved } = decided;
    if (call.effects && call.effects.of !== decided.digest) await call.dropEffects(); // they are of something else
    const asked = withEffects(decided, call.effects, run.hash);
    // An approval is for exactly this: the same digest, nothing unsaved in its way, and rules that would still only ask.
    const isSame = approved?.approves(asked) ?? (edited !== undefined && isSameAs(edited, decided));
    const isApproved = isSame && decision.verdict === 'ask' && unsaved.changed.length === 0;
    const isByEdit = isApproved && edited !== undefined;
    approved = undefined;
    edited = undefined;
    throwIfStopped(signal); // while it was being described
    const waiting = decision.verdict === 'ask' && call.question?.shows(asked) ? call.question : undefined;
    if ((!isApproved || isByEdit) && !waiting) {
      if (!(await call.takeBack())) continue;
      await call.propose(decided, context);
    }
    throwIfStopped(signal);
    if (decision.verdict === 'deny') return step.end('denied', deniedText(decision));
    if (isApproved && how === 'show effects') {
      askedAgain = await effectsFirst(call, decided, { run, context });
      continue;
    }
    const outdated = isApproved && how === 'apply' ? await call.effects?.shown.outdated() : undefined;
    if (outdated !== undefined) {
      await call.dropEffects();
      askedAgain = outdated;
      await call.propose(decided, context);
    } else if (decision.verdict === 'allow' || isApproved) {
      if (isByEdit)
        run.show({ id: step.id, tool: described.action.tool, status: 'deciding', answered: { by: 'person' } });
      const shown = isApproved && how === 'apply' ? call.effects : undefined;
      const does = shown ? applying(described, shown) : described;
      const effect = { described: does, decision, context, step, run };
      const begun = await begin(effect);
      if (begun.kind === 'uncovered') {
        call.uncovered = begun.why;
        continue;
      }
      if (begun.kind === 'not possible') return step.fail('not-possible', begun.why);
      const result = await perform(effect, begun.checkpoint);
      return call.editedFrom ? told(result, call.editedFrom, { action: described.action, run }) : result;
    }
    // While a person reads: what may be changed is read before it is needed.
    if (kindOf(described.action).footprint(described.action).kind === 'anything')
      void run.checkpoints.prepare(placeOf(described.action, context));
    const question =
      waiting ??
      (await call.ask(withEffects(decided, call.effects, run.hash), context, { askedAgain, granted: beside.granted }));
    await beside.lookAhead(described.action);
    run.waiting(true);
    try {
      await Promise.race([question.settled, grantElsewhere]);
    } finally {
      run.waiting(false);
    }
  }
}

/** A person has changed it: the model, which asked for something else, is told what counted. Of a file, that is content. */
function told(
  result: CallResult,
  from: Record<string, Json>,
  { action, run }: { action: Action; run: CallRun },
): CallResult {
  const text = run.redactor.text(toldOfEdit(from, action.arguments, result.text));
  const written = action.kind === 'change' ? touchedBy(action) : [];
  return { ...result, text, contentOf: [...result.contentOf, ...written] };
}

function isSameAs(one: DecidedCall, other: DecidedCall): boolean {
  return one.digest === other.digest && canonicalJson(one.decision) === canonicalJson(other.decision);
}

async function perform(
  { described, decision, context, step, run }: About,
  checkpoint: Checkpoint,
): Promise<CallResult> {
  const { signal } = context;
  const { action } = described;
  const footprint = kindOf(action).footprint(action);
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
    ...(described.applies !== undefined && { applies: described.applies }),
  });
  run.show({ id: step.id, tool: action.tool, status: 'running' });
  const began = run.now();
  const files = new NotedFiles(context.files, { footprint, hash: run.hash });
  const changes = async (): Promise<Changes | undefined> =>
    footprint.kind === 'nothing' ? undefined : checkpoint.end(files.noted);
  const effect = { action, context, step, run, changes, began };
  let performed: Performed;
  try {
    throwIfStopped(signal); // stopped while the record was being written: `finished` says that nothing happened
    const whose: CallContext['whose'] = (appeared, until) =>
      askWhose(appeared, { step, run, context: { ...context, signal: until }, described });
    const ledger = ledgerOf(step, run);
    const leave: CallContext['leave'] = (outbound) => ledger.permit(outbound);
    performed = await described.perform({
      ...context,
      files,
      whose,
      leave,
      connecting: connectingOf(step, run, callTool),
      calling: callingOf(step, run, callTool),
    });
  } catch (error) {
    return broken(error, effect);
  }
  return performed.goesOn ? goOn(performed, performed.goesOn, effect) : closed(performed, signal, effect);
}

/** What was begun, and is over now or goes on. */
interface Effect {
  action: Action;
  context: CallContext;
  step: Step;
  run: CallRun;
  changes: () => Promise<Changes | undefined>;
  /** Milliseconds of the run's clock. */
  began: number;
}

/** Whoever finds a note of it does not have to find out what it changed. */
async function recorded({ step, run }: Pick<Effect, 'step' | 'run'>): Promise<void> {
  await run.checkpoints.recorded({ run: run.id, action: step.id }).catch(() => undefined);
}

/** It is over: what came of it is recorded, and shown. */
async function closed(performed: Performed, signal: AbortSignal, effect: Effect): Promise<CallResult> {
  const { action, context, step, run, changes, began } = effect;
  const changed = await changes();
  const made = performed.showsMade ? await madeShown(changed, context) : undefined;
  const { text, masked: maskedHere } = run.redactor.mask([performed.text, ...madeWords(made)].join('\n'));
  const masked = (performed.masked ?? 0) + maskedHere;
  // A stop that came when it was done has stopped nothing of it.
  const status = performed.ok ? 'done' : signal.aborted ? 'cancelled' : 'failed';
  const durationMs = Math.round(run.now() - began);
  await step.finish(changed, { status, durationMs, facts: performed.facts }, { output: text });
  await recorded(effect);
  await closeGone(action, context.files, run.openFiles);
  if (masked > 0) await step.record('redaction', { masked });
  const remarks = performed.remarks?.map((remark) => run.redactor.text(remark)) ?? [];
  const { exit } = performed.facts;
  run.show({
    ...{ id: step.id, tool: action.tool, status, output: text, remarks, durationMs },
    ...(typeof exit === 'number' && { exit }),
    ...(made && { made: { ...made, files: made.files.map((one) => ({ ...one, name: run.redactor.text(one.name) })) } }),
  });
  return {
    status,
    text,
    contentOf: performed.contentOf,
    images: performed.images,
    touched: touchedBy(action),
  };
}

/** It broke: also that is recorded. Throws what is none of the failures that are expected. */
async function broken(error: unknown, { step, run, changes, began }: Effect): Promise<CallResult> {
  const message = run.redactor.text(error instanceof Error ? error.message : 'unknown failure');
  const status = error instanceof Forbidden ? 'denied' : error instanceof Cancelled ? 'cancelled' : 'failed';
  const durationMs = Math.round(run.now() - began);
  const isOther = error instanceof Changed && { changed: true };
  await step.finish(await changes(), { status, durationMs, ...isOther }, { output: message });
  await recorded({ step, run });
  if (!isExpected(error)) throw error;
  return step.end(status, message);
}

/** It goes on while other calls are made: the record that was opened stays open until it has ended. */
function goOn(performed: Performed, goesOn: GoesOn, effect: Effect): CallResult {
  const { action, step, run } = effect;
  const { text } = run.redactor.mask(performed.text);
  const end = goesOn.ended.then(
    (ended) => closed(ended, goesOn.signal, effect),
    (error: unknown) => broken(error, effect),
  );
  run.goingOn.add(
    end.then(() => undefined),
    (why) => {
      goesOn.stop(why);
    },
  );
  run.show({ id: step.id, tool: action.tool, status: 'running', goesOn: true, output: text });
  return { status: 'done', text, contentOf: performed.contentOf, images: performed.images, touched: touchedBy(action) };
}

/** What an action was about. */
function touchedBy({ resources }: Action): string[] {
  return resources.map(({ path }) => path);
}

function isExpected(error: unknown): boolean {
  return error instanceof ToolFailure || error instanceof Forbidden || error instanceof Cancelled;
}
