import { accessSync, constants } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ConfigEntry } from '../../core/command/gitConfig.ts';
import { meaningOf } from '../../core/command/gitPrograms.ts';
import { nameOf } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import { codeOf, readConfigFile } from './gitFile.ts';
import { Stretch } from './stretch.ts';

/** Where git looks for configuration beside the repository's own (git-config(1), FILES). */
export function generalConfiguration(home: string, configFolder = `${home}/.config`): string[] {
  return ['/etc/gitconfig', `${configFolder}/git/config`, `${home}/.gitconfig`];
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
