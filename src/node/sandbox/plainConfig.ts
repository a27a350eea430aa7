import type { ConfigEntry } from '../../core/command/gitConfig.ts';
import { readConfigFile } from './gitFile.ts';

/** Settings that git writes itself at `init`, `clone` and `submodule add`, and that name no program. */
const PLAIN: readonly { key: RegExp; value: RegExp }[] = [
  {
    key: /^core\.(?:bare|filemode|logallrefupdates|ignorecase|precomposeunicode|symlinks)$/,
    value: /^(?:true|false)$/,
  },
  { key: /^core\.repositoryformatversion$/, value: /^[01]$/ },
  { key: /^extensions\.objectformat$/, value: /^sha(?:1|256)$/ },
  { key: /^remote\..+\.fetch$/, value: /^\+?refs\/[\w/*.-]+:refs\/[\w/*.@-]+$/ },
  // `helper::address` starts git-remote-helper (gitremote-helpers(7)).
  { key: /^(?:remote|submodule)\..+\.url$/, value: /^(?!-)(?!.*::)[^\s'"`$;&|<>]+$/ },
  { key: /^branch\..+\.remote$/, value: /^[\w.][\w./@-]*$/ },
  { key: /^branch\..+\.merge$/, value: /^refs\/heads\/[^\s]+$/ },
  { key: /^submodule\..+\.active$/, value: /^true$/ },
];

/**
 * Whether a repository's configuration makes git run nothing, and its work tree is where it stands, or one that
 * `isWorktree` knows. Throws where it cannot be read.
 */
export function isPlainConfig(path: string, isWorktree: (written: string) => boolean = () => false): boolean {
  return readConfigFile(path, 'refused').every((entry) =>
    entry.key === 'core.worktree' ? isWorktree(entry.value ?? '') : isPlain(entry),
  );
}

function isPlain({ key, value }: ConfigEntry): boolean {
  return PLAIN.some((one) => one.key.test(key) && value !== undefined && one.value.test(value));
}
