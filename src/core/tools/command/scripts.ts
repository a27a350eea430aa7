import type { CommandMeaning, PreImage } from '../../../shared/action.ts';
import { bashParser } from '../../command/bash.ts';
import { candidatesOf } from '../../command/candidates.ts';
import { hiddenTexts } from '../../command/hiddenTexts.ts';
import { runsSomething } from '../../command/operands.ts';
import { ORDER_FILES, ordersOf } from '../../command/orders.ts';
import { seenFrom } from '../../command/shellState.ts';
import type { Meaning } from '../../command/understand.ts';
import { folded } from '../../scope/pathRule.ts';
import { absoluteOrNone, isInside, parentOf } from '../../scope/spelling.ts';
import type { ScriptWatch } from '../../flow/scriptWatch.ts';
import { Changed } from '../../outcome.ts';
import type { CallContext } from '../tool.ts';
import { Bindings, type Binding } from './bindings.ts';
import type { FoundPaths } from './namedPaths.ts';

export interface Line {
  command: string;
  meaning: Meaning;
  named: FoundPaths;
  /** The folder that it starts in. */
  cwd: string;
  /** It cannot change anything: nothing is bound. */
  onlyLooks: boolean;
}

export interface BoundFiles {
  scripts: CommandMeaning['scripts'];
  preImages: PreImage[];
  /** Set where not everything that the line uses is bound. */
  unbound?: NonNullable<CommandMeaning['unbound']>;
}

/** The files that say what a command's programs do, as they stand now: an approval binds to them. */
export async function boundFiles(line: Line, watch: ScriptWatch, context: CallContext): Promise<BoundFiles> {
  await seeOrders(line.cwd, watch, context);
  if (line.onlyLooks) return { scripts: [], preImages: [] };
  const bindings = new Bindings(line.cwd, context);
  for (const path of orderPaths(line, context)) await bindings.path(path, true);
  const { list, open } = candidatesOf(line.meaning, hiddenTexts(line.command, await bashParser()), line.command);
  for (const candidate of list) await bindings.candidate(candidate);
  const counts = runsSomething(line.meaning);
  for (const { path, access } of line.named.resources) if (access === 'read') await bindings.path(path, counts);
  const scripts = bindings.bound.map(({ image, counts: isRun }) => {
    watch.seen(image.path, digestOf(image));
    return { path: image.path, changed: isRun && watch.isChanged(image.path, digestOf(image)) };
  });
  const why = open ?? bindings.open;
  return {
    scripts,
    preImages: bindings.bound.map(({ image }) => image),
    ...(why !== undefined && { unbound: { why, changed: counts && watch.hasChanges } }),
  };
}

/** Throws where a file that an approval binds to is another one by now. */
export async function assertStillBound(preImages: readonly PreImage[], { files, scope }: CallContext): Promise<void> {
  for (const expected of preImages) {
    // A file that has grown is not read to its end to find that out.
    const look = await files.look(expected.path, '/', 'followed');
    const now = look.size === expected.size ? await files.preImage(expected.path) : undefined;
    if (now?.digest !== expected.digest || now?.kind !== expected.kind)
      throw new Changed(
        `${scope.shown(expected.path)}, which says what this command does, changed after it was decided`,
      );
  }
}

/** How the usual order files stand before anything is changed. */
async function seeOrders(cwd: string, watch: ScriptWatch, context: CallContext): Promise<void> {
  const names = new Set((await context.files.names(cwd)).map(folded));
  const bindings = new Bindings(cwd, context);
  for (const name of ORDER_FILES) if (names.has(folded(name))) await bindings.path(`${cwd}/${name}`, true);
  for (const { image } of bindings.bound) watch.seen(image.path, digestOf(image));
}

/** Where the order files of all programs may be: where each starts, where it is told to look, and above. */
function orderPaths({ meaning, cwd }: Line, { scope }: CallContext): Set<string> {
  const root = scope.rootOf(cwd) ?? cwd;
  const found = new Set<string>();
  for (const [index, words] of meaning.programs.entries()) {
    const { names, elsewhere } = ordersOf(words);
    if (names.length === 0) continue;
    for (const folder of meaning.folders[index] ?? ['.'])
      for (const start of [folder, ...elsewhere.map((other) => seenFrom(folder, other))])
        for (const path of upwards(start, cwd, root)) for (const name of names) found.add(`${path}/${name}`);
  }
  return found;
}

/** A folder and those above it, up to the workspace's. */
function upwards(folder: string, cwd: string, root: string): string[] {
  const paths: string[] = [];
  const start = absoluteOrNone(folder, cwd, cwd);
  if (start === undefined) return []; // no folder at all
  for (let at = start; isInside(root, at); at = parentOf(at)) {
    paths.push(at);
    if (at === root) break;
  }
  return paths;
}

function digestOf({ digest, kind }: Binding['image']): string {
  return digest ?? kind;
}
