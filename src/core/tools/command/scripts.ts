import type { CommandMeaning, PreImage } from '../../../shared/action.ts';
import { bashParser } from '../../command/bash.ts';
import { candidatesOf } from '../../command/candidates.ts';
import { hiddenTexts } from '../../command/hiddenTexts.ts';
import { isLinter, roleOf, runsSomething } from '../../command/operands.ts';
import { configures, mayConfigure } from '../../command/ownConfig.ts';
import { ORDER_FILES, ordersOf } from '../../command/orders.ts';
import { seenFrom } from '../../command/shellState.ts';
import type { Meaning } from '../../command/meaning.ts';
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
  /** Folders of environments that it activates: a program that stands there is the one that its name means. */
  activated: readonly string[];
  /** It cannot change anything: nothing is bound. */
  onlyLooks: boolean;
}

export interface BoundFiles {
  scripts: CommandMeaning['scripts'];
  preImages: PreImage[];
  /** Set where not everything that the line uses is bound. */
  unbound?: NonNullable<CommandMeaning['unbound']>;
}

const STARTS_PACKAGES = /^(npx|bunx|npm|pnpm|yarn|bun)$/;

/** The files that say what a command's programs do, as they stand now: an approval binds to them. */
export async function boundFiles(line: Line, watch: ScriptWatch, context: CallContext): Promise<BoundFiles> {
  await seeOrders(line.cwd, watch, context);
  if (line.onlyLooks) return { scripts: [], preImages: [] };
  const bindings = new Bindings(line.cwd, context);
  const { list, searched, open } = candidatesOf(
    line.meaning,
    hiddenTexts(line.command, await bashParser()),
    line.command,
  );
  await bindings.searchIn(searched);
  for (const [folder, { names }] of orderPlaces(line, [], context))
    for (const name of names) await bindings.path(`${folder}/${name}`, true);
  for (const folder of line.activated)
    for (const [word] of line.meaning.programs)
      if (word?.kind === 'known' && !word.text.includes('/')) await bindings.path(`${folder}/${word.text}`, true);
  const { cwd } = line;
  for (const [folder, { names, tools }] of orderPlaces(line, bindings.searched, context)) {
    const isOwn = (name: string): boolean => [...tools].some((tool) => configures(name, tool));
    await bindings.those(folder, isOwn, folder === cwd);
    await bindings.those(folder, (name) => names.has(name), false);
    if ([...tools].some((tool) => STARTS_PACKAGES.test(tool)))
      for (const tool of tools) await bindings.path(`${folder}/node_modules/.bin/${tool}`, false);
  }
  // Nobody looked at these before anything was changed: only what a tool wrote is known to be the run's.
  const quiet = new Set(bindings.bound.flatMap(({ image, counts }) => (counts ? [] : [image.path])));
  for (const candidate of list) await bindings.candidate(candidate);
  const counts = runsSomething(line.meaning);
  for (const { path, access } of line.named.resources) if (access === 'read') await bindings.path(path, counts);
  const scripts = bindings.bound.map(({ image, counts: isRun }) => {
    watch.seen(image.path, digestOf(image));
    return {
      path: image.path,
      changed:
        (isRun && watch.isChanged(image.path, digestOf(image))) ||
        (quiet.has(image.path) && watch.isTouched(image.path)),
    };
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
  await bindings.those(cwd, mayConfigure, true);
  for (const { image } of bindings.bound) watch.seen(image.path, digestOf(image));
}

interface Orders {
  names: Set<string>;
  tools: Set<string>;
}

/** Where the order files of all programs may be: where each starts, where it is told to look, and above. */
function orderPlaces({ meaning, cwd }: Line, searched: readonly string[], { scope }: CallContext): Map<string, Orders> {
  const root = scope.rootOf(cwd) ?? cwd;
  const found = new Map<string, Orders>();
  for (const [index, words] of meaning.programs.entries()) {
    const { names, tools, elsewhere } = ordersOf(words);
    const isConfigured = roleOf(words, index, meaning) === 'runs' || isLinter(words);
    if (!isConfigured && names.length === 0) continue;
    for (const folder of meaning.folders[index] ?? ['.'])
      for (const start of [folder, ...elsewhere.map((other) => seenFrom(folder, other)), ...searched])
        for (const path of upwards(start, cwd, root)) {
          const here = found.get(path) ?? { names: new Set(), tools: new Set() };
          for (const name of names) here.names.add(name);
          if (isConfigured) for (const tool of tools) here.tools.add(tool);
          found.set(path, here);
        }
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
