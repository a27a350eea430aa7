import type { Diagnostic, ParsedLayer } from '../../core/policy/layer.ts';
import type { LocalAccount } from '../account.ts';

/** Names in an organization's roles that no account or group of this machine has: such a role binds nobody here. */
export function unknownAccounts(layer: ParsedLayer, { known }: LocalAccount): Diagnostic[] {
  if (!known) return [];
  const { roles = [] } = layer.values;
  return roles.flatMap((role, index) =>
    (['users', 'groups'] as const).flatMap((list) =>
      (role[list] ?? []).flatMap((name, at): Diagnostic[] => {
        if (known[list].has(name)) return [];
        const { file = layer.file, line = 1, column = 1 } = layer.originOf(['roles', index, list, at]);
        const what = list === 'users' ? 'account' : 'group';
        const message = `there is no ${what} ${JSON.stringify(name)} on this machine: the role binds nobody by it`;
        return [{ severity: 'warning', message, file, line, column }];
      }),
    ),
  );
}
