import type { Action, Resource } from '../../shared/action.ts';
import type { Decision, Origin, Verdict } from '../../shared/decision.ts';
import { denialOf } from '../scope/guard.ts';
import type { Scope } from '../scope/scope.ts';
import type { Facts, Family, GrantView } from './facts.ts';
import type { EffectivePolicy } from './merge.ts';

const BUILT_IN: Origin = { layer: 'built-in' };

function decision(verdict: Verdict, rule: string, reason: string, origin: Origin = BUILT_IN): Decision {
  return { verdict, rule, reason, origin };
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
 * no click passes it. `grants` only ever turn an `ask` into an `allow`.
 */
export function decide(
  action: Action,
  facts: Facts,
  policy: EffectivePolicy,
  scope: Scope,
  grants: readonly GrantView[],
): Decision {
  const available = offered(policy, facts.family);
  if (available.verdict === 'deny') return available;
  const forbidden = firstDenial(action.resources, scope);
  if (forbidden) return forbidden;
  const wanted = byEffect(action, facts, policy, scope);
  if (wanted.verdict !== 'ask') return wanted;
  const grant = grants.find((candidate) => candidate.covers(action));
  if (grant) return decision('allow', 'grant', `you approved this for the run: ${grant.words}`, { layer: 'run' });
  return wanted;
}

function firstDenial(resources: readonly Resource[], scope: Scope): Decision | undefined {
  for (const { path, access } of resources) {
    const denial = denialOf(scope, path, access);
    if (denial) return denial;
  }
  return undefined;
}

function byEffect(action: Action, facts: Facts, policy: EffectivePolicy, scope: Scope): Decision {
  const secret = action.resources.find(({ path, access }) => access === 'read' && scope.isSecret(path));
  const hidden = action.resources.find(({ path }) => scope.isSecret(path));
  switch (action.effect) {
    case 'read':
    case 'list':
    case 'search':
      return secret
        ? decision(
            'ask',
            'likely-secret',
            `${scope.shown(secret.path)} looks like a secret; its content would go to the model`,
          )
        : decision('allow', 'workspace-read', 'reading inside the workspace');
    case 'write':
      // Whether an edit fits tells what is in the file.
      if (secret) return decision('ask', 'likely-secret', `${scope.shown(secret.path)} looks like a secret`);
      return changing(action, policy, 'edit', 'the agent wants to change a file');
    case 'delete':
      return changing(action, policy, 'delete', 'the agent wants to delete');
    case 'move':
      // Under another name it could be read without a question.
      if (hidden)
        return decision(
          'ask',
          'likely-secret',
          `${scope.shown(hidden.path)} looks like a secret, and its new name may not`,
        );
      return changing(action, policy, 'move', 'the agent wants to move or rename');
    case 'execute':
      if (facts.sandboxRefusal !== undefined)
        return decision('deny', 'sandbox', facts.sandboxRefusal, policy.sandbox.origin);
      return decision('ask', 'command', 'every command asks');
  }
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
