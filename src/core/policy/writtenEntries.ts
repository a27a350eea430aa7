import { keysIn } from './keys/keyGroup.ts';
import { POLICY_KEYS } from './keys/table.ts';
import { valueAt } from './keys/policyKey.ts';
import type { ParsedLayer } from './layer.ts';

/** One text of a policy file that names paths or commands. */
export interface WrittenEntry {
  text: string;
  of: 'path' | 'command';
  /** Whether it asks or denies. */
  forbids: boolean;
  at: readonly (string | number)[];
  layer: ParsedLayer;
}

/** Every path and command that policy files name, each place once: a role is in its file, and a layer of its own. */
export function writtenEntries(layers: readonly ParsedLayer[]): WrittenEntry[] {
  const all = layers.flatMap((layer) => [
    ...entriesOf(layer, layer.values, []),
    ...(layer.values.roles ?? []).flatMap(({ policy }, index) => entriesOf(layer, policy, ['roles', index, 'policy'])),
  ]);
  const placed = all.map((entry): [string, WrittenEntry] => {
    const { file = '', line = 0, column = 0 } = entry.layer.originOf(entry.at);
    return [`${file}:${line}:${column}:${entry.text}`, entry];
  });
  return [...new Map(placed).values()];
}

function entriesOf(
  layer: ParsedLayer,
  values: ParsedLayer['values'],
  above: readonly (string | number)[],
): WrittenEntry[] {
  const listed = (texts: readonly string[], entry: Omit<WrittenEntry, 'text' | 'layer'>): WrittenEntry[] =>
    texts.map((text, index) => ({ text, ...entry, at: [...above, ...entry.at, index], layer }));
  const lists = keysIn(POLICY_KEYS).flatMap(({ path, paths }) =>
    paths === undefined
      ? []
      : listed((valueAt(values, path) as string[] | undefined) ?? [], {
          of: 'path',
          forbids: paths === 'forbidden',
          at: path.split('.'),
        }),
  );
  const rules = (values.rules ?? []).flatMap(({ decision, paths = [], commands = [] }, index) => {
    const forbids = decision !== 'allow';
    return [
      ...listed(paths, { of: 'path', forbids, at: ['rules', index, 'paths'] }),
      ...listed(commands, { of: 'command', forbids, at: ['rules', index, 'commands'] }),
    ];
  });
  return [...lists, ...rules];
}
