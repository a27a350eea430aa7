import type { AllowedPaths, PathRule } from '../../scope/pathRule.ts';
import type { ParsedLayer } from '../layer.ts';
import type { Settling } from '../settle.ts';
import { PathsSchema } from '../values.ts';
import { valueAt, type PolicyEntry, type PolicyKey } from './policyKey.ts';

// Keys that are lists of paths. A layer's list stays what it is; what several of them come to is said here.

/** Lists that forbid: they add up. */
export function forbiddenPaths<const Path extends string>(
  path: Path,
  { about, builtIn = [] }: { about: string; builtIn?: readonly PathRule[] },
): PolicyKey<PathRule[], Path> {
  return {
    path,
    schema: PathsSchema,
    about,
    settle: (settling) => [...builtIn, ...listsOf(settling, path).flatMap(({ rules }) => rules)],
    stricter: (start, now) => [...now, ...start],
    entries: (rules) => pathEntries(path, rules),
    located: (rules, locate) => Promise.all(rules.map(locate)),
  };
}

/** Lists that narrow: a path must be in each of them. */
export function narrowingPaths<const Path extends string>(
  path: Path,
  { about }: { about: string },
): PolicyKey<AllowedPaths[], Path> {
  return {
    path,
    schema: PathsSchema,
    about,
    settle: (settling) =>
      listsOf(settling, path).map(({ layer, rules }) => ({
        ...(layer.base !== undefined && { base: layer.base }),
        rules,
      })),
    stricter: (start, now) => [...now, ...start],
    entries: (lists) =>
      pathEntries(
        path,
        lists.flatMap(({ rules }) => rules),
      ),
    located: (lists, locate) =>
      Promise.all(lists.map(async (list) => ({ ...list, rules: await Promise.all(list.rules.map(locate)) }))),
  };
}

/** Lists that trust: a path must be in each of them, no list trusts nothing, and only who may loosen has one. */
export function trustedPaths<const Path extends string>(
  path: Path,
  { about, trusts }: { about: string; trusts: string },
): PolicyKey<PathRule[][], Path> {
  return {
    path,
    schema: PathsSchema,
    about,
    settle: (settling) =>
      listsOf(settling, path).flatMap(({ layer, rules }) => {
        if (settling.maySet(layer) && layer.layer !== 'run') return [rules];
        settling.ignored(layer, layer.originOf(path.split('.')), `${path} ${trusts}`);
        return [];
      }),
    stricter: (start, now) => (now.length === 0 || start.length === 0 ? [] : [...now, ...start]),
    entries: (lists) => pathEntries(path, lists.flat()),
    located: (lists, locate) => Promise.all(lists.map((rules) => Promise.all(rules.map(locate)))),
  };
}

/** The list of each layer that has one. */
function listsOf({ layers }: Settling, path: string): { layer: ParsedLayer; rules: PathRule[] }[] {
  return layers.flatMap((layer) => {
    const found = valueAt(layer.values, path) as string[] | undefined;
    return found === undefined ? [] : [{ layer, rules: pathRules(layer, path.split('.'), found) }];
  });
}

/** Entries of a layer's list, with their places. */
export function pathRules(
  layer: ParsedLayer,
  path: readonly (string | number)[],
  entries: readonly string[],
): PathRule[] {
  return entries.map((entry, index) => ({
    written: entry,
    origin: layer.originOf([...path, index]),
    ...(layer.base !== undefined && { base: layer.base }),
  }));
}

function pathEntries(key: string, rules: readonly PathRule[]): PolicyEntry[] {
  return rules.map(({ written, origin }) => ({ key, value: written, origin }));
}
