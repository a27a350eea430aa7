import type { AuditLog, AuditReader, RunStore } from '../audit/port.ts';
import { turnsOf } from '../audit/tree.ts';
import type { ApprovalDesk } from '../approval/desk.ts';
import { GrantBook } from '../approval/grants.ts';
import { heldWords, type RunRequests } from '../presence/elsewhere.ts';
import { attended, type Presence } from '../presence/presence.ts';
import { RunRecord } from '../agent/runRecord.ts';
import { revertedEvents } from './revertedEvents.ts';
import type { Changed } from '../audit/changed.ts';
import type { ActionOf, Checkpoints } from '../checkpoint/port.ts';
import type { Cancelled } from '../outcome.ts';
import { Failure, FolderBusy } from '../outcome.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { callTool } from '../tools/call.ts';
import type { CallParts, CallResult, CallRun } from '../tools/callRun.ts';
import { decidedNow, parseCall } from '../tools/decideCall.ts';
import { OpenCall } from '../tools/openCall.ts';
import { revertAction, type RevertOf } from '../tools/files/revertAction.ts';
import { revertPart, type PartsOf } from '../tools/files/revertPart.ts';
import type { AnyTool } from '../tools/tool.ts';
import { toolboxOf } from '../tools/toolbox.ts';
import type { Block } from '../../shared/block.ts';
import { NO_FLAGS } from '../../shared/flow.ts';
import type { Way } from '../../shared/wayWords.ts';
import type { EventData, EventPayload } from '../../shared/auditEvent.ts';

export interface RevertParts {
  roots: readonly string[];
  audit: AuditLog & AuditReader & RunStore;
  desk: ApprovalDesk;
  redactor: Redactor;
  newId: () => string;
  now: () => number;
  presence: Presence;
  requests: RunRequests;
  /** `way`: how the person works who reverts. */
  open(run: string, way?: Way): Promise<RevertRun>;
  lists: Checkpoints['list'];
}

/** What the call of a revert goes through the gate with, and what its run's first event says. */
export interface RevertRun {
  calls: CallParts;
  facts: Pick<EventData['run_started'], 'version' | 'policy' | 'at' | 'place'>;
  who: Pick<EventPayload['run_started'], 'user' | 'host'>;
}

/** One action of a person's, in a run of its own. */
interface Work {
  call: { name: string; arguments: string };
  /** What its run is called. */
  task(): Promise<string>;
  tool(run: string, calls: CallParts): AnyTool;
  /** What is recorded as reverted once it is done. */
  reverted: readonly ActionOf[];
  way: Way | undefined;
}

/** What of a run is reverted: from an action on, and these files alone; all of it where nothing is said. */
export interface RunPart {
  from?: string | undefined;
  /** That action alone. */
  alone?: boolean;
  only?: readonly string[] | undefined;
}

/** What a revert would do. */
export type RevertPreview =
  { kind: 'possible'; title: string; blocks: readonly Block[]; undo: string } | { kind: 'not possible'; why: string };

/**
 * Reverts of actions. Each is one action in a run of its own: nothing but the way of every call has an effect, no other
 * run is active meanwhile, and the run that it reverts can still go on.
 */
export class Reverts {
  readonly #parts: RevertParts;
  #stop: AbortController | undefined;
  #working: Promise<unknown> = Promise.resolve();

  constructor(parts: RevertParts) {
    this.#parts = parts;
  }

  get isWorking(): boolean {
    return this.#stop !== undefined;
  }

  async stop(why: Cancelled): Promise<void> {
    this.#stop?.abort(why);
    await this.#working;
  }

  async revert(of: RevertOf, way?: Way): Promise<CallResult> {
    return this.#alone({
      call: callOf(of),
      task: async () => `Revert: ${(await this.#changedBy(of)).title}`,
      tool: (id, calls) => this.#tool(id, calls),
      reverted: of.only ? [] : [of.action, ...(of.also ?? [])].map((action) => ({ run: of.run, action })),
      way,
    });
  }

  /** The same for a whole run, or from one of its actions on; what is reverted already is left out. */
  async revertRun(run: string, part: RunPart, way?: Way): Promise<CallResult> {
    return this.revert(await this.#partOf(run, part), way);
  }

  /** Puts places of a text back: an edit of the person's. */
  async revertParts(of: PartsOf, way?: Way): Promise<CallResult> {
    return this.#alone({
      call: { name: 'revert_part', arguments: JSON.stringify(of) },
      task: () => Promise.resolve('Put back a part of a file'),
      tool: (id, { checkpoints }) =>
        revertPart({
          folder: this.#parts.roots[0] ?? '',
          foresee: (paths) => checkpoints.foresee(id, paths),
        }),
      reverted: [],
      way,
    });
  }

  async #alone(work: Work): Promise<CallResult> {
    if (this.#stop) throw new Failure('Another action is being reverted.');
    const stop = (this.#stop = new AbortController());
    const working = this.#claimed(work, stop.signal).finally(() => {
      this.#stop = undefined;
    });
    this.#working = working.catch(() => undefined);
    return working;
  }

  /** What a revert would do, as a person is shown it. Nothing is asked, recorded or done. */
  async preview(run: string, part: RunPart): Promise<RevertPreview> {
    const of = await this.#partOf(run, part);
    const { calls } = await this.#parts.open(run);
    const parsed = parseCall(callOf(of), toolboxOf([this.#tool(run, calls)]));
    if (parsed.kind === 'no-call') return { kind: 'not possible', why: parsed.problem };
    const { signal } = new AbortController();
    const looking = { ...calls, flags: () => NO_FLAGS };
    const { decided } = await decidedNow(parsed.use, looking, () => [], signal);
    if (decided.kind === 'no-call') return { kind: 'not possible', why: decided.problem };
    if (decided.kind === 'refused') return { kind: 'not possible', why: decided.decision.reason };
    const { title, card, undo } = decided.described;
    return { kind: 'possible', title, blocks: card.blocks, undo: undo.words };
  }

  async #partOf(run: string, { from, alone, only }: RunPart): Promise<RevertOf> {
    const actions = turnsOf(await this.#parts.audit.events(run)).flatMap((turn) => turn.actions);
    const first = from === undefined ? 0 : actions.findIndex(({ id }) => id === from);
    if (first < 0) throw new Failure('This action is not in the log.');
    const part = alone === true ? actions.slice(first, first + 1) : actions.slice(first);
    const own = part.filter(({ changed, left }) => changed !== undefined && left !== 'reverted');
    const [action, ...also] = own
      .filter(({ changed }) => changed?.unknown !== 0 || changed.paths.length > 0)
      .map(({ id }) => id);
    if (action === undefined) throw new Failure('Nothing is left of this run that could be reverted.');
    return { run, action, ...(also.length > 0 && { also }), ...(only && { only: [...only] }) };
  }

  async #claimed(work: Work, signal: AbortSignal): Promise<CallResult> {
    const { audit, roots, newId, requests } = this.#parts;
    const id = newId();
    const claim = await audit.claim(roots, id);
    if (!claim.ok) throw new FolderBusy(heldWords(claim));
    const stopListening = requests.listen(id, (why) => this.#stop?.abort(why));
    try {
      return await this.#recorded(work, id, signal);
    } finally {
      stopListening();
      await audit.release(id).catch(() => undefined);
    }
  }

  async #recorded(work: Work, id: string, signal: AbortSignal): Promise<CallResult> {
    const { audit, redactor, roots } = this.#parts;
    const log = new RunRecord({ id, audit, redactor, isBegun: false, turn: () => 1 });
    const { calls, facts, who } = await this.#parts.open(id, work.way);
    const task = await work.task();
    await log.add(
      'run_started',
      { ...facts, provider: 'none', model: 'none' },
      { task, folder: roots[0] ?? '', destination: 'Nothing is sent anywhere.', ...who },
    );
    const end = async (state: 'finished' | 'stopped' | 'failed', reason: string): Promise<void> => {
      await log.payOwed();
      await log.add('run_finished', { state, turns: 1 }, { reason });
    };
    try {
      const result = await this.#called(work, id, { calls, log, signal });
      if (result.status === 'done')
        for (const of of work.reverted) for (const event of await revertedEvents(of, id, audit)) log.owe(event);
      await end(result.status === 'done' ? 'finished' : result.status === 'failed' ? 'failed' : 'stopped', result.text);
      return result;
    } catch (error) {
      await end('failed', error instanceof Error ? error.message : 'unknown failure').catch(() => undefined);
      throw error;
    }
  }

  #called(
    work: Work,
    id: string,
    { calls, log, signal }: { calls: CallParts; log: RunRecord; signal: AbortSignal },
  ): Promise<CallResult> {
    const { audit, desk, redactor, newId, now, presence } = this.#parts;
    const tool = work.tool(id, calls);
    const run: CallRun = {
      ...calls,
      ...{ id, turn: 1, audit, desk, redactor, newId, now },
      toolbox: toolboxOf([tool]),
      grants: new GrantBook(now),
      flags: () => NO_FLAGS,
      performing: () => Promise.resolve(),
      owe: (event) => {
        log.owe(event);
      },
      waiting: () => undefined,
      asking: () => undefined,
      unanswered: () => undefined,
      attended: () => attended({ presence, record: (type) => log.add(type, {}), waiting: () => undefined }, signal),
      show: () => undefined,
    };
    const call = { id: 'revert', ...work.call };
    return callTool(new OpenCall(call, run), run, signal);
  }

  #tool(id: string, { checkpoints }: CallParts): AnyTool {
    return revertAction({
      folder: this.#parts.roots[0] ?? '',
      foresee: (paths) => checkpoints.foresee(id, paths),
      changedBy: (one) => this.#changedBy(one),
      checkpoints,
    });
  }

  async #changedBy({ run, action }: ActionOf): ReturnType<Parameters<typeof revertAction>[0]['changedBy']> {
    const actions = turnsOf(await this.#parts.audit.events(run)).flatMap((turn) => turn.actions);
    const found = actions.find(({ id }) => id === action);
    if (!found) throw new Failure('This action is not in the log.');
    return { of: { run, action }, title: found.title, changed: await this.#allOf({ run, action }, found.changed) };
  }

  /** Of thousands of paths the log has the first, and the digest of all. */
  async #allOf(of: ActionOf, changed: Changed | undefined): Promise<Changed | undefined> {
    if (!changed || changed.isWhole || changed.list === undefined) return changed;
    const paths = await this.#parts.lists(of, changed.list);
    return paths ? { ...changed, paths, isWhole: true } : changed;
  }
}

function callOf(of: RevertOf): { name: string; arguments: string } {
  return { name: 'revert_action', arguments: JSON.stringify(of) };
}
