import type { ParsedLayer } from './layer.ts';

/** Whom a policy is for. */
export interface Account {
  user: string;
  groups: readonly string[];
}

/** An organization's policy as it is for one account: its own keys, then those of each role that fits, in order. */
export function rolesOf(layer: ParsedLayer, { user, groups }: Account): ParsedLayer[] {
  const { roles = [], ...values } = layer.values;
  const own: ParsedLayer = { ...layer, values };
  const fitting = roles.flatMap((role, index): ParsedLayer[] => {
    const fits = role.users?.includes(user) === true || role.groups?.some((group) => groups.includes(group)) === true;
    if (!fits) return [];
    return [{ ...layer, values: role.policy, originOf: (path) => layer.originOf(['roles', index, 'policy', ...path]) }];
  });
  return [own, ...fitting];
}
