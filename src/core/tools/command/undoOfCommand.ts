import type { Launch } from '../../../shared/action.ts';
import type { Undo } from '../../checkpoint/port.ts';
import type { Scope } from '../../scope/scope.ts';
import { commandPlace } from '../commandPlace.ts';
import type { ToolPorts } from '../ports.ts';
import type { SecretsFound } from './secrets.ts';

interface Ran {
  scope: Scope;
  outside: Launch['outside'];
  /** Likely secrets that it can change. */
  secrets: SecretsFound;
}

/** What undo will be able to do for what a command changes. Of likely secrets no copy is made: they do not come back. */
export async function undoOfCommand(
  { foreseeAnything }: Pick<ToolPorts, 'foreseeAnything'>,
  { scope, outside, secrets: { paths, atLeast } }: Ran,
): Promise<Undo> {
  const undo = await foreseeAnything(commandPlace(scope, outside));
  const names = [...paths.map((path) => scope.shown(path)), ...(atLeast ? ['other likely secrets'] : [])];
  if (names.length === 0 || undo.kind === 'none' || undo.kind === 'nothing') return undo;
  return { kind: 'partly', leftOut: [...(undo.kind === 'partly' ? undo.leftOut : []), ...names] };
}
