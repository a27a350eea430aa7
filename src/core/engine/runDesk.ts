import type { RunSummary } from '../../shared/auditEvent.ts';
import type { RunView } from '../../shared/runView.ts';
import type { AgentRun } from '../agent/run.ts';
import type { AuditReader, RunStore } from '../audit/port.ts';
import type { Model } from '../models/port.ts';
import { Failure, type Cancelled } from '../outcome.ts';
import type { Binding } from './binding.ts';
import type { Agreement, Ready, RunOffer, StoredRuns } from './storedRuns.ts';

export interface RunDeskParts {
  audit: AuditReader & RunStore;
  stored: StoredRuns;
  /** Makes a new run, or goes on with one of the log. */
  open(model: Model, stored?: Ready): Promise<AgentRun>;
  onChange(): void;
}

/** The present run of a workspace: at most one, how it starts, what is said to it, how it ends, and the way back to earlier ones. */
export class RunDesk {
  readonly #parts: RunDeskParts;
  #run: AgentRun | undefined;
  #starting: Promise<AgentRun> | undefined;

  constructor(parts: RunDeskParts) {
    this.#parts = parts;
  }

  view(): RunView | undefined {
    return this.#run?.view();
  }

  get isWorking(): boolean {
    return this.#starting !== undefined || (this.#run?.isWorking ?? false);
  }

  /** The run that is at work. */
  get working(): string | undefined {
    return this.#run?.isWorking === true ? this.#run.id : undefined;
  }

  /**
   * Starts a run with this task, or hands the text to the present one. Resolves when the work has ended. Where it is
   * meant for a run (`meant`), throws a sentence instead of starting another one: what was read in a run goes to no
   * other model, and nobody is told of a run that is in truth a new one.
   */
  async send(text: string, model: Model, meant?: string): Promise<void> {
    const fits = this.#run && (this.#run.isWorking || isSameModel(this.#run.view(), model));
    if (meant !== undefined && !(fits && this.#run?.id === meant))
      throw new Failure(`The model or the run was changed meanwhile: this would begin a new run. ${model.destination}`);
    // Two messages in quick succession are for one run; whoever stops it meanwhile stops it.
    if (!fits) this.#starting ??= this.#parts.open(model);
    const run = await this.#started();
    run?.use(model);
    await run?.send(text);
  }

  /** Hands a message to the run that is at work; it keeps its model. */
  async say(text: string): Promise<void> {
    await (await this.#started())?.send(text);
  }

  /** Puts the present run aside, so that the next message starts a new one. */
  putAside(): void {
    if (this.isWorking) return;
    this.#run = undefined;
    this.#parts.onChange();
  }

  /** Goes on with a run of the log that was interrupted, stopped, or reached a limit. */
  async resume(run: string, model: Model, agreed?: Agreement): Promise<void> {
    if (this.isWorking) throw new Failure('A run is active; stop it first.');
    this.#starting = this.#parts.stored.ready(run, agreed).then((ready) => this.#parts.open(model, ready));
    await (await this.#started())?.resume();
  }

  /** In which folders a run would go on (binding.ts). */
  async binding(run: string, named?: string): Promise<Binding> {
    return this.#parts.stored.binding(run, named);
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

  /** Marks what dead processes left open, and lists the runs of this workspace that wait to be resumed. */
  async interrupted(): Promise<RunOffer[]> {
    const { audit, stored } = this.#parts;
    await audit.recover();
    const recent = await audit.runs(20);
    return stored.offers(recent.filter(({ run, state }) => state === 'interrupted' && run !== this.#run?.id));
  }

  /** Those of some runs that can go on here, with those whose folder is nowhere to be seen. */
  async resumable(runs: readonly RunSummary[]): Promise<RunOffer[]> {
    return this.#parts.stored.offers(runs, true);
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
}

/** Whether prompts of a run would go where they went before. */
function isSameModel(run: RunView, model: Model): boolean {
  return run.model === model.label && run.destination === model.destination;
}
