import type { Decision } from '../../shared/decision.ts';
import type { Flags } from '../../shared/flow.ts';
import { canonicalJson } from '../../shared/json.ts';
import type { NoCallCause } from '../../shared/noCall.ts';
import { named } from '../../shared/named.ts';
import { NotedFiles } from '../checkpoint/notedFiles.ts';
import { REVIEWED } from '../kinds/reviewed.ts';
import { kindOf } from '../kinds/table.ts';
import { decide, offered } from '../policy/decide.ts';
import type { GrantView } from '../policy/facts.ts';
import type { Rulebook } from '../policy/rules.ts';
import type { WayInForce } from '../../shared/way.ts';
import { Forbidden } from '../scope/guard.ts';
import { ToolFailure } from '../outcome.ts';
import type { CallRun } from './callRun.ts';
import { confinementProblem } from './confinement.ts';
import { withLinkedNames } from './files/linkedNames.ts';
import type { CallContext, Described, ToolUse } from './tool.ts';
import type { Toolbox } from './toolbox.ts';
import { namesOf, unsavedMet, withUnsaved, type MetUnsaved } from './unsaved.ts';

/** A call that is none, or cannot be done on this workspace. */
export interface NoCall {
  kind: 'no-call';
  cause: NoCallCause;
  problem: string;
}

export type ParsedCall = { kind: 'call'; use: ToolUse } | NoCall;

/** What comes of a call before anybody is asked: it is none, is refused before it can be described, or is decided. */
export type Decided = NoCall | { kind: 'refused'; decision: Decision } | DecidedCall;

export interface DecidedCall {
  kind: 'decided';
  described: Described;
  decision: Decision;
  digest: string;
  unsaved: MetUnsaved;
}

/** What a decision rests on beside the action, scope and policy. */
export interface Situation {
  /** The policy's rules, ready to be asked. */
  rulebook: Rulebook;
  way: WayInForce;
  flags: Flags;
  /** Why it asks although its run is reviewed afterwards. */
  uncovered?: string | undefined;
  grants: readonly GrantView[];
  /** Why no command can be confined as the policy wants it; looked at for commands alone. */
  confinement(): Promise<string | undefined>;
  /** SHA-256 in hexadecimal. */
  hash: (data: string | Uint8Array) => string;
}

export function parseCall(call: { name: string; arguments: string }, toolbox: Toolbox): ParsedCall {
  const tool = toolbox.named(call.name) ?? toolbox.named(withoutPrefix(call.name));
  if (!tool) {
    const here = toolbox.meant(withoutPrefix(call.name))?.name;
    const name = named(call.name.slice(0, 100));
    const none = here === undefined ? `there is no tool ${name}` : `there is no tool ${name}: here it is ${here}`;
    return noCall('unknown-tool', `${none}. Tools: ${toolbox.names.join(', ')}`);
  }
  if (tool.unavailable !== undefined) return noCall('not-possible', `${tool.name}: ${tool.unavailable}`);
  const parsed = tool.read(call.arguments);
  return parsed.ok ? { kind: 'call', use: parsed.call } : noCall('arguments', parsed.problem);
}

/**
 * THE way from a call to a decision, for a run and for whoever asks beforehand. Nothing is recorded, asked or done.
 *
 * Where a run is reviewed afterwards, a command is described a second time with all held read-only that undo does not
 * cover, and that one counts where it is allowed for that. What is denied stays so, and what a rule, a grant or a person
 * allows is what it always was.
 */
export async function decideCall(use: ToolUse, situation: Situation, context: CallContext): Promise<Decided> {
  const open = await decided(use, situation, context);
  const { way, uncovered } = situation;
  if (way.way !== 'review' || uncovered !== undefined || open.kind !== 'decided') return open;
  const { described, decision } = open;
  const isReviewed = decision.rule === REVIEWED;
  if (!kindOf(described.action).isConfined || (decision.verdict !== 'ask' && !isReviewed)) return open;
  const held = await decided(use, situation, { ...context, mayHold: true });
  return isReviewed || (held.kind === 'decided' && held.decision.rule === REVIEWED) ? held : open;
}

async function decided(use: ToolUse, situation: Situation, context: CallContext): Promise<Decided> {
  const available = offered(context.policy, use.family);
  if (available.verdict === 'deny') return { kind: 'refused', decision: available };
  let described: Described;
  try {
    // Whatever a tool's description does, nothing changes by it.
    const files = new NotedFiles(context.files, { footprint: { kind: 'nothing' }, hash: situation.hash });
    described = await withLinkedNames(await use.describe({ ...context, files }), context);
  } catch (error) {
    if (error instanceof Forbidden) return { kind: 'refused', decision: error.decision };
    if (error instanceof ToolFailure) return noCall('not-possible', error.message);
    throw error;
  }
  const { action } = described;
  const refusal = kindOf(action).isConfined ? await situation.confinement() : undefined;
  const unsaved = await unsavedMet(action, context);
  const facts = {
    family: use.family,
    flags: situation.flags,
    uncovered: situation.uncovered,
    unsaved: namesOf(unsaved.changed, context.scope),
    ...(refusal !== undefined && { sandboxRefusal: refusal }),
  };
  const { rulebook, way } = situation;
  const decision = decide(action, facts, { ...context, rulebook, way }, situation.grants);
  const card = withUnsaved(described.card, unsaved, context.scope);
  const digest = situation.hash(canonicalJson(action));
  return { kind: 'decided', described: { ...described, card }, decision, digest, unsaved };
}

/** What decides a call of a run, as it is now, and what comes of it. */
export async function decidedNow(
  use: ToolUse,
  run: Pick<CallRun, 'files' | 'refresh' | 'flags' | 'hash' | 'runners'> & Pick<Situation, 'uncovered'>,
  grants: () => readonly GrantView[],
  signal: AbortSignal,
): Promise<{ context: CallContext; decided: Decided }> {
  const { rulebook, scope, policy, way } = await run.refresh();
  const { hash, uncovered } = run;
  const context = { signal, files: run.files, scope, policy };
  const confinement = (): Promise<string | undefined> => confinementProblem(policy, run.runners);
  const situation = { rulebook, way, hash, uncovered, flags: run.flags(), grants: grants(), confinement };
  return { context, decided: await decideCall(use, situation, context) };
}

/** What some models and their servers write around a tool's name: the place where they were told of it, and marks of their own. */
function withoutPrefix(name: string): string {
  return name.replace(/^(?:functions|function|tools|default_api)[.:/]/, '').replace(/<\|[^]*$/, '');
}

function noCall(cause: NoCallCause, problem: string): NoCall {
  return { kind: 'no-call', cause, problem };
}
