import type { AllowedPaths, PathRule } from '../../scope/pathRule.ts';
import type { Origin } from '../../../shared/decision.ts';
import type { ParsedLayer } from '../layer.ts';
import type { Settling } from '../settle.ts';
import { PathsSchema } from '../values.ts';
import { valueAt, type PolicyEntry, type PolicyKey } from './policyKey.ts';

// Keys that are lists of paths. A layer's list stays what it is; what several of them come to is said here.

/** A layer's list, which may be empty; `origin` is that of the list itself. */
export interface PathList extends AllowedPaths {
  origin: Origin;
}

/** Lists that forbid: they add up. */
export function forbiddenPaths<const Path extends string>(
  path: Path,
  { about, builtIn = [] }: { about: string; builtIn?: readonly PathRule[] },
): PolicyKey<PathRule[], Path> {
  return {
    path,
    schema: PathsSchema,
    about,
    paths: 'forbidden',
    settle: (settling) => [...builtIn, ...listsOf(settling, path).flatMap(({ list }) => list.rules)],
    stricter: (start, now) => [...now, ...start],
    entries: (rules) => pathEntries(path, rules),
    located: (rules, locate) => Promise.all(rules.map(locate)),
  };
}

/** Lists that narrow: a path must be in each of them. */
export function narrowingPaths<const Path extends string>(
  path: Path,
  { about }: { about: string },
): PolicyKey<PathList[], Path> {
  return {
    path,
    schema: PathsSchema,
    about,
    paths: 'permitted',
    settle: (settling) => listsOf(settling, path).map(({ list }) => list),
    stricter: (start, now) => [...now, ...start],
    entries: (lists) => listEntries(path, lists),
    located,
  };
}

/** Lists that trust: a path must be in each of them, no list trusts nothing, and only who may loosen has one. */
export function trustedPaths<const Path extends string>(
  path: Path,
  { about, trusts }: { about: string; trusts: string },
): PolicyKey<PathList[], Path> {
  return {
    path,
    schema: PathsSchema,
    about,
    paths: 'permitted',
    settle: (settling) =>
      listsOf(settling, path).flatMap(({ layer, list }) => {
        if (settling.maySet(layer) && layer.layer !== 'run') return [list];
        settling.ignored(layer, list.origin, `${path} ${trusts}`);
        return [];
      }),
    stricter: (start, now) => (now.length === 0 || start.length === 0 ? [] : [...now, ...start]),
    entries: (lists) => listEntries(path, lists),
    located,
  };
}

/** The list of each layer that has one. */
function listsOf({ layers }: Settling, path: string): { layer: ParsedLayer; list: PathList }[] {
  return layers.flatMap((layer) => {
    const found = valueAt(layer.values, path) as string[] | undefined;
    if (found === undefined) return [];
    const at = path.split('.');
    const base = layer.base !== undefined && { base: layer.base };
    return [{ layer, list: { ...base, origin: layer.originOf(at), rules: pathRules(layer, at, found) } }];
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

/** A path must be in each of the lists: an empty one leaves nothing, and that is said. */
function listEntries(key: string, lists: readonly PathList[]): PolicyEntry[] {
  return lists.flatMap(({ rules, origin }) =>
    rules.length === 0 ? [{ key, value: '(nothing: the list is empty)', origin }] : pathEntries(key, rules),
  );
}

function located(lists: PathList[], locate: (rule: PathRule) => Promise<PathRule>): Promise<PathList[]> {
  return Promise.all(lists.map(async (list) => ({ ...list, rules: await Promise.all(list.rules.map(locate)) })));
}

function pathEntries(key: string, rules: readonly PathRule[]): PolicyEntry[] {
  return rules.map(({ written, origin }) => ({ key, value: written, origin }));
}
