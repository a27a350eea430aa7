import { randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ConfigEntry } from '../../core/command/gitConfig.ts';
import { gitValues, gitValuesText, signsCommits } from '../../core/command/gitValues.ts';
import { ToolFailure } from '../../core/outcome.ts';
import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import { globMatcher } from '../../core/scope/glob.ts';
import { sha256 } from '../files/hash.ts';
import { makePrivate } from '../folders.ts';
import { readConfigFile } from './gitFile.ts';
import { generalConfiguration, pathOf } from './gitSources.ts';

const MOST_FILES = 32;

/** Whose configuration, and in which repository it is to hold. */
interface Whose {
  home: string;
  environment: NodeJS.ProcessEnv;
  /** The workspace folder. */
  folder: string;
  readonly isDenied: (path: string) => boolean;
}

/**
 * The person's own configuration of git as git would read it for a repository, in order. A file that cannot be read
 * says nothing: what git makes of it the person sees in their own terminal. Conditions on branches and addresses are
 * not met: they cannot be known before git starts.
 */
export function entriesOfPerson({ home, environment, folder, isDenied }: Whose): ConfigEntry[] {
  const found: ConfigEntry[] = [];
  const seen = new Set<string>();
  const add = (file: string): void => {
    if (seen.has(file) || seen.size >= MOST_FILES || isDenied(file)) return;
    seen.add(file);
    for (const entry of readable(file)) {
      const path = entry.key.endsWith('.path') ? pathOf(entry.value, dirname(file), home) : undefined;
      if (path === undefined || !/^include(if)?\./.test(entry.key)) found.push(entry);
      else if (
        entry.key === 'include.path' ||
        isMet(entry.key.slice('includeif.'.length, -'.path'.length), { home, folder, file })
      )
        add(path);
    }
  };
  const { GIT_CONFIG_GLOBAL: global } = environment;
  const sources = generalConfiguration(home, environment);
  // With this variable git reads no other file of the person's.
  for (const file of global === undefined
    ? sources
    : sources.filter((one) => one === global || /\/etc\/gitconfig$/.test(one)))
    add(file);
  return found;
}

function readable(file: string): ConfigEntry[] {
  try {
    return readConfigFile(file, 'followed');
  } catch (error) {
    if (error instanceof ToolFailure) return [];
    throw error;
  }
}

/** `gitdir:` of includeIf (git-config(1), "Conditional includes"), for a repository at the top of the folder. */
function isMet(condition: string, { home, folder, file }: { home: string; folder: string; file: string }): boolean {
  const [, ignoresCase, written] = /^gitdir(\/i)?:(.+)$/.exec(condition) ?? [];
  if (written === undefined) return false;
  const start = written.startsWith('~/')
    ? home + written.slice(1)
    : written.startsWith('./')
      ? dirname(file) + written.slice(1)
      : written.startsWith('/')
        ? written
        : `/**/${written}`;
  const pattern = start.endsWith('/') ? `${start}**` : start;
  const [glob, path] = [pattern, `${folder}/.git`].map((one) => (ignoresCase === undefined ? one : one.toLowerCase()));
  try {
    return globMatcher(glob ?? '')(path ?? '');
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** The person's values as the system's configuration of a cage: the repository's own goes before it. */
export async function gitOfPerson(dataFolder: string, whose: Whose): Promise<Cage['etc']> {
  const text = gitValuesText(gitValues(entriesOfPerson(whose)));
  if (text === '') return [];
  const folder = join(dataFolder, 'sandbox-etc');
  // Each content has a file of its own: cages of other workspaces may be at work.
  const source = join(folder, `gitconfig-${sha256(text).slice(0, 16)}`);
  if (!existsSync(source)) {
    await makePrivate(folder);
    await mkdir(folder, { recursive: true });
    const temporary = `${source}.${randomUUID()}`;
    await writeFile(temporary, text, { mode: 0o600 });
    await rename(temporary, source);
  }
  return [{ path: '/etc/gitconfig', source }];
}

/** Whether git signs the commits that the person makes in a folder. */
export function personSigns(whose: Omit<Whose, 'isDenied'>): boolean {
  const general = entriesOfPerson({ ...whose, isDenied: () => false });
  return signsCommits([...general, ...readable(`${whose.folder}/.git/config`)]);
}
