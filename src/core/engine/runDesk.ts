import type { RunSummary } from '../../shared/auditEvent.ts';
import type { RunView } from '../../shared/runView.ts';
import type { AgentRun } from '../agent/run.ts';
import { isReadable, readRun, type Saved } from '../agent/storedRun.ts';
import type { RunRequests } from '../presence/elsewhere.ts';
import type { AuditReader, RunningRun, RunStore } from '../audit/port.ts';
import type { Model } from '../models/port.ts';
import { Failure, type Cancelled } from '../outcome.ts';

export interface RunDeskParts {
  /** The workspace folders; the first is where runs work. */
  roots: readonly string[];
  audit: AuditReader & RunStore;
  requests: RunRequests;
  /** Makes a new run, or goes on with one of the log. */
  open(model: Model, stored?: { run: string; before: Saved }): Promise<AgentRun>;
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
    const fits = this.#run && !this.#run.isElsewhere && (this.#run.isWorking || isSameModel(this.#run.view(), model));
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
  async resume(run: string, model: Model): Promise<void> {
    if (this.isWorking) throw new Failure('A run is active; stop it first.');
    this.#starting = this.#stored(run, model);
    await (await this.#started())?.resume();
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
  async takeOver(run: string, model: Model): Promise<void> {
    if (this.isWorking) throw new Failure('A run is active; stop it first.');
    const found = await this.#running(run);
    if (found.folder !== this.#parts.roots[0]) throw new Failure(`This run belongs to ${found.folder}; show it there.`);
    await this.#parts.requests.tell(found, 'hand-over');
    await this.resume(run, model);
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

  /** Takes back a remembered approval of the present run. */
  async revokeGrant(id: string): Promise<void> {
    await this.#run?.revoke(id);
  }

  /** Marks what dead processes left open, and lists the runs of this workspace that wait to be resumed. */
  async interrupted(): Promise<RunSummary[]> {
    const { audit, roots } = this.#parts;
    await audit.recover();
    const recent = await audit.runs(20);
    const waiting = recent.filter(
      ({ state, run, folder }) =>
        state === 'interrupted' && (run !== this.#run?.id || this.#run.isElsewhere) && folder === roots[0],
    );
    const readable = await Promise.all(waiting.map(({ run }) => isReadable(audit, run)));
    return waiting.filter((_, index) => readable[index] === true);
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

  async #stored(run: string, model: Model): Promise<AgentRun> {
    const stored = await this.#parts.audit.loadTranscript(run);
    if (stored === undefined) throw new Failure(`There is no run ${run} to resume.`);
    const read = readRun(stored);
    if (!read.ok) throw new Failure(read.problem);
    const before = read.saved;
    // What it had read belongs to its folder, and so does what it would go on to do.
    if (before.folder !== this.#parts.roots[0])
      throw new Failure(`This run belongs to ${before.folder}; resume it there.`);
    return this.#parts.open(model, { run, before });
  }
}

/** Whether prompts of a run would go where they went before. */
function isSameModel(run: RunView, model: Model): boolean {
  return run.model === model.label && run.destination === model.destination;
}
