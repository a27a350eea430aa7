import { HOME } from './machine.ts';
import { mayBePackage } from './places/topAbove.ts';
import type { Toolchain } from './toolchains.ts';

/** Where the system's own programs are. */
const SYSTEM_PATH = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin', '/sbin'];

/** A command's whole environment: what the policy lets it see of the account's, and what programs cannot do without. */
export function cageEnvironment(
  account: NodeJS.ProcessEnv,
  variables: readonly string[],
  chains: readonly Toolchain[],
  roots: readonly string[] = [],
): Record<string, string> {
  const allowed = Object.fromEntries(
    variables.flatMap((name) => {
      const value = account[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    ...allowed,
    HOME,
    // In the account's own order: the first of a name is the one that it would get outside.
    PATH: [...new Set([...chains.flatMap(({ bin }) => bin ?? []), ...SYSTEM_PATH])].join(':'),
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    TMPDIR: '/tmp',
    NO_COLOR: '1',
    // A mount of a package is a file system of its own, at which git would stop to look.
    ...(roots.some(mayBePackage) && { GIT_DISCOVERY_ACROSS_FILESYSTEM: '1' }),
    ...Object.fromEntries(chains.flatMap(({ variables: its }) => Object.entries(its))),
  };
}
