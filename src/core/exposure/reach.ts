import type { FileCount, Reach } from '../../shared/reach.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import { maximumPrivacy } from '../policy/privacy.ts';
import { offered } from '../policy/decide.ts';
import type { Scope } from '../scope/scope.ts';

/**
 * What the agent can see under a policy. `destination`: where prompts of the next run go, where a model is chosen; `hasDoor`:
 * whether the sandbox can give commands a network by host.
 */
export function reachOf(
  policy: EffectivePolicy,
  scope: Scope,
  { files, destination, hasDoor }: { files: FileCount | null; destination: string | null; hasDoor: boolean },
): Reach {
  const isOff = (family: Parameters<typeof offered>[1]): boolean => offered(policy, family).verdict === 'deny';
  const isConfined = policy.sandbox.value;
  const wanted = policy.network.value === 'unsaid' ? 'ask' : policy.network.value;
  const network = hasDoor ? wanted : 'none';
  return {
    folders: scope.roots.map((path) => ({ path, scope: scopeOfFolder(path, policy, scope) })),
    files,
    fileTools: !isOff('file_system'),
    allowedPaths: written(policy.allowedPaths.flatMap(({ rules }) => rules)),
    deniedPaths: written(policy.deniedPaths),
    ownPaths: written(policy.ownPaths.flatMap(({ rules }) => rules)),
    commands: isOff('code_execution')
      ? { run: 'none', languages: [], network: 'none', variables: [] }
      : {
          run: isConfined ? 'sandbox' : 'outside',
          languages: [...policy.languages.value],
          network: isConfined ? network : 'unbounded',
          variables: [...policy.variables.value],
        },
    requests: isOff('api_calls') ? 'none' : policy.apiConfirmation.value ? 'ask' : 'allowed',
    pages: isOff('web_browsing') ? 'none' : policy.webReview.value ? 'reviewed' : 'allowed',
    databases: isOff('database')
      ? { files: false, connections: [] }
      : {
          files: true,
          connections: maximumPrivacy(policy)
            ? []
            : policy.connections.value.map(({ name, host, port, access }) => ({
                name,
                host: `${host}:${port}`,
                access,
              })),
        },
    secrets: isOff('api_calls') ? [] : policy.secrets.value.map(({ name, hosts }) => ({ name, hosts: [...hosts] })),
    plugins: isOff('plugins')
      ? []
      : policy.plugins.value.map(({ name, tools, hosts }) => ({ name, tools: [...tools], hosts: [...hosts] })),
    hosts: {
      allowed: [...policy.allowedDomains.value],
      denied: policy.deniedDomains.map(({ value }) => value),
      others: policy.otherDomains.value === 'deny' ? 'deny' : 'ask',
    },
    model: { cloud: policy.allowCloud.value, nearby: [...policy.nearbyHosts.value], destination },
  };
}

function scopeOfFolder(path: string, policy: EffectivePolicy, scope: Scope): 'whole' | 'part' | 'nothing' {
  if (scope.standing(path, 'list').kind === 'outside') return 'nothing';
  if (policy.allowedPaths.length === 0) return 'whole';
  // What may only be listed is on the way to what is allowed.
  return scope.standing(path, 'read').kind === 'outside' ? 'part' : 'whole';
}

function written(rules: readonly { written: string }[]): string[] {
  return [...new Set(rules.map((rule) => rule.written))];
}
