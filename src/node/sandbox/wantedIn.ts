import type { LookedFor } from '../../core/sandbox/port.ts';
import type { KnownFolders } from './knownFolders/knownFolders.ts';

/** What is looked for, as far as folders that are watched tell it; undefined where somebody has to look. Without stand-ins. */
export async function wantedIn(
  known: KnownFolders,
  what: LookedFor,
  { signal, isStandIn }: { signal: AbortSignal; isStandIn: (path: string) => boolean },
): Promise<string[] | undefined> {
  const isHidden = (path: string): boolean => what.isWanted(path) || what.isPassedOver(path);
  const rules = { key: what.key, signal, isHidden, isProtected: () => false, isAboveProtected: () => false };
  const found = await known.hidden(what.folders, rules);
  return found?.filter((path) => what.isWanted(path) && !isStandIn(path)).sort();
}
