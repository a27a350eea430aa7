import type { PreImage } from '../../../shared/action.ts';
import { isSameStand } from '../../checkpoint/changes.ts';
import type { CallContext } from '../tool.ts';
import { namesOf, unsavedTold } from '../unsaved.ts';

/** So many unsaved files are looked at, before and after. */
const MOST = 50;

type Looking = Pick<CallContext, 'files' | 'scope'>;

/** How the files that are unsaved in the editor stand on the disk, before a command runs. */
export interface Beneath {
  paths: readonly string[];
  images: readonly PreImage[];
}

export async function beneathUnsaved(context: Looking): Promise<Beneath> {
  const paths = await unsavedTold(context);
  return { paths, images: await imagesOf(paths.slice(0, MOST), context) };
}

/**
 * What is to be said of them afterwards. `words` for the model: lines of the result. `remarks` for the person: files that
 * are other ones on the disk by now, which the editor does not tell before it saves over them, if it tells it at all.
 */
export async function saidOfUnsaved(
  { paths, images }: Beneath,
  context: Looking,
): Promise<{ words: string[]; remarks: string[] }> {
  if (paths.length === 0) return { words: [], remarks: [] };
  const { scope } = context;
  const still = new Set(await unsavedTold({ scope, files: context.files.onDisk() }));
  const now = await imagesOf(
    images.map(({ path }) => path).filter((path) => still.has(path)),
    context,
  );
  const changed = now.filter((image) => {
    const before = images.find(({ path }) => path === image.path);
    return before !== undefined && !isSameStand(before, image);
  });
  const names = namesOf(
    changed.map(({ path }) => path),
    scope,
  );
  return {
    words: [
      `[unsaved in the editor: ${namesOf(paths, scope)}. This command got the older, saved text]`,
      ...(changed.length > 0
        ? [
            `[changed on the disk meanwhile, beneath the user's unsaved text: ${names}. Saving there undoes it; tell the user]`,
          ]
        : []),
    ],
    remarks:
      changed.length > 0
        ? [`Changed on the disk while you have unsaved changes: ${names}. Saving would undo that.`]
        : [],
  };
}

async function imagesOf(paths: readonly string[], { files }: Looking): Promise<PreImage[]> {
  const disk = files.onDisk();
  const images: PreImage[] = [];
  for (const path of paths) {
    const image = await disk.preImage(path).catch(() => undefined); // not to be looked at: nothing is said of it
    if (image) images.push(image);
  }
  return images;
}
