import { accessSync, constants } from 'node:fs';
import { dirname, isAbsolute, resolve } from 'node:path';
import type { ConfigEntry } from '../../core/command/gitConfig.ts';
import { meaningOf } from '../../core/command/gitPrograms.ts';
import { nameOf } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import { codeOf, readConfigFile } from './gitFile.ts';
import { Stretch } from './stretch.ts';

/** `$(prefix)/etc/gitconfig` of the git that people have: their system's, or one of Homebrew's. */
const OF_SYSTEM = ['', '/usr/local', '/opt/homebrew', '/home/linuxbrew/.linuxbrew'].map((at) => `${at}/etc/gitconfig`);

/**
 * Where git looks for configuration beside the repository's own (git-config(1), FILES and ENVIRONMENT): every file that
 * it may read, since a git that the person starts elsewhere need not have the same variables.
 */
export function generalConfiguration(home: string, environment: NodeJS.ProcessEnv = {}): string[] {
  const { XDG_CONFIG_HOME: config, GIT_CONFIG_SYSTEM: system, GIT_CONFIG_GLOBAL: global } = environment;
  const named = [system, config === undefined ? undefined : `${config}/git/config`, global];
  const absolute = named.flatMap((path) => (path !== undefined && isAbsolute(path) ? [path] : []));
  return [...OF_SYSTEM, `${home}/.config/git/config`, `${home}/.gitconfig`, ...absolute];
}

const MOST_DEPTH = 5;
const MOST_FILES = 64;

/**
 * The entries of configuration files and of all that they include, each file once, and the paths of the included ones
 * whether they exist or not. `general` ones may be closed to this account: git then goes on without them.
 */
export async function readSources(
  general: readonly string[],
  own: readonly string[],
  home: string,
): Promise<{ entries: ConfigEntry[]; included: string[] }> {
  const entries: ConfigEntry[] = [];
  const included: string[] = [];
  const files = new Set<string>();
  const stretch = new Stretch();
  const add = async (file: string, depth: number): Promise<void> => {
    if (files.has(file)) return;
    await stretch.rest();
    if (depth > MOST_DEPTH || files.size >= MOST_FILES)
      throw new ToolFailure(`${file}: git configuration includes too many files, or too deep`);
    files.add(file);
    for (const entry of readConfigFile(file, 'followed')) {
      entries.push(entry);
      if (meaningOf(entry) !== 'include') continue;
      const path = pathOf(entry.value, dirname(file), home);
      if (path === undefined) continue;
      included.push(path);
      await add(path, depth + 1);
    }
  };
  for (const file of general) if (!isClosed(file)) await add(file, 0);
  for (const file of own) await add(file, 0);
  return { entries, included };
}

function isClosed(file: string): boolean {
  try {
    accessSync(bytesOfPath(file), constants.R_OK);
    return false;
  } catch (error) {
    return codeOf(error) === 'EACCES';
  }
}

/** A value that is one path (git_config_pathname() in config.c); undefined where it leads to another account or to git itself. */
export function pathOf(value: string | undefined, base: string, home: string): string | undefined {
  const written = value?.replace(/^:\(optional\)/, '');
  if (written === undefined || written === '' || written.startsWith('%(prefix)')) return undefined;
  const account = /^~([^/]*)/.exec(written);
  if (!account) return resolve(base, written);
  if (account[1] !== '' && account[1] !== nameOf(home)) return undefined;
  return resolve(home, written.slice(account[0].length).replace(/^\/+/, ''));
}
