import type { CommandMeaning, PreImage } from '../../../shared/action.ts';
import { ORDER_FILES, scriptsOf } from '../../command/scripts.ts';
import type { Meaning } from '../../command/understand.ts';
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
  for (const spelling of new Set(meaning.programs.flatMap((words) => scriptsOf(words)))) {
    const image = await imageAt(spelling, context, cwd);
    if (!image || preImages.some(({ path }) => path === image.path)) continue;
    watch.seen(image.path, digestOf(image));
    preImages.push(image);
    scripts.push({ path: image.path, changed: watch.isChanged(image.path, digestOf(image)) });
  }
  return { scripts, preImages };
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
