import { bashParser } from '../../command/bash.ts';
import type { Meaning } from '../../command/meaning.ts';
import { isStraight } from '../../command/straight.ts';
import type { Sandbox } from '../../sandbox/port.ts';
import type { Scope } from '../../scope/scope.ts';
import { isScratch, SCRATCH } from './scratchPaths.ts';

/** Where a line would run. */
interface Place {
  runner: Sandbox;
  hasScratch: boolean;
  scope: Scope;
  /** Other commands of the run go on beside it: scratch may be another one by the time that it starts. */
  isAccompanied: boolean;
}

/**
 * Whether an approval of one program of a line says nothing of the line: it repeats what it starts or does not wait for
 * it; or it names scratch in which a link, that an earlier command left there, may lead elsewhere.
 */
export async function isOnlyItself(command: string, { paths }: Pick<Meaning, 'paths'>, place: Place): Promise<boolean> {
  if (!isStraight(command, await bashParser())) return true;
  const { runner, hasScratch, scope, isAccompanied } = place;
  const named = hasScratch ? paths.filter((path) => isScratch(path, scope)) : [];
  // The names in it lead nowhere.
  const met = named.filter(({ spelling, access }) => !(access === 'list' && spelling === SCRATCH));
  if (met.length === 0) return false;
  if (isAccompanied || met.some(({ isPattern }) => isPattern)) return true;
  const names = met.map(({ spelling }) => directName(spelling));
  return (
    names.includes(undefined) || (await runner.isPlainScratch?.(names.filter((name) => name !== undefined))) !== true
  );
}

/** The name that a path has directly in the scratch folder. */
function directName(spelling: string): string | undefined {
  return /^\/tmp\/([^/]+)$/.exec(spelling)?.[1];
}
