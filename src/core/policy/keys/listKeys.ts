import type { Value } from '../settle.ts';
import { VariableNamesSchema } from '../values.ts';
import { entryOf } from './valueKeys.ts';
import { valueAt, type PolicyKey } from './policyKey.ts';

/** Names of variables that are kept from sight: they add up. */
export function hiddenVariables<const Path extends string>(
  path: Path,
  { about }: { about: string },
): PolicyKey<Value<string>[], Path> {
  return {
    path,
    schema: VariableNamesSchema,
    about,
    settle: ({ layers }) =>
      layers.flatMap((layer) =>
        ((valueAt(layer.values, path) ?? []) as string[]).map((value, index) => ({
          value,
          origin: layer.originOf([...path.split('.'), index]),
        })),
      ),
    stricter: (start, now) => [...now, ...start.filter((one) => !now.some(({ value }) => value === one.value))],
    entries: (names) => names.map((name) => entryOf(path, name)),
    located: (names) => Promise.resolve(names),
  };
}
