import type { PreImage } from '../../shared/action.ts';
import { gitPointerOf, isStateFolder, isValue, type GitPointer } from '../../core/checkpoint/gitPointer.ts';
import { Changed, Missing, ToolFailure } from '../../core/outcome.ts';
import type { PointerLook } from '../../core/scope/files.ts';
import type { Scope } from '../../core/scope/scope.ts';
import { failing, openFolderAt, openPlace } from '../files/openTree.ts';
import { removeTree } from '../files/removeTree.ts';
import type { UnfinishedWrites } from '../files/unfinishedWrites.ts';
import { hasObject } from './objects.ts';
import { pointedBy, pointerAt, statOf } from './pointers.ts';
import { setPointer } from './setPointer.ts';

/** How a pointer of git's stands, for whoever may put it back. */
export async function pointerLook(scope: Scope, path: string): Promise<PointerLook> {
  const { folder, name, root } = permitted(scope, path);
  try {
    // No part of the way to the repository is a link.
    (await openFolderAt(root, folder)).close();
  } catch (error) {
    if (error instanceof Missing) return { image: { path, kind: 'absent' }, value: undefined };
    throw error;
  }
  const isLine = name === 'HEAD' || name.startsWith('refs/');
  const value = isLine ? pointerAt(folder, name)?.bytes.toString('utf8').trim() : undefined;
  return { image: imageOf(path, { folder, name }), value };
}

/** The same where nobody asks for leave: who keeps what stands there. */
export function imageOf(path: string, { folder, name }: GitPointer): PreImage {
  const pointed = pointerAt(folder, name);
  if (pointed) return { path, kind: 'file', digest: pointed.digest, size: pointed.bytes.length };
  // What is there and not understood is not the same as nothing.
  const info = statOf(path);
  return { path, kind: info?.isFile() === true || (isStateFolder(name) && info) ? 'other' : 'absent' };
}

/** Puts one where it stood, or takes it away, if it stands as expected. Resolves with how it stands then. */
export async function movePointer(
  path: string,
  content: Uint8Array | undefined,
  { scope, expected, unfinished }: { scope: Scope; expected: PreImage; unfinished: Pick<UnfinishedWrites, 'begin'> },
): Promise<PreImage> {
  const { folder, name, root } = permitted(scope, path);
  if (content !== undefined && !isStateFolder(name)) refuseNonsense(content, { folder, name }, path);
  const isUnchanged = (): void => {
    const now = imageOf(path, { folder, name });
    if (now.kind !== expected.kind || now.digest !== expected.digest)
      throw new Changed(`${path} changed after it was looked at; nothing was done. Look again.`);
  };
  isUnchanged();
  if (content === undefined && expected.kind === 'absent') return expected;
  if (isStateFolder(name)) await failing(path, () => removeState(path, { root, content, isUnchanged }));
  else await failing(path, () => setPointer(content, { root, folder, name, isUnchanged, unfinished }));
  return imageOf(path, { folder, name });
}

/** Git takes no lock for it. */
async function removeState(
  path: string,
  { root, content, isUnchanged }: { root: string; content: Uint8Array | undefined; isUnchanged: () => void },
): Promise<void> {
  if (content !== undefined) throw new ToolFailure(`${path} may hold what git runs, and is not put back`);
  using place = await openPlace(root, path);
  isUnchanged();
  await removeTree(place, path, () => undefined);
  await place.sync();
}

function permitted(scope: Scope, path: string): GitPointer & { root: string } {
  const pointer = gitPointerOf(path);
  const root = scope.rootOf(path);
  if (!pointer || root === undefined || !scope.mayPoint(path))
    throw new ToolFailure(`${path} is none of what a revert puts back in a repository`);
  return { ...pointer, root };
}

/** What a manifest says is looked at like all that comes from outside: a repository that cannot be read is no undo. */
function refuseNonsense(content: Uint8Array, { folder, name }: GitPointer, path: string): void {
  const bytes = Buffer.from(content);
  if (name !== 'HEAD' && !name.startsWith('refs/')) {
    if (!pointedBy(name, bytes)) throw new ToolFailure(`what is kept of ${path} is damaged; nothing was done`);
    return;
  }
  const value = bytes.toString('utf8').trimEnd();
  if (!isValue(value)) throw new ToolFailure(`what is kept of ${path} is damaged; nothing was done`);
  if (!value.startsWith('ref: ') && !hasObject(commonOf(folder), value))
    throw new ToolFailure(`${path} stood at ${value.slice(0, 10)}, which git does not have any more; nothing was done`);
}

/** Where the objects of a work tree are. */
export function commonOf(folder: string): string {
  return folder.replace(/\/worktrees\/[^/]+$/, '');
}
