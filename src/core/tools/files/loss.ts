import type { Loss } from '../../../shared/block.ts';
import type { Look } from '../../scope/files.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext } from '../tool.ts';
import { isUnsavedAt } from './inEditor.ts';

const MOST = 20_000;

/** What would be gone: files and bytes at or below a path, and how many of them version control holds. */
export async function lossAt(
  look: Look,
  ports: Pick<ToolPorts, 'versionControl'>,
  context: CallContext,
): Promise<Loss> {
  const amount = await amountAt(look, context);
  const root = context.scope.rootOf(look.path);
  const tracked = root === undefined ? undefined : await ports.versionControl.trackedFiles(root, look.path);
  const held = trackedWords(tracked, amount.files);
  const isHeld = root !== undefined && (held === 'tracked' || held === 'partly tracked');
  const uncommitted = isHeld && (await ports.versionControl.isUncommitted(root, look.path));
  return { ...amount, tracked: held, ...(uncommitted && { uncommitted }) };
}

/** Files and bytes at or below a path. */
export async function amountAt(look: Look, context: CallContext): Promise<Omit<Loss, 'tracked'>> {
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
