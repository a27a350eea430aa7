import { createHash, randomUUID } from 'node:crypto';
import { lstatSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIGESTS } from '../../../core/command/gitIndex.ts';
import { withoutAbsent } from '../../../core/command/sparseIndex.ts';
import { ToolFailure } from '../../../core/outcome.ts';
import { isInside, nameOf, parentOf, relativeTo } from '../../../core/scope/spelling.ts';
import { makePrivate } from '../../folders.ts';
import { holdsCredential } from '../credentialFiles.ts';
import { bytesAt, entryAt } from '../entries.ts';
import { repositoryParts } from '../gitOutside.ts';
import { remarkOnAlternates, remarkOnSecrets } from '../gitRemarks.ts';
import { pickedFromIndex } from '../indexEntries.ts';
import { entriesOf } from './near.ts';
import { placeAt, realOf, type Around } from './shape.ts';

/** What commands in a package see of the repository that it is a part of. */
export interface Above {
  top: string;
  gitFolder: string;
  /** Files and folders, read-only at their own places. */
  shown: string[];
  /** Packages of the same repository that `node_modules` links to: what is not part of them has to be looked for. */
  packages: string[];
  /** Files that are another one's in the cage. */
  copies: { path: string; source: string }[];
  hidden: string[];
  notes: string[];
}

const MOST_LEVELS = 12;
const MOST_INDEX = 128 << 20;
const MOST_PACKAGES = 100;

/** Folders of installed packages: hoisted there for every package of the repository. */
const INSTALLED = ['node_modules', '.venv', 'venv', '.yarn'];
/** Files of settings that tools look for upwards. Each must be in git: what is in nobody's commit stays out of sight. */
const SETTINGS =
  /^(?:\.gitignore|\.gitattributes|\.editorconfig|\.yarnrc(?:\.yml)?|\.pnp\.(?:c?js|loader\.mjs)|\.pnpmfile\.cjs|package\.json|package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|pnpm-workspace\.yaml|bun\.lockb?|bunfig\.toml|lerna\.json|nx\.json|turbo\.jsonc?|rush\.json|[jt]sconfig[\w.-]*\.json|\.nvmrc|\.node-version|\.python-version|\.ruby-version|\.java-version|\.tool-versions|\.?mise\.toml|\.sdkmanrc|\.eslintrc(?:\.\w+)?|\.eslintignore|eslint\.config\.\w+|\.prettierrc(?:\.\w+)?|\.prettierignore|prettier\.config\.\w+|\.stylelintrc(?:\.\w+)?|\.swcrc|\.babelrc(?:\.\w+)?|babel\.config\.\w+|(?:jest|vitest|vite|rollup|webpack|tailwind|postcss|playwright|karma|ava|cypress|metro|tsup|esbuild)\.(?:config|workspace|setup)[\w.-]*|biome\.jsonc?|dprint\.json|deno\.jsonc?|deno\.lock|pyproject\.toml|setup\.(?:cfg|py)|tox\.ini|noxfile\.py|pytest\.ini|conftest\.py|ruff\.toml|\.ruff\.toml|\.?flake8|mypy\.ini|\.?pylintrc|uv\.lock|poetry\.lock|Pipfile(?:\.lock)?|requirements[\w.-]*\.txt|Cargo\.(?:toml|lock)|rust-toolchain(?:\.toml)?|rustfmt\.toml|clippy\.toml|go\.(?:mod|sum|work|work\.sum)|pom\.xml|(?:build|settings)\.gradle(?:\.kts)?|gradle\.properties|Directory\.(?:Build|Packages)\.(?:props|targets)|global\.json|nuget\.config|\.clang-format|\.clang-tidy|CMakeLists\.txt|CMakePresets\.json|Gemfile(?:\.lock)?|composer\.(?:json|lock)|Makefile|justfile)$/i;

interface Rules {
  isDenied(path: string): boolean;
  deniesInside: boolean;
  deniedOutside: readonly string[];
}

/**
 * Finds the repository above an opened folder, and what of it commands may see. That a `.git` stands above proves
 * nothing: a home folder may be one, with everything in it. So the repository must hold the folder's own files, belong
 * to whoever the folder belongs to, and not be, hold or lie in what is never shown.
 */
export class RepositoriesAbove {
  readonly #folder: string;
  readonly #known = new Map<string, { identity: string; tracked: Tracked | undefined }>();
  /** The index that was made last for a folder, and of what. */
  readonly #made = new Map<string, { tracked: Tracked; seen: string; file: string }>();

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'sandbox-index');
  }

  async find(root: string, around: Around, rules: Rules): Promise<Above | undefined> {
    const top = topAbove(root, around);
    if (top === undefined) return undefined;
    const gitFolder = `${top}/.git`;
    const levels = levelsBetween(root, top);
    const tracked = await this.#tracked(gitFolder, root, levels);
    if (!tracked) return undefined;
    const found: Above = { top, gitFolder, shown: [], packages: [], copies: [], hidden: [], notes: [] };
    const isDenied = (path: string): boolean =>
      rules.isDenied(path) || rules.deniedOutside.some((denied) => isInside(denied, path));
    if (isDenied(top)) return undefined;
    for (const name of tracked.settings)
      if (!isDenied(`${top}/${name}`) && isPlainFile(`${top}/${name}`)) found.shown.push(`${top}/${name}`);
    for (const level of levels)
      for (const name of INSTALLED)
        if (!isDenied(`${level}/${name}`) && isOwnFolder(`${level}/${name}`, around))
          found.shown.push(`${level}/${name}`);
    found.packages = packagesOf([root, ...levels], top, around).filter(
      (path) => !isDenied(path) && tracked.isTracked(relativeTo(top, path)) && !isInside(path, root),
    );
    // What git keeps of a file is there under no name of its own.
    if (rules.deniesInside || rules.deniedOutside.some((path) => isInside(top, path)))
      found.notes.push(`${gitFolder} is not shown, because your policy denies files that it may keep`);
    else await this.#addGit(found, tracked, root);
    const hasGit = found.shown.includes(`${gitFolder}/HEAD`);
    if (found.shown.length + found.packages.length > 0)
      found.notes.push(
        `of the repository above, ${top}, ${hasGit ? 'git, ' : ''}settings and installed packages are there read-only`,
      );
    return found;
  }

  async #addGit(found: Above, tracked: Tracked, root: string): Promise<void> {
    const { gitFolder, top } = found;
    try {
      found.notes.push(...remarkOnSecrets(gitFolder), ...remarkOnAlternates(gitFolder, [top]));
      const parts = await repositoryParts(gitFolder);
      const index = `${gitFolder}/index`;
      const seen = [root, ...found.shown, ...found.packages];
      const source = await this.#indexOf(tracked, relativeTo(top, root), seen);
      found.shown.push(...parts.filter((path) => path !== index || source === undefined));
      if (source !== undefined) found.copies.push({ path: index, source });
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error;
      found.notes.push(`${gitFolder} is not shown, and git does not work here: ${error.message}`);
    }
  }

  /** An index in which what is not there in the cage does not count as deleted. */
  async #indexOf(tracked: Tracked, name: string, seen: readonly string[]): Promise<string | undefined> {
    const top = parentOf(tracked.gitFolder);
    const isThere = (path: string): boolean => seen.some((one) => isInside(one, `${top}/${path}`));
    const key = `${tracked.gitFolder}\0${name}`;
    const last = this.#made.get(key);
    if (last?.tracked === tracked && last.seen === seen.join('\0') && entryAt(last.file)) return last.file;
    for (const digest of DIGESTS) {
      const body = withoutAbsent(tracked.bytes, digest, isThere);
      if (!body) continue;
      const check = createHash(digest === 20 ? 'sha1' : 'sha256')
        .update(body)
        .digest();
      await makePrivate(this.#folder);
      // Others of this account may be at work with the one that was there.
      const file = join(this.#folder, createHash('sha256').update(key).digest('hex'));
      const fresh = `${file}-${randomUUID()}`;
      writeFileSync(fresh, Buffer.concat([body, check]), { mode: 0o600 });
      renameSync(fresh, file);
      this.#made.set(key, { tracked, seen: seen.join('\0'), file });
      return file;
    }
    return undefined;
  }

  /** What of the index matters, read again when it is another one. */
  async #tracked(gitFolder: string, root: string, levels: readonly string[]): Promise<Tracked | undefined> {
    const index = `${gitFolder}/index`;
    const info = lstatSync(index, { bigint: true, throwIfNoEntry: false });
    if (!info?.isFile() || info.size > MOST_INDEX) return undefined;
    const identity = `${info.dev}:${info.ino}:${info.size}:${info.mtimeNs}:${info.ctimeNs}`;
    const key = `${gitFolder}\0${root}`;
    const known = this.#known.get(key);
    if (known?.identity === identity) return known.tracked;
    const tracked = await readTracked(gitFolder, root, levels);
    this.#known.set(key, { identity, tracked });
    return tracked;
  }
}

/** Whether a folder lies below one with a `.git`: then git has to be told to look for it beyond the mount. */
export function mayBePackage(root: string): boolean {
  return !isRepository(`${root}/.git`) && climb(parentOf(root)).some((at) => isRepository(`${at}/.git`));
}

interface Tracked {
  gitFolder: string;
  bytes: Uint8Array;
  /** Settings of the top and of the folders on the way, as the index names them. */
  settings: string[];
  isTracked(folder: string): boolean;
}

async function readTracked(gitFolder: string, root: string, levels: readonly string[]): Promise<Tracked | undefined> {
  const top = parentOf(gitFolder);
  const bytes = bytesAt(`${gitFolder}/index`, MOST_INDEX);
  if (!bytes) return undefined;
  const folders = new Set<string>();
  const atLevels = new Set(levels.map((level) => (level === top ? '' : `${relativeTo(top, level)}/`)));
  const settings = await pickedFromIndex(bytes, ({ name }) => {
    for (let cut = name.lastIndexOf('/'); cut > 0; cut = name.lastIndexOf('/', cut - 1)) {
      const folder = name.slice(0, cut);
      if (folders.has(folder)) break;
      folders.add(folder);
    }
    const own = name.slice(name.lastIndexOf('/') + 1);
    return SETTINGS.test(own) && atLevels.has(name.slice(0, name.length - own.length)) ? name : undefined;
  });
  if (!settings || !folders.has(relativeTo(top, root))) return undefined;
  return { gitFolder, bytes, settings, isTracked: (folder) => folders.has(folder) };
}

function topAbove(root: string, { home, uid }: Around): string | undefined {
  if (isRepository(`${root}/.git`) || entryAt(`${root}/.git`)?.isFile() === true) return undefined;
  for (const at of climb(parentOf(root))) {
    if (at === '/' || isInside(at, home)) return undefined;
    const gitFolder = `${at}/.git`;
    const info = entryAt(gitFolder);
    if (!info) continue;
    if (!isRepository(gitFolder)) return undefined;
    const owners = [entryAt(root), entryAt(at), info].map((entry) => Number(entry?.uid));
    if (owners.some((owner) => owner !== owners[0]) || (owners[0] !== uid && uid !== 0)) return undefined;
    return realOf(at) === at ? at : undefined;
  }
  return undefined;
}

function climb(from: string): string[] {
  const found: string[] = [];
  for (let at = from; found.length < MOST_LEVELS; at = parentOf(at)) {
    found.push(at);
    if (at === '/') break;
  }
  return found;
}

function isRepository(gitFolder: string): boolean {
  return (
    entryAt(gitFolder)?.isDirectory() === true &&
    entryAt(`${gitFolder}/HEAD`)?.isFile() === true &&
    entryAt(`${gitFolder}/objects`)?.isDirectory() === true &&
    entryAt(`${gitFolder}/refs`)?.isDirectory() === true
  );
}

/** The folders above `root`, up to the top. */
function levelsBetween(root: string, top: string): string[] {
  return climb(parentOf(root)).filter((at) => isInside(top, at));
}

function isPlainFile(path: string): boolean {
  return entryAt(path)?.isFile() === true && realOf(path) === path && !holdsCredential(path);
}

function isOwnFolder(path: string, around: Around): boolean {
  return entryAt(path)?.isDirectory() === true && placeAt(path, 'folder', around)?.real === path;
}

/** Packages of the repository that are linked into a `node_modules`: each a folder with a package.json below the top. */
function packagesOf(folders: readonly string[], top: string, around: Around): string[] {
  const found = new Set<string>();
  for (const folder of folders)
    for (const { name, kind } of entriesOf(`${folder}/node_modules`)) {
      const links =
        kind === 'folder' && name.startsWith('@')
          ? entriesOf(`${folder}/node_modules/${name}`).flatMap((one) =>
              one.kind === 'link' ? [`${name}/${one.name}`] : [],
            )
          : kind === 'link'
            ? [name]
            : [];
      for (const link of links) {
        const real = realOf(`${folder}/node_modules/${link}`);
        if (real === undefined || real === top || !isInside(top, real) || real.includes('/node_modules/')) continue;
        if (found.size >= MOST_PACKAGES) return [...found];
        const isPackage = entryAt(`${real}/package.json`)?.isFile() === true && nameOf(real) !== '.git';
        if (isPackage && placeAt(real, 'folder', around)?.real === real) found.add(real);
      }
    }
  return [...found];
}
