import type { CommandMeaning, PreImage } from '../../../shared/action.ts';
import { ORDER_FILES, scriptsOf } from '../../command/scripts.ts';
import type { Meaning } from '../../command/understand.ts';
import { seenFrom } from '../../command/shellState.ts';
import { absolutePath, BadPath, isInside, parentOf } from '../../scope/spelling.ts';
import { Forbidden } from '../../scope/guard.ts';
import { ToolFailure } from '../failure.ts';
import type { ToolContext } from '../tool.ts';

/** The files that say what a command's programs do, as they stand now: an approval binds to them. */
export async function scriptImages(
  meaning: Meaning,
  cwd: string,
  context: ToolContext,
): Promise<{ scripts: CommandMeaning['scripts']; preImages: PreImage[] }> {
  const { scriptWatch: watch } = context;
  for (const name of ORDER_FILES) {
    const image = await imageAt(`${cwd}/${name}`, context);
    if (image) watch.seen(image.path, digestOf(image));
  }
  const scripts: CommandMeaning['scripts'] = [];
  const preImages: PreImage[] = [];
  for (const spelling of spellings(meaning, cwd, context.scope.rootOf(cwd) ?? cwd)) {
    if (preImages.length >= MOST) break;
    const image = await imageAt(spelling, context, cwd);
    if (!image || preImages.some(({ path }) => path === image.path)) continue;
    watch.seen(image.path, digestOf(image));
    preImages.push(image);
    scripts.push({ path: image.path, changed: watch.isChanged(image.path, digestOf(image)) });
  }
  return { scripts, preImages };
}

const MOST = 50;

/** Where the files of all programs may be: where each starts, where it is told to look, and the folders above. */
function spellings(meaning: Meaning, cwd: string, root: string): Set<string> {
  const found = new Set<string>();
  for (const [index, words] of meaning.programs.entries()) {
    const { files, orders, elsewhere } = scriptsOf(words);
    for (const folder of meaning.folders[index] ?? ['.']) {
      for (const file of files) found.add(seenFrom(folder, file));
      for (const start of [folder, ...elsewhere.map((other) => seenFrom(folder, other))])
        for (const name of orders) for (const path of upwards(start, cwd, root)) found.add(`${path}/${name}`);
    }
  }
  return found;
}

/** A folder and those above it, up to the workspace's. */
function upwards(folder: string, cwd: string, root: string): string[] {
  const paths: string[] = [];
  let start: string;
  try {
    start = absolutePath(folder, cwd, cwd);
  } catch (error) {
    if (error instanceof BadPath) return []; // no folder at all
    throw error;
  }
  for (let at = start; isInside(root, at); at = parentOf(at)) {
    paths.push(at);
    if (at === root) break;
  }
  return paths;
}

async function imageAt(spelling: string, { files }: ToolContext, cwd = '/'): Promise<PreImage | undefined> {
  try {
    const { path, kind } = await files.look(spelling, cwd, 'followed');
    return kind === 'file' ? await files.preImage(path) : undefined;
  } catch (error) {
    // What may not be touched is denied elsewhere; what is no path is no script.
    if (error instanceof ToolFailure || error instanceof Forbidden) return undefined;
    throw error;
  }
}

function digestOf({ digest, kind }: PreImage): string {
  return digest ?? kind;
}
