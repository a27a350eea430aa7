import { parentOf } from '../../core/scope/spelling.ts';

/** The deepest folder that holds at least half of all entries, with what is below it; `sizes` are of folders alone. */
export function biggestFolder(roots: readonly string[], sizes: ReadonlyMap<string, number>): string | undefined {
  const whole = new Map<string, number>();
  let all = 0;
  for (const [folder, size] of sizes) {
    all += size;
    for (let at = folder; ; at = parentOf(at)) {
      whole.set(at, (whole.get(at) ?? 0) + size);
      if (roots.includes(at) || at === '/') break;
    }
  }
  let deepest: string | undefined;
  for (const [folder, size] of whole)
    if (size * 2 >= all && (deepest === undefined || folder.length > deepest.length)) deepest = folder;
  return deepest;
}
