import { createHash, randomUUID } from 'node:crypto';
import { lstatSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIGESTS } from '../../../core/command/gitIndex.ts';
import { withoutAbsent } from '../../../core/command/sparseIndex.ts';
import { ToolFailure } from '../../../core/outcome.ts';
import { isInside, nameOf, relativeTo } from '../../../core/scope/spelling.ts';
import { makePrivate } from '../../folders.ts';
import { holdsCredential } from '../credentialFiles.ts';
import { bytesAt, entryAt } from '../entries.ts';
import { assertMayBeShown, partsOf } from '../gitOutside.ts';
import type { Repository } from '../gitPointers.ts';
import { remarkOnAlternates, remarkOnSecrets } from '../gitRemarks.ts';
import { pickedFromIndex } from '../indexEntries.ts';
import { indexFolder } from './keptIndexes.ts';
import { entriesOf } from './near.ts';
import { placeAt, realOf, type Around } from './shape.ts';
import { levelsBetween, topAbove, type TopAbove } from './topAbove.ts';

/** What commands in a package see of the repository that it is a part of. */
export interface Above {
  /** The opened folder. */
  root: string;
  top: string;
  /** The folders that git reads its configuration from there; one, but for work trees. */
  gitFolders: string[];
  /** Files and folders, read-only at their own places. */
  shown: string[];
  /** Packages of the same repository that `node_modules` links to: what is not part of them has to be looked for. */
  packages: string[];
  /** Files that are another one's in the cage. */
  copies: { path: string; source: string }[];
  hidden: string[];
  notes: string[];
}

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
    this.#folder = indexFolder(dataFolder);
  }

  async find(root: string, around: Around, rules: Rules): Promise<Above | undefined> {
    const place = topAbove(root, around);
    if (!place) return undefined;
    const { top, repository } = place;
    const { common, own } = repository;
    const levels = levelsBetween(root, top);
    const tracked = await this.#tracked(place, root, levels);
    if (!tracked) return undefined;
    const gitFolders = [...new Set([common, own])];
    const found: Above = { root, top, gitFolders, shown: [], packages: [], copies: [], hidden: [], notes: [] };
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
    if (rules.deniesInside || gitFolders.some(isDenied) || rules.deniedOutside.some((path) => isInside(top, path)))
      found.notes.push(`${common} is not shown, because your policy denies files that it may keep`);
    else await this.#addGit(found, { tracked, repository, around }, root);
    const hasGit = found.shown.includes(`${common}/HEAD`);
    if (found.shown.length + found.packages.length > 0)
      found.notes.push(
        `of the repository above, ${top}, ${hasGit ? 'git, ' : ''}settings and installed packages are there read-only`,
      );
    return found;
  }

  async #addGit(
    found: Above,
    { tracked, repository, around }: { tracked: Tracked; repository: Repository; around: Around },
    root: string,
  ): Promise<void> {
    const { top } = found;
    const { common, own } = repository;
    try {
      const { shown, hidden } = await partsOf(repository);
      // What names the repository, where it is elsewhere.
      const parts = common === `${top}/.git` ? shown : [`${top}/.git`, ...shown];
      assertMayBeShown(parts, { home: around.home, roots: [], never: around.never });
      const index = `${own}/index`;
      const seen = [root, ...found.shown, ...found.packages];
      const source = await this.#indexOf(tracked, relativeTo(top, root), seen);
      found.notes.push(...remarkOnSecrets(common), ...remarkOnAlternates(common, [top]));
      found.shown.push(...parts.filter((path) => path !== index || source === undefined));
      found.hidden.push(...hidden);
      if (source !== undefined) found.copies.push({ path: index, source });
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error;
      found.notes.push(`${common} is not shown, and git does not work here: ${error.message}`);
    }
  }

  /** An index in which what is not there in the cage does not count as deleted. */
  async #indexOf(tracked: Tracked, name: string, seen: readonly string[]): Promise<string | undefined> {
    const { top } = tracked;
    const isThere = (path: string): boolean => seen.some((one) => isInside(one, `${top}/${path}`));
    const key = `${top}\0${name}`;
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
  async #tracked(place: TopAbove, root: string, levels: readonly string[]): Promise<Tracked | undefined> {
    const index = `${place.repository.own}/index`;
    const info = lstatSync(index, { bigint: true, throwIfNoEntry: false });
    if (!info?.isFile() || info.size > MOST_INDEX) return undefined;
    const identity = `${info.dev}:${info.ino}:${info.size}:${info.mtimeNs}:${info.ctimeNs}`;
    const key = `${index}\0${root}`;
    const known = this.#known.get(key);
    if (known?.identity === identity) return known.tracked;
    const tracked = await readTracked({ top: place.top, index }, root, levels);
    this.#known.set(key, { identity, tracked });
    return tracked;
  }
}

interface Tracked {
  top: string;
  bytes: Uint8Array;
  /** Settings of the top and of the folders on the way, as the index names them. */
  settings: string[];
  isTracked(folder: string): boolean;
}

async function readTracked(
  { top, index }: { top: string; index: string },
  root: string,
  levels: readonly string[],
): Promise<Tracked | undefined> {
  const bytes = bytesAt(index, MOST_INDEX);
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
  return { top, bytes, settings, isTracked: (folder) => folders.has(folder) };
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
