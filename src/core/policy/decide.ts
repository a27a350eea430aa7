import type { Action, Resource } from '../../shared/action.ts';
import type { Decision, Origin, Verdict } from '../../shared/decision.ts';
import { labelsOf, ruleOfTwoReason, wouldLightThird } from '../flow/ruleOfTwo.ts';
import { denialOf } from '../scope/guard.ts';
import type { Scope } from '../scope/scope.ts';
import type { Facts, Family, GrantView } from './facts.ts';
import type { EffectivePolicy } from './merge.ts';
import type { Rulebook, Ruling } from './rules.ts';

/** What runs without a sandbox always asks: no rule allows it, no grant covers it. */
const OUTSIDE = 'outside-sandbox';

const BUILT_IN: Origin = { layer: 'built-in' };

function decision(verdict: Verdict, rule: string, reason: string, origin: Origin = BUILT_IN): Decision {
  return { verdict, rule, reason, origin };
}

/** What decides: the policy, and what was made ready from it. */
export interface InForce {
  policy: EffectivePolicy;
  scope: Scope;
  rulebook: Rulebook;
}

/** Whether the model is offered tools of a family at all; a denial says which rule took them away. */
export function offered(policy: EffectivePolicy, family: Family): Decision {
  switch (family) {
    case 'file_system':
      return policy.fileSystem.value
        ? decision('allow', 'tools.file_system.enabled', 'file tools are enabled', policy.fileSystem.origin)
        : decision('deny', 'tools.file_system.enabled', 'file tools are switched off', policy.fileSystem.origin);
    case 'code_execution':
      if (!policy.codeExecution.value)
        return decision(
          'deny',
          'tools.code_execution.enabled',
          'commands are switched off',
          policy.codeExecution.origin,
        );
      if (!policy.languages.value.includes('bash'))
        return decision(
          'deny',
          'tools.code_execution.languages',
          'bash is not among the allowed languages, so there are no commands',
          policy.languages.origin,
        );
      return decision('allow', 'tools.code_execution.enabled', 'commands are enabled', policy.codeExecution.origin);
  }
}

/**
 * The decision for one action. Pure and total: unknown asks, broken denies, and a denial is final: no grant and
 * no click passes it. In this order: what is switched off; denied, outside and protected paths; missing confinement;
 * the policy's rules over what asks by default; the Rule of Two; and last `grants`, which only turn an `ask` that may
 * be covered into an `allow`.
 */
export function decide(action: Action, facts: Facts, inForce: InForce, grants: readonly GrantView[]): Decision {
  const { policy, scope, rulebook } = inForce;
  const available = offered(policy, facts.family);
  if (available.verdict === 'deny') return available;
  const forbidden = firstDenial(action.resources, scope);
  if (forbidden) return forbidden;
  if (action.effect === 'execute' && facts.sandboxRefusal !== undefined)
    return decision('deny', 'sandbox', facts.sandboxRefusal, policy.sandbox.origin);
  const wanted = ruled(byEffect(action, policy, scope), rulebook.ruling(action), action, inForce);
  if (wanted.verdict === 'deny') return wanted;
  const labels = labelsOf(action, scope, policy.variables.value);
  if (wouldLightThird(facts.flags, labels)) {
    const why = ruleOfTwoReason(facts.flags, labels);
    return wanted.verdict === 'ask'
      ? { ...wanted, reason: `${wanted.reason}; ${why}` }
      : decision('ask', 'rule-of-two', why);
  }
  if (wanted.verdict === 'allow' || wanted.eachTime === true || !policy.grants.enabled.value) return wanted;
  // Who let the run edit a whole folder did not speak of the secrets in it.
  const grant = grants.find(
    (candidate) => candidate.covers(action) && !(wanted.rule === 'likely-secret' && candidate.isBroad),
  );
  if (grant) return { ...decision('allow', 'grant', `you approved ${grant.words}`, { layer: 'run' }), grant: grant.id };
  return wanted;
}

function firstDenial(resources: readonly Resource[], scope: Scope): Decision | undefined {
  for (const { path, access } of resources) {
    const denial = denialOf(scope, path, access);
    if (denial) return denial;
  }
  return undefined;
}

const BINDING: readonly Origin['layer'][] = ['organization', 'user', 'workspace', 'run'];

/** Whether what one layer says binds what another one says. */
function isBoundBy(own: Origin, other: Origin): boolean {
  return other.layer !== 'built-in' && BINDING.indexOf(other.layer) < BINDING.indexOf(own.layer);
}

/** What a rule makes of the default. */
function ruled(wanted: Decision, ruling: Ruling | undefined, action: Action, { policy, scope }: InForce): Decision {
  if (!ruling) return wanted;
  const own = decision(ruling.verdict, ruling.name, ruling.why, ruling.origin);
  if (ruling.verdict !== 'allow') return ruling.eachTime ? { ...own, eachTime: true } : own;
  if (wanted.verdict === 'allow' || wanted.rule === OUTSIDE) return wanted;
  if (wanted.rule === 'likely-secret' && !ruling.isAboutPaths) return wanted;
  // Whoever binds a layer and set `confirm_actions: true` has said that changes ask.
  if (
    action.effect !== 'execute' &&
    policy.confirmActions.value &&
    isBoundBy(ruling.origin, policy.confirmActions.origin)
  )
    return wanted;
  const changed = action.command?.scripts.find((script) => script.changed);
  if (changed)
    return decision(
      'ask',
      'changed-script',
      `this run may have changed ${scope.shown(changed.path)}, so the command may mean something else than when it was allowed`,
      ruling.origin,
    );
  const unbound = action.command?.unbound;
  if (unbound?.changed === true)
    return decision(
      'ask',
      'changed-script',
      `this run may have changed a file that the command uses, and which those are is not known: ${unbound.why}`,
      ruling.origin,
    );
  return own;
}

function byEffect(action: Action, policy: EffectivePolicy, scope: Scope): Decision {
  const secret = action.resources.find(({ path, access }) => access === 'read' && scope.isSecret(path));
  const hidden = action.resources.find(({ path }) => scope.isSecret(path));
  const aboutSecret = (resource: Resource, more = ''): Decision =>
    decision('ask', 'likely-secret', `${scope.shown(resource.path)} looks like a secret${more}`);
  switch (action.effect) {
    case 'read':
    case 'list':
    case 'search':
      return secret
        ? aboutSecret(secret, '; its content would go to the model')
        : decision('allow', 'workspace-read', 'reading inside the workspace');
    case 'write':
      // Whether an edit fits tells what is in the file.
      if (secret) return aboutSecret(secret);
      // A new file of such a name holds what the model knows already.
      if (hidden && action.preImages.some(({ path, kind }) => path === hidden.path && kind !== 'absent'))
        return aboutSecret(hidden, '; what is in it would be replaced');
      return changing(action, policy, 'edit', 'the agent wants to change a file');
    case 'delete':
      if (hidden) return aboutSecret(hidden, '; it would be deleted');
      return changing(action, policy, 'delete', 'the agent wants to delete');
    case 'move':
      if (hidden) return aboutSecret(hidden, movedWords(hidden, action));
      return changing(action, policy, 'move', 'the agent wants to move or rename');
    case 'execute': {
      const { command } = action;
      const [doubt] = command?.doubts ?? [];
      if (action.launch?.outside === true)
        return {
          ...decision('ask', OUTSIDE, 'your policy runs commands outside the sandbox', policy.sandbox.origin),
          eachTime: true,
        };
      // A secret that is named comes first: a rule about commands does not speak of it.
      if (hidden) return aboutSecret(hidden, '; its content would go to the model');
      if (!command || doubt)
        return decision('ask', 'command', `it does more than look, or may: ${doubt?.why ?? 'it was not looked into'}`);
      return decision(
        'allow',
        'read-only-command',
        'every program in it is known to only look; it runs without network, with the workspace read-only and likely secrets hidden',
      );
    }
  }
}

/** Under another name it could be read without a question; what is in a folder keeps its name. */
function movedWords(hidden: Resource, { resources: [from, to] }: Action): string {
  return hidden.path === from?.path || hidden.path === to?.path ? ', and its new name may not' : '; it would be moved';
}

function changing(action: Action, policy: EffectivePolicy, rule: string, reason: string): Decision {
  if (!policy.confirmActions.value && action.undo === 'full')
    return decision(
      'allow',
      'confirm_actions',
      'questions are off for changes inside the workspace whose earlier content is kept',
      policy.confirmActions.origin,
    );
  return decision('ask', rule, reason);
}
