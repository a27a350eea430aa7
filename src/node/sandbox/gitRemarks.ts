import { resolve } from 'node:path';
import type { ConfigEntry } from '../../core/command/gitConfig.ts';
import { isInside } from '../../core/scope/spelling.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { readConfigFile, readGitFile } from './gitFile.ts';

const MOST_ALTERNATES = 64 * 1024;
const SECRET_NAME = /(password|passwd|pass|token|secret|apikey|oauth)$/;

/**
 * Without its configuration git does nothing, so that file cannot be hidden: as in a repository inside the workspace,
 * commands can read what is in it. That is worth a sentence where it seems to hold a secret.
 */
export function remarkOnSecrets(gitFolder: string): string[] {
  const config = `${gitFolder}/config`;
  const entries = readConfigFile(config, 'refused');
  return entries.some(isSecret) ? [`${config} seems to hold a password or token, and commands can read it`] : [];
}

function isSecret({ key, value }: ConfigEntry): boolean {
  const isAddress = /\.(url|pushurl|proxy|insteadof|pushinsteadof)$/.test(key);
  const withUser = /^[a-z][a-z0-9+.-]*:\/\/([^/@\s]+)@/i;
  const user = isAddress ? withUser.exec(value ?? '')?.[1] : withUser.exec(key.slice(key.indexOf('.') + 1))?.[1];
  // `ssh://git@host` names an account only; over HTTP a name alone may be a token.
  if (user !== undefined && (user.includes(':') || /^https?:/i.test(value ?? ''))) return true;
  return (
    value !== undefined &&
    value !== '' &&
    (SECRET_NAME.test(key) || (key.endsWith('.extraheader') && /authorization|token|key/i.test(value)))
  );
}

/**
 * About folders outside that `objects/info/alternates` names (`git clone --shared`). They are never mounted, nor told:
 * in a workspace a command can write that file and would choose what the next one sees; elsewhere it may have been
 * downloaded.
 */
export function remarkOnAlternates(gitFolder: string, roots: readonly string[]): string[] {
  const objects = `${gitFolder}/objects`;
  const named = alternatesIn(`${objects}/info/alternates`)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const isOutside = named.some((line) => !roots.some((root) => isInside(root, resolve(objects, line))));
  return isOutside
    ? [
        `${gitFolder} borrows objects of a repository elsewhere, which is not shown: git may miss some (git repack -a makes it whole)`,
      ]
    : [];
}

function alternatesIn(file: string): string {
  try {
    return readGitFile(file, MOST_ALTERNATES, 'refused') ?? '';
  } catch (error) {
    if (error instanceof ToolFailure) return '/'; // unreadable is as good as elsewhere
    throw error;
  }
}
