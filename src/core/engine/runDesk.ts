import type { AnsweredBy, PlaceOf } from '../../shared/answered.ts';
import type { RunSummary } from '../../shared/auditEvent.ts';
import type { Fault } from '../../shared/fault.ts';
import type { RunView } from '../../shared/runView.ts';
import { agreedTo, isSameModel, type Agreed, type GoesTo } from '../agent/handOver.ts';
import type { AgentRun } from '../agent/run.ts';
import type { RunRequests } from '../presence/elsewhere.ts';
import type { AuditLog, AuditReader, RunningRun, RunStore } from '../audit/port.ts';
import { noModel } from './noModel.ts';
import type { Image } from '../models/images.ts';
import type { Model } from '../models/port.ts';
import { Failure, NoSuchRun, type Cancelled } from '../outcome.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import { takenBy, takenWords } from '../policy/ways.ts';
import type { Way } from '../../shared/wayWords.ts';
import type { Binding } from './binding.ts';
import type { Chosen } from './openRun.ts';
import type { Agreement, Forking, Ready, RunOffer, StoredRuns } from './storedRuns.ts';

export interface RunDeskParts {
  /** The workspace folders; the first is where runs work. */
  roots: readonly string[];
  audit: AuditLog & AuditReader & RunStore;
  stored: StoredRuns;
  requests: RunRequests;
  /** Makes a new run, or goes on with one of the log. */
  open(chosen: Chosen, stored?: Ready): Promise<AgentRun>;
  onChange(): void;
}

/** The run that a message is meant for, and what was agreed to where it goes on with another model. */
export interface Meant {
  run: string;
  agreed?: Agreed | undefined;
}

/** What was agreed to where a run of the log goes on: with another model, in other folders; and what it is told first. */
export interface Agreements {
  model?: Agreed | undefined;
  folders?: Agreement | undefined;
  message?: string | undefined;
  /** The way in which it goes on; without it, as its record says. */
  way?: Way | undefined;
}

/** Said where a run goes on that somebody else went on with meanwhile. */
const WENT_ON = 'This run went on in another window or terminal. What was said there is known here now.';

/** What a run is told first. */
export interface Saying {
  text: string;
  images?: readonly Image[] | undefined;
}

/** What of a run's label changes: an empty name takes the one it has. */
export interface RunLabel {
  name?: string | undefined;
  pinned?: boolean | undefined;
}

/** The present run of a workspace: at most one, how it starts, what is said to it, how it ends, and the way back to earlier ones. */
export class RunDesk {
  readonly #parts: RunDeskParts;
  #run: AgentRun | undefined;
  /** The one that is only looked at: what the log has of it may be more by the time that somebody goes on with it. */
  #shown: AgentRun | undefined;
  #starting: Promise<AgentRun> | undefined;
  /** What a person chose here last: it counts for the runs to come. */
  #way: Way | undefined;

  constructor(parts: RunDeskParts) {
    this.#parts = parts;
  }

  view(): RunView | undefined {
    return this.#run?.view();
  }

  /** What a person chose for the runs to come; undefined where they leave it to their policy. */
  get way(): Way | undefined {
    return this.#way;
  }

  /** A person chooses the way of the present run, and of those to come. Throws where a policy has taken it away. */
  async chooseWay(way: Way, policy: EffectivePolicy, from: PlaceOf): Promise<void> {
    const taken = takenBy(way, policy);
    if (taken !== undefined) throw new Failure(takenWords(way, taken));
    this.#way = way;
    await (await this.#started())?.choose(way, from);
    this.#parts.onChange();
  }

  get isWorking(): boolean {
    return this.#starting !== undefined || (this.#run?.isWorking ?? false);
  }

  /** The present run's name in the log; undefined where there is none of it. */
  get recorded(): string | undefined {
    return this.#run?.isRecorded === true ? this.#run.id : undefined;
  }

  /** What made the present run's last work fail. */
  get fault(): Fault | undefined {
    return this.#run?.fault;
  }

  /** The run that is at work. */
  get working(): string | undefined {
    return this.#run?.isWorking === true ? this.#run.id : undefined;
  }

  /**
   * Starts a run with this task, or hands the text to the present one. Resolves when the work has ended. Where it is
   * meant for a run (`meant`), throws instead of starting another one: nobody is told of a run that is in truth a new
   * one, and what was read in a run goes to no other model (`GoesElsewhere`) than somebody has agreed to.
   */
  async send(text: string, model: Model, meant?: Meant, images?: readonly Image[]): Promise<void> {
    const stale = await this.#stale(meant?.run);
    if (stale !== undefined) {
      await this.#goOn(stale, model, { model: meant?.agreed }, { text, images }, WENT_ON);
      return;
    }
    const present = this.#run?.isElsewhere === true ? undefined : this.#run;
    if (meant !== undefined && present !== undefined && present === this.#shown && present.id === meant.run)
      return this.#goOn(meant.run, model, { model: meant.agreed }, { text, images });
    const fits = present && (present.isWorking || isSameModel(present.goesTo, model));
    if (meant !== undefined && present?.id !== meant.run)
      throw new Failure(`The run was changed meanwhile: this would begin a new run. ${model.destination}`);
    if (meant !== undefined && present && !fits) await handOver(present, model, meant.agreed);
    // Two messages in quick succession are for one run; whoever stops it meanwhile stops it.
    else if (!fits) this.#starting ??= this.#parts.open({ model, way: this.#way });
    const run = await this.#started();
    run?.use(model);
    await run?.send(text, images);
  }

  /**
   * The present run, where it is at rest and somebody else went on with it: what they said in it is no part of what is
   * known here, and would be overwritten.
   */
  async #stale(meant: string | undefined): Promise<string | undefined> {
    const present = this.#run;
    if (this.isWorking || present === undefined || present === this.#shown) return undefined;
    if (meant !== undefined && meant !== present.id) return undefined;
    const wentOn = await present.wentOn();
    return wentOn && this.#starting === undefined && this.working === undefined ? present.id : undefined;
  }

  /** Shows the present run as it stands by now, where somebody else went on with it and has done with it. */
  async catchUp(): Promise<void> {
    const run = await this.#stale(undefined);
    if (run === undefined) return;
    const [summary] = await this.#parts.audit.summaries([run]);
    if (summary?.state !== 'active' && !this.isWorking) await this.show(run);
  }

  /** Hands a message to the run that is at work; it keeps its model. */
  async say(text: string, images?: readonly Image[]): Promise<void> {
    await (await this.#started())?.send(text, images);
  }

  /** Takes back a message that the model has not been told yet; false where it was told meanwhile. */
  async withdraw(message: string, from: PlaceOf): Promise<boolean> {
    return (await this.#run?.withdraw(message, from)) ?? false;
  }

  /** Puts the present run aside, so that the next message starts a new one. */
  putAside(): void {
    if (this.isWorking) return;
    this.#run = undefined;
    this.#parts.onChange();
  }

  /**
   * Goes on with a run of the log that was interrupted, stopped, or reached a limit; with another model, or elsewhere, only
   * where somebody has agreed to exactly that (`GoesElsewhere`, binding.ts).
   */
  async resume(run: string, model: Model, agreed?: Agreements): Promise<void> {
    await this.#goOn(run, model, agreed, agreed?.message === undefined ? undefined : { text: agreed.message });
  }

  async #goOn(
    run: string,
    model: Model,
    agreed: Agreements | undefined,
    said: Saying | undefined,
    words?: string,
  ): Promise<void> {
    if (this.isWorking) throw new Failure('A run is active. Stop it first, or wait until it ends.');
    this.#starting = this.#stored(run, model, agreed);
    const opened = await this.#started();
    if (words !== undefined) opened?.tell(words);
    await (said === undefined ? opened?.resume() : opened?.send(said.text, said.images));
  }

  /**
   * Begins a new run with the conversation of another one, up to a message of a person: what was denied before that stays
   * in it, files stay as they are, and nothing that was approved is remembered. Asks as `resume` does.
   */
  async fork(from: Forking, model: Model, agreed: Agreements, said: Saying): Promise<void> {
    if (this.isWorking) throw new Failure('A run is active. Stop it first, or wait until it ends.');
    this.#starting = this.#forked(from, model, agreed);
    const opened = await this.#started();
    await opened?.send(said.text, said.images);
  }

  /**
   * Shows a run of the log as the present one, at rest as it ended: the next message goes on with it. Nothing is sent
   * anywhere; where another model is chosen by then, that is asked then.
   */
  async show(run: string): Promise<void> {
    if (this.isWorking) throw new Failure('A run is active. Stop it first, or wait until it ends.');
    this.#starting = this.#atRest(run);
    this.#shown = await this.#started();
    this.#parts.onChange();
  }

  async #atRest(run: string): Promise<AgentRun> {
    const [summary] = await this.#parts.audit.summaries([run]);
    if (!summary) throw new NoSuchRun(run);
    const { state: ended, reason } = summary;
    if (ended === 'active') throw new Failure('This run is at work in another window or terminal.');
    const ready = await this.#parts.stored.ready(run);
    return this.#parts.open({ model: noModel(summary), way: undefined }, { ...ready, rest: { ended, reason } });
  }

  /** In which folders a run would go on (binding.ts). */
  async binding(run: string, named?: string): Promise<Binding> {
    return this.#parts.stored.binding(run, named);
  }

  /** Runs of the account that are at work in other windows and terminals. */
  async elsewhere(): Promise<RunningRun[]> {
    return (await this.#parts.audit.running()).filter(({ isHere }) => !isHere);
  }

  /** Ends a run where it is. */
  async stopElsewhere(run: string): Promise<void> {
    await this.#parts.requests.tell(await this.#running(run), 'stop');
  }

  /** Goes on here with a run that is at work elsewhere; whoever holds it lets go of it first. */
  async takeOver(run: string, model: Model, agreed?: Agreements): Promise<void> {
    if (this.isWorking) throw new Failure('A run is active. Stop it first, or wait until it ends.');
    const found = await this.#running(run);
    if (found.folder !== this.#parts.roots[0]) throw new Failure(`This run belongs to ${found.folder}; show it there.`);
    await this.#parts.stored.assertFits(run, agreed?.folders); // nobody lets go of what cannot go on here
    await this.#parts.requests.tell(found, 'hand-over');
    await this.resume(run, model, agreed);
  }

  async #running(run: string): Promise<RunningRun> {
    const found = (await this.elsewhere()).find((one) => one.run === run);
    if (!found) throw new Failure('This run is not at work any more.');
    return found;
  }

  async stop(why: Cancelled): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#run?.stop(why);
  }

  /** The process goes away: what waits is answered as interrupted, what runs is ended, and the run can be resumed. */
  async interrupt(reason: string): Promise<void> {
    await this.#starting?.catch(() => undefined);
    await this.#run?.interrupt(reason);
  }

  /** Records something to know of the run that is at work. */
  async note(words: string): Promise<void> {
    await this.#run?.note(words);
  }

  /** Takes back a remembered approval of the present run. */
  async revokeGrant(id: string): Promise<void> {
    await this.#run?.revoke(id);
  }

  /** What a person calls a run, and whether it is pinned: in its record, so that every window knows. */
  async label(run: string, { name, pinned }: RunLabel, { at, place }: PlaceOf): Promise<void> {
    const said = { ...(place !== undefined && { place }), ...(pinned !== undefined && { pinned }) };
    const data = { by: 'person', at, ...said } as const;
    await this.#parts.audit.append({
      type: 'run_labelled',
      run,
      data,
      ...(name !== undefined && { payload: { name } }),
    });
  }

  /** Marks what dead processes left open, and lists the runs of this workspace that wait to be resumed. */
  async interrupted(): Promise<RunOffer[]> {
    const { audit, stored } = this.#parts;
    await audit.recover();
    const recent = await audit.runs(20);
    const waiting = recent.filter(
      ({ run, state, isDismissed }) =>
        state === 'interrupted' && isDismissed !== true && (run !== this.#run?.id || this.#run.isElsewhere),
    );
    return stored.offers(waiting);
  }

  /** Those of some runs that can go on here, with those whose folder is nowhere to be seen. */
  async resumable(runs: readonly RunSummary[]): Promise<RunOffer[]> {
    return this.#parts.stored.offers(runs, true);
  }

  /** A person wants to be offered an interrupted run no more: in its record, so that every window knows. */
  async dismiss(run: string, { at, place }: AnsweredBy): Promise<void> {
    const data = { by: 'person', at, ...(place !== undefined && { place }) } as const;
    await this.#parts.audit.append({ type: 'dismissed', run, data });
  }

  /** The present run, once whatever starts has started. */
  async #started(): Promise<AgentRun | undefined> {
    try {
      this.#run = (await this.#starting) ?? this.#run;
    } finally {
      this.#starting = undefined;
    }
    return this.#run;
  }

  async #stored(run: string, model: Model, agreed: Agreements = {}): Promise<AgentRun> {
    return this.#opened(await this.#parts.stored.ready(run, agreed.folders), model, agreed);
  }

  async #forked(from: Forking, model: Model, agreed: Agreements): Promise<AgentRun> {
    const [summary] = await this.#parts.audit.summaries([from.run]);
    if (summary?.state === 'active') throw new Failure('This run is at work in another window or terminal.');
    return this.#opened(await this.#parts.stored.forked(from, agreed.folders), model, agreed);
  }

  async #opened(ready: Ready, model: Model, { model: to, way }: Agreements): Promise<AgentRun> {
    const was = await this.#wasWith(ready.run);
    const { contentOf, folder } = ready.before;
    const conveyed = { before: was, contentOf, folder: this.#parts.roots[0] ?? folder };
    const from = isSameModel(was, model) ? undefined : agreedTo(to, conveyed, model);
    // A new run, if from an earlier one: it works as the person has chosen for those.
    const chosen = way ?? (ready.forked ? this.#way : undefined);
    const opened = await this.#parts.open({ model, way: chosen }, ready);
    if (from !== undefined) await opened.handOver(model, was, from);
    return opened;
  }

  /** The model that a run of the log was with, as the log tells. */
  async #wasWith(run: string): Promise<GoesTo | undefined> {
    const [{ model, destination } = {}] = await this.#parts.audit.summaries([run]);
    return model === undefined || destination === undefined ? undefined : { label: model, destination };
  }
}

async function handOver(run: AgentRun, model: Model, agreed: Agreed | undefined): Promise<void> {
  const { goesTo: before, contentOf, folder } = run;
  await run.handOver(model, before, agreedTo(agreed, { before, contentOf, folder }, model));
}
