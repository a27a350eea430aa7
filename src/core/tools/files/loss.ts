import type { Loss } from '../../../shared/block.ts';
import type { Held, Look } from '../../scope/files.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext } from '../tool.ts';
import { isUnsavedAt } from './inEditor.ts';

const MOST = 20_000;

export type Amount = Omit<Loss, 'tracked' | 'uncommitted'>;

/** What would be gone: files and bytes at or below a path, and how many of them version control holds. */
export async function lossAt(
  look: Look,
  ports: Pick<ToolPorts, 'versionControl'>,
  context: CallContext,
): Promise<Loss> {
  const amount = await amountAt(look, context);
  const [held] = await heldOf([look.path], ports, context);
  return lossOf(amount, held);
}

/** What version control holds of each of these paths, in their order: one question for each workspace folder. */
export async function heldOf(
  paths: readonly string[],
  { versionControl }: Pick<ToolPorts, 'versionControl'>,
  { scope }: CallContext,
): Promise<(Held | undefined)[]> {
  const known = new Map<string, Held>();
  for (const [root, inIt] of Map.groupBy(paths, (path) => scope.rootOf(path))) {
    if (root === undefined) continue;
    const held = await versionControl.held(root, inIt);
    for (const [index, path] of inIt.entries()) {
      const one = held[index];
      if (one) known.set(path, one);
    }
  }
  return paths.map((path) => known.get(path));
}

/** An amount, with what version control has of it. */
export function lossOf(amount: Amount, held: Held | undefined): Loss {
  const tracked = trackedWords(held?.tracked, amount.files);
  const isHeld = tracked === 'tracked' || tracked === 'partly tracked';
  return { ...amount, tracked, ...(isHeld && held?.isUncommitted === true && { uncommitted: true }) };
}

/** Files and bytes at or below a path. */
export async function amountAt(look: Look, context: CallContext): Promise<Amount> {
  let files = 0;
  let bytes = 0;
  let more = false;
  if (look.kind === 'directory') {
    for await (const entry of context.files.walk(look.path, context.signal)) {
      if (entry.kind === 'directory') continue;
      if (files === MOST) {
        more = true;
        break;
      }
      files += 1;
      bytes += entry.size;
    }
  } else {
    files = 1;
    bytes = look.size;
  }
  return { files, bytes, more, unsaved: await isUnsavedAt(look.path, context) };
}

function trackedWords(tracked: number | undefined, files: number): Loss['tracked'] {
  if (tracked === undefined) return 'unknown';
  if (tracked === 0) return 'not tracked';
  return tracked >= files ? 'tracked' : 'partly tracked';
}
