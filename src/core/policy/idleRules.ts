import { isGlob } from '../scope/glob.ts';
import { forbidding, literalPaths, type PathRule } from '../scope/pathRule.ts';
import { isInside } from '../scope/spelling.ts';
import type { Diagnostic, ParsedLayer } from './layer.ts';
import type { PathsBelow } from './port.ts';
import { fixedPart, secondReading, type Surroundings } from './secondReadings.ts';
import { note } from './settle.ts';
import { writtenEntries, type WrittenEntry } from './writtenEntries.ts';

/** The paths in rules that ask or deny which no file has: there is nothing wrong with them, or they are misspelled. */
export async function idleRules(
  layers: readonly ParsedLayer[],
  around: Surroundings,
  below: () => Promise<PathsBelow>,
): Promise<Diagnostic[]> {
  const entries = writtenEntries(layers).filter(({ of, forbids }) => of === 'path' && forbids);
  if (entries.length === 0) return [];
  const { paths, isWhole } = await below();
  const found = entries.map(async (entry): Promise<Diagnostic[]> => {
    const rules = await readings(entry, around);
    const isThere = await Promise.all(rules.map((rule) => namesSomething(rule, around, paths)));
    if (isThere.includes(true)) return [];
    const where = isWhole ? '' : ` among the first ${paths.length} of the workspace`;
    const words = `"${entry.text}" matches no file that is there now${where}`;
    return [{ ...note(entry.layer.originOf(entry.at), words), severity: 'info' }];
  });
  return (await Promise.all(found)).flat();
}

async function readings({ text, layer, at }: WrittenEntry, around: Surroundings): Promise<PathRule[]> {
  const base = layer.base !== undefined && { base: layer.base };
  const rule: PathRule = { written: text, origin: layer.originOf(at), ...base };
  const second = await secondReading(rule, around);
  return second === undefined ? [rule] : [rule, { ...rule, written: second }];
}

async function namesSomething(rule: PathRule, around: Surroundings, paths: readonly string[]): Promise<boolean> {
  const compiled = forbidding(rule, around);
  if (paths.some((path) => compiled.matches(path))) return true;
  if (!isGlob(rule.written)) {
    const there = await Promise.all(literalPaths(rule, around).map(around.stands));
    return there.includes(true);
  }
  // Elsewhere nobody looks for what fits a pattern.
  const start = rule.written.startsWith('~') ? around.home : fixedPart(rule.written);
  const isElsewhere =
    /^[/~]/.test(rule.written) && !around.roots.some((root) => isInside(root, start) || isInside(start, root));
  return isElsewhere && (await around.stands(start));
}
