import { originOf, type Answered } from '../../shared/answered.ts';
import type { Answer as Given, Approval } from '../../shared/approval.ts';
import type { EventPayload } from '../../shared/auditEvent.ts';
import { canonicalJson } from '../../shared/json.ts';
import { offersFor, untilWords } from '../approval/grants.ts';
import { labelsOf } from '../flow/ruleOfTwo.ts';
import type { Offer } from '../kinds/kind.ts';
import { Cancelled } from '../outcome.ts';
import { alwaysOffer } from '../policy/alwaysRule.ts';
import { mayStandFor } from '../policy/remembered.ts';
import { Outdated, takenBackBy } from '../stopped.ts';
import type { CallRun } from './callRun.ts';
import type { DecidedCall } from './decideCall.ts';
import { refusalText, type Step } from './step.ts';
import type { CallContext, ShownEffects } from './tool.ts';

/** What a person changed a call to, and whether they had seen all of what it was. */
export interface Edited {
  text: string;
  isRead: boolean;
}

/** What a person said: to do it, to do it so, to save first what is unsaved and ask anew, or no, in a text for the model. */
export type Answer =
  | { kind: 'approved'; isRemembered: boolean }
  | ({ kind: 'edited' } & Edited)
  | { kind: 'save first' }
  /** To run it in a view first; to make exactly what it changed there. */
  | { kind: 'show effects' }
  | { kind: 'apply' }
  | { kind: 'refused'; text: string };

interface Asking {
  step: Step;
  run: CallRun;
  context: CallContext;
  /** Why it is asked, where that is not the first time. */
  askedAgain: string | undefined;
  /** Told when an approval is remembered with the answer, or the call is changed by it. */
  granted: () => void;
  /** What of it a person may change; whether it stands as one has changed it. */
  edit: { label: string; text: string } | undefined;
  isEdited: boolean;
  /** What it did in a view, which the card shows. */
  effects: ShownEffects | undefined;
}

const OUTDATED = 'What it was about was not as shown any more.';

/** A question about one call, from when it is put to a person on: it waits, is taken back, or has its answer. */
export class OpenQuestion {
  /** What it was put about, as it stood then. */
  readonly about: DecidedCall;
  readonly scope: CallContext['scope'];
  /** When it waits no more, and that is recorded. Throws `Cancelled` where its signal fired before the answer. */
  readonly settled: Promise<void>;
  readonly #asking: Asking;
  readonly #shown: Approval;
  #answer: Answer | undefined;

  private constructor(about: DecidedCall, asking: Asking, { shown, offers }: { shown: Approval; offers: Offer[] }) {
    this.about = about;
    this.scope = asking.context.scope;
    this.#asking = asking;
    this.#shown = shown;
    this.settled = this.#wait(offers);
    this.settled.catch(() => undefined); // heard by whoever waits for it, at the call's turn
  }

  /** Records the question, and puts it to a person. */
  static async put(about: DecidedCall, asking: Asking): Promise<OpenQuestion> {
    const { step, run, context, askedAgain, edit, isEdited, effects } = asking;
    const { described, decision, digest, unsaved } = about;
    const { scope, policy } = context;
    const fitting = offersFor(described.action, { shown: (path) => scope.shown(path), roots: scope.roots });
    // With effects in sight three answers are enough: what they show is of this one time.
    const offers = effects ? [] : mayStandFor(decision, fitting, policy);
    const isOnce = decision.eachTime === true || effects !== undefined;
    const always = isOnce ? undefined : alwaysOffer(described.action, scope.roots, policy);
    const effectsState = await effectsStateOf(about, effects, context.signal);
    const approval: Approval = {
      id: run.newId(),
      run: run.id,
      action: step.id,
      tool: described.action.tool,
      ...step.inReply,
      title: described.title,
      digest,
      ...(described.consequence && { consequence: described.consequence }),
      undo: described.undo.words,
      undoState: described.undo.state,
      ...(run.claim !== undefined && { claim: run.claim }),
      card: described.card,
      where: [...(described.where ?? [])],
      why: decision.reason,
      decision,
      grantOffers: offers.map(({ id, words }) => ({ id, words })),
      grantLimits: { minutes: policy.grants.maxMinutes.value, uses: policy.grants.maxUses.value },
      ...(always !== undefined && { alwaysOffer: always }),
      flags: run.flags(),
      lights: labelsOf(described.action, context).filter((flag) => !run.flags()[flag]),
      ...(askedAgain !== undefined && { askedAgain }),
      ...(unsaved.others.length > 0 && { savesFirst: true as const }),
      ...(edit && { edit }),
      ...(isEdited && { edited: true as const }),
      ...(effectsState && { effects: effectsState }),
    };
    const shown = run.redactor.json(approval);
    await step.record('asked', { approval: approval.id, digest, shown: run.hash(canonicalJson(shown)) });
    run.asking(1);
    run.show({ id: step.id, tool: described.action.tool, status: 'waiting', decision });
    return new OpenQuestion(about, asking, { shown, offers });
  }

  /** Undefined while it waits, and where it was taken back. */
  get answer(): Answer | undefined {
    return this.#answer;
  }

  /** Whether an approval of this is one of that: the same action, asked for the same reason. */
  approves({ digest, decision }: DecidedCall): boolean {
    const { about } = this;
    return digest === about.digest && canonicalJson(decision) === canonicalJson(about.decision);
  }

  /** Whether it shows that as it stands: then it can go on waiting. */
  shows(decided: DecidedCall): boolean {
    return this.approves(decided) && shownOf(decided) === shownOf(this.about);
  }

  /** It is not as shown any more, or cannot be asked. False where it has an answer, or one is being recorded. */
  async takeBack(why: Cancelled = new Outdated(OUTDATED)): Promise<boolean> {
    const { run } = this.#asking;
    const isTakenBack = run.desk.takeBack(this.#shown.id, why);
    await this.settled.catch((error: unknown) => {
      if (!(error instanceof Cancelled)) throw error; // that is recorded
    });
    return isTakenBack;
  }

  async #wait(offers: readonly Offer[]): Promise<void> {
    const { step, run, context } = this.#asking;
    const { described } = this.about;
    const asked = run.now();
    let answered: Answered;
    try {
      answered = await run.desk.ask(
        this.#shown,
        { action: described.action, previews: described.previews },
        context.signal,
      );
    } catch (error) {
      if (!(error instanceof Cancelled)) throw error;
      const isOutdated = error instanceof Outdated;
      if (!isOutdated) step.endsAs('unanswered');
      const taken = { approval: this.#shown.id, choice: 'deny', ...takenBackBy(error) };
      await step.record('answered', taken, { reason: error.message });
      if (isOutdated) {
        run.asking(-1); // nobody was kept by it
        return;
      }
      throw error;
    }
    this.#answer = await this.#recorded(answered, offers, Math.round(run.now() - asked));
    const { kind } = this.#answer;
    if (kind === 'edited' || (kind === 'approved' && this.#answer.isRemembered)) this.#asking.granted();
  }

  async #recorded({ answer, from }: Answered, offers: readonly Offer[], waitedMs: number): Promise<Answer> {
    const { step, run } = this.#asking;
    const isYes = ['approve', 'approve-and-grant', 'apply'].includes(answer.choice);
    await step.record(
      'answered',
      {
        ...{ approval: this.#shown.id, choice: answer.choice, ...originOf(from) },
        ...(isYes && answer.unseen !== undefined && { unseen: answer.unseen }),
        waitedMs,
      },
      saidWith(answer),
    );
    if (from.by === 'nobody') run.unanswered();
    // What it becomes is decided first.
    if (answer.choice === 'approve-edited' && answer.text !== undefined)
      return { kind: 'edited', text: answer.text, isRead: answer.unseen === undefined };
    if (answer.choice === 'show-effects') return { kind: 'show effects' };
    if (answer.choice !== 'save-first')
      run.show({
        ...{ id: step.id, tool: this.about.described.action.tool, status: 'waiting' },
        answered: { by: from.by, said: answer.reason },
      });
    if (answer.choice === 'deny') {
      const text = refusalText(from, answer.reason);
      step.end('denied', text); // shown at once; the model is told at its turn
      return { kind: 'refused', text };
    }
    if (answer.choice === 'save-first') return { kind: 'save first' };
    if (answer.choice === 'apply') return { kind: 'apply' };
    const offer = offers.find(({ id }) => id === answer.grant?.offer);
    if (answer.choice !== 'approve-and-grant' || !offer || !answer.grant)
      return { kind: 'approved', isRemembered: false };
    const grant = run.newId();
    run.grants.give(grant, offer, answer.grant.until);
    await step.record('granted', { grant, until: untilWords(answer.grant.until) }, { words: offer.words });
    return { kind: 'approved', isRemembered: true };
  }
}

async function effectsStateOf(
  { described }: DecidedCall,
  shown: ShownEffects | undefined,
  signal: AbortSignal,
): Promise<Approval['effects']> {
  if (shown) return { state: 'shown', ...(shown.obstacle !== undefined && { obstacle: shown.obstacle }) };
  if (!described.effects || !described.showEffects) return undefined;
  const why = await described.effects.whyNot(signal);
  return why === undefined ? { state: 'offered' } : { state: 'not-here', why };
}

function saidWith({ reason, text }: Given): EventPayload['answered'] | undefined {
  if (reason === undefined && text === undefined) return undefined;
  return { ...(reason !== undefined && { reason }), ...(text !== undefined && { edited: text }) };
}

/** What of a call is in sight where it is asked, beside its digest and its decision. */
function shownOf({ described, unsaved }: DecidedCall): string {
  const { title, card, undo, consequence, where } = described;
  return canonicalJson({
    ...{ title, card, undo: { ...undo }, where: [...(where ?? [])], savesFirst: unsaved.others.length > 0 },
    ...(consequence && { consequence }),
  });
}
