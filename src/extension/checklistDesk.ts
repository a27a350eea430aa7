import type { Verdict } from '../core/audit/verdict.ts';
import { checklistOf } from '../core/checklist/checklist.ts';
import type { ChecklistFacts } from '../core/checklist/facts.ts';
import { reviewFacts } from '../core/checklist/reviewed.ts';
import type { Engine } from '../core/engine/engine.ts';
import { PolicyInvalid } from '../core/policy/policyInvalid.ts';
import { wayInForce } from '../core/policy/ways.ts';
import type { SandboxStatus } from '../core/sandbox/port.ts';
import { placeFacts } from '../node/checklist/placeFacts.ts';
import type { NodeParts } from '../node/engineParts.ts';
import type { CheckItem } from '../shared/checklist.ts';

/** What the window knows by what it has looked at already. */
interface Seen {
  sandbox: SandboxStatus | undefined;
  isTrusted: boolean;
  /** The log as it was checked last in this window: a long one takes its time, and is checked when a person wants that. */
  verified: { verdict: Verdict; checked: number } | undefined;
}

/** The window's security checklist: the facts, judged by the same list as `oversign doctor`. */
export async function checklistHere(engine: Engine, node: NodeParts, seen: Seen): Promise<CheckItem[]> {
  const { roots, home } = node.parts;
  const { synced, ...place } = placeFacts(roots, process.env, node.organizationPolicy);
  return checklistOf({
    ...place,
    policy: await policyFacts(engine),
    sandbox: seen.sandbox,
    log: seen.verified,
    review: await reviewFacts(node.audit, roots),
    workspace: { roots, home, isTrusted: seen.isTrusted, synced },
    now: Date.now(),
  });
}

async function policyFacts(engine: Engine): Promise<ChecklistFacts['policy']> {
  try {
    const { scope } = await engine.profile();
    const policy = await engine.policy();
    return { ok: true, policy, scope, way: wayInForce(engine.view().way, policy).way };
  } catch (error) {
    if (error instanceof PolicyInvalid) return { ok: false, words: error.message };
    throw error;
  }
}
