import type { AuditRecord } from '../../../shared/auditEvent.ts';
import type { Action } from '../../../shared/action.ts';
import type { Decision } from '../../../shared/decision.ts';
import { NO_FLAGS, type Flags } from '../../../shared/flow.ts';
import type { Way } from '../../../shared/wayWords.ts';
import { GrantBook, offersFor, untilSaid } from '../../approval/grants.ts';
import { labelsOf, lightened } from '../../flow/ruleOfTwo.ts';
import { decide, unsavedIn, type InForce } from '../../policy/decide.ts';
import type { Facts, Family } from '../../policy/facts.ts';
import { mayStandFor } from '../../policy/remembered.ts';
import { wayInForce } from '../../policy/ways.ts';
import { policyRefusal } from '../../tools/confinement.ts';
import type { Left } from './left.ts';
import { pastSteps, type PastDecision, type PastStep } from './pastCalls.ts';

/** What one past decision would be now; or why that cannot be said. */
export interface Replayed {
  past: PastDecision;
  now: Decision | undefined;
  left: Left | undefined;
  action: Action | undefined;
  /** Scripts that it names are not as they were: it was decided as it is recorded. */
  hasOtherScripts: boolean;
}

/** What a run is decided anew with. */
export interface ReplayParts {
  inForce: InForce;
  familyOf: (tool: string) => Family | undefined;
  /** The way to suppose; else each run's own, as far as the policy leaves it open. */
  way?: Way | undefined;
  /** The flags that were lit when it began, where it goes on from another one. */
  flags: Flags;
  look: LookNow;
  /** Lets others at work in between, and throws where it is to stop. */
  breathe(): Promise<void>;
}

/** How things stand on the disk now. */
export interface LookNow {
  /** A path with every link resolved, as far as it exists. */
  realPath: (path: string) => Promise<string>;
  /** SHA-256 of a file; undefined where it is none, or too long to be looked at. */
  digestOf: (path: string) => Promise<string | undefined>;
}

/**
 * Decides a past run anew: the recorded actions, in their order, by the same `decide` as a run's calls. Nothing is asked,
 * recorded or done, and nothing supposed of what the model or a person would have said then. What was approved is taken
 * for approved again where it would still be asked; flags and grants follow from that.
 */
export async function* replayRun(events: readonly AuditRecord[], parts: ReplayParts): AsyncGenerator<Replayed> {
  const replay = new RunReplay(parts);
  for (const step of pastSteps(events)) {
    await parts.breathe();
    if (step.kind === 'decided') yield await replay.decided(step.of);
    else replay.take(step);
  }
}

class RunReplay {
  readonly #parts: ReplayParts;
  readonly #now = new Map<PastDecision, Replayed>();
  /** Grants of the log that cannot be put together again. */
  readonly #lost = new Set<string>();
  readonly #grants: GrantBook;
  #flags: Flags;
  #way: Way | undefined;
  #time = 0;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
    this.#flags = parts.flags;
    this.#grants = new GrantBook(() => this.#time);
  }

  take(step: Exclude<PastStep, { kind: 'decided' }>): void {
    switch (step.kind) {
      case 'way':
        this.#way = step.way ?? this.#way;
        break;
      case 'flags':
        this.#flags = union(this.#flags, step.flags);
        break;
      case 'revoked':
        this.#grants.revoke(step.grant);
        break;
      case 'granted':
        this.#granted(step);
        break;
      case 'started':
        this.#happens(step.of);
        break;
    }
  }

  async decided(past: PastDecision): Promise<Replayed> {
    this.#time = past.at;
    const replayed = await this.#replayed(past);
    this.#now.set(past, replayed);
    // What was begun then counts from there on; what would be begun now and was not, from here.
    if (!past.isStarted && past.was.verdict !== 'allow' && replayed.now?.verdict === 'allow') this.#happens(past);
    return replayed;
  }

  async #replayed(past: PastDecision): Promise<Replayed> {
    const { was, tool } = past;
    const about = past.about();
    const leave = (left: Left): Replayed => ({
      ...{ past, left, now: undefined, hasOtherScripts: false },
      action: 'action' in about ? about.action : undefined,
    });
    if ('left' in about) return leave(about.left);
    const { action } = about;
    const { policy } = this.#parts.inForce;
    const family = action.kind === 'connect' ? 'code_execution' : this.#parts.familyOf(tool);
    if (family === undefined) return leave('unreadable');
    if (was.grant !== undefined && this.#lost.has(was.grant)) return leave('grant');
    if (action.kind === 'run' && (action.launch.outside === true) === policy.sandbox.value) return leave('sandbox');
    if (await leadsElsewhere(action, this.#parts.look)) return leave('links');
    const refusal = policyRefusal(policy);
    const facts: Facts = {
      ...{ family, flags: this.#flags, unsaved: unsavedIn(was) },
      ...(past.isUncovered && { uncovered: 'Undo would not bring all of it back.' }),
      ...(refusal !== undefined && { sandboxRefusal: refusal }),
    };
    let now: Decision;
    try {
      const grants = past.isAfterApproval ? [] : this.#grants.views();
      now = decide(action, facts, this.#inForce(), grants);
    } catch {
      return leave('unreadable'); // it is no action that any version has recorded
    }
    if (was.rule === 'sandbox' && refusal === undefined && now.verdict !== 'deny') return leave('machine');
    const hasOtherScripts = await scriptsChanged(action, this.#parts.look);
    return { past, now, left: undefined, action, hasOtherScripts };
  }

  #inForce(): InForce {
    const { inForce, way } = this.#parts;
    return { ...inForce, way: wayInForce(way ?? this.#way, inForce.policy) };
  }

  /** It is done: what it lights is lit, and the grant that it was covered by is used. */
  #happens(past: PastDecision): void {
    const replayed = this.#now.get(past);
    if (!replayed) return;
    const { now, action } = replayed;
    if (now?.verdict === 'deny') return;
    if (action) this.#flags = lightened(this.#flags, labelsOf(action, this.#inForce()));
    // Of what it lit nothing is known any more: what it can have been counts.
    else this.#flags = union(this.#flags, past.flagsAfter ?? NO_FLAGS);
    if (now?.grant !== undefined) this.#grants.used(now.grant);
  }

  /** A grant is given where its question would still be asked, and may stand for what would be asked. */
  #granted({ of, grant, until, words, at }: Extract<PastStep, { kind: 'granted' }>): void {
    const replayed = of && this.#now.get(of);
    const { scope, policy } = this.#parts.inForce;
    const place = { shown: (path: string) => scope.shown(path), roots: scope.roots };
    const offer = replayed?.action && offersFor(replayed.action, place).find((one) => one.words === words);
    const till = untilSaid(until);
    if (!replayed?.now || !offer || !till) {
      this.#lost.add(grant);
      return;
    }
    this.#time = at;
    if (mayStandFor(replayed.now, [offer], policy).length > 0) this.#grants.give(grant, offer, till);
  }
}

function union(a: Flags, b: Flags): Flags {
  return {
    untrusted: a.untrusted || b.untrusted,
    private: a.private || b.private,
    outward: a.outward || b.outward,
  };
}

/** Whether a path that it is about names something else by now: a link came to stand there, or leads elsewhere. */
async function leadsElsewhere({ resources }: Action, { realPath }: LookNow): Promise<boolean> {
  for (const { path, access } of resources) {
    if (!path.startsWith('/')) return true;
    const cut = path.lastIndexOf('/');
    // What is deleted or moved may be a link itself.
    const looked = access === 'delete' ? path.slice(0, cut) || '/' : path;
    if ((await realPath(looked)) !== looked) return true;
  }
  return false;
}

async function scriptsChanged(action: Action, { digestOf }: LookNow): Promise<boolean> {
  if (action.kind !== 'run') return false;
  for (const { path, kind, digest } of action.binds)
    if (kind === 'file' && digest !== undefined && (await digestOf(path)) !== digest) return true;
  return false;
}
