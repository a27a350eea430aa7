import type { PreImage } from '../../../shared/action.ts';
import type { Checkpoints, RevertStep } from '../../checkpoint/port.ts';
import type { CallContext } from '../tool.ts';
import { savedOtherwise } from './inEditor.ts';

/** A revert on its way. */
export interface Reverting {
  content: Checkpoints['content'];
  /** What is put back, by path. */
  putBacks: ReadonlyMap<string, Extract<RevertStep, { do: 'put back' }>>;
  changes: ReadonlyMap<string, PreImage>;
  /** What stands at each path by now, where a step has changed that. */
  now: Map<string, PreImage>;
}

/** What is to be said of it. */
export interface Said {
  remarks: string[];
  /** What is not kept any more, as one damaged object is: all others come back. */
  lost: string[];
}

/** Does one step; `image` of what stands there is as it was decided, or as a step before has left it. */
export async function takeStep(
  step: RevertStep,
  going: Reverting,
  said: Said,
  { files, scope }: CallContext,
): Promise<void> {
  const { now, changes } = going;
  const at = (path: string): PreImage => {
    const image = now.get(path) ?? changes.get(path);
    if (!image) throw new Error(`the action does not say that it changes ${path}`);
    return image;
  };
  const stands = (path: string, kind: PreImage['kind']): unknown => now.set(path, { path, kind });
  const image = at(step.path);
  /** What a person has put there since is in the way; it is kept with this action. */
  const clear = async (): Promise<void> => {
    if (image.kind === 'absent') return;
    await files.remove(step.path, image);
    stands(step.path, 'absent');
  };
  switch (step.do) {
    case 'move back':
      await files.move(step.path, step.to, image, at(step.to));
      stands(step.path, 'absent');
      now.set(step.to, { ...image, path: step.to });
      return;
    case 'remove':
      return clear();
    case 'remove folder':
      if (image.kind !== 'directory') return;
      if (await files.removeFolder(step.path)) stands(step.path, 'absent');
      else said.remarks.push(`${scope.shown(step.path)} stays: something is left in it.`);
      return;
    case 'make folder':
      if (image.kind === 'directory') return;
      await clear();
      await files.makeFolder(step.path);
      stands(step.path, 'directory');
      return;
    case 'link':
      if (image.kind === 'directory') return;
      await files.link(step.path, step.target, image);
      stands(step.path, 'link');
      return;
    case 'put back': {
      const content = await going.content(step.of, step.path);
      if (!content) {
        said.lost.push(step.path);
        return;
      }
      // The same file under another name was put back before.
      if (image.kind === 'file' && (await standsThere(content, step.path, files))) return;
      const isApart = image.kind === 'file' && !(await staysOne(content, step.path, going, files));
      const how = {
        ...((image.kind === 'link' || isApart) && { apart: true as const }),
        ...(image.kind !== 'file' && step.mode !== undefined && { mode: step.mode }),
      };
      const written = await files.write(step.path, content, image, how);
      stands(step.path, 'file');
      said.remarks.push(...(savedOtherwise(content, written, scope.shown(step.path)).told.remarks ?? []));
      return;
    }
    case 'point': {
      const content = await going.content(step.of, step.path);
      if (content) now.set(step.path, await files.point(step.path, content, image));
      else said.lost.push(step.path);
      return;
    }
    case 'unpoint':
      now.set(step.path, await files.point(step.path, undefined, image));
      return;
    case 'allow':
      if (image.kind === 'file' || image.kind === 'directory') await files.allow(step.path, step.mode);
  }
}

async function standsThere(content: Uint8Array, path: string, files: CallContext['files']): Promise<boolean> {
  if ((await files.otherNames(path)).kind !== 'all') return false;
  const now = await files.read(path, Math.max(1, content.length)).catch(() => undefined);
  return now?.length === content.length && now.every((byte, at) => byte === content[at]);
}

/** Whether all that the file is now under other names is to hold the same: else it becomes a file of its own again. */
async function staysOne(
  content: Uint8Array,
  path: string,
  { putBacks, content: contentOf }: Reverting,
  files: CallContext['files'],
): Promise<boolean> {
  const others = await files.otherNames(path);
  if (others.kind !== 'all') return others.kind === 'none';
  for (const name of others.names) {
    const step = putBacks.get(name);
    const other = step ? await contentOf(step.of, name) : undefined;
    if (other?.length !== content.length || !other.every((byte, at) => byte === content[at])) return false;
  }
  return true;
}
