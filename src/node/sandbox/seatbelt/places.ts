import { tmpdir } from 'node:os';
import { realpathSync } from 'node:fs';

/** What the adapter has to know of the system that it runs on; tests put in another one. */
export interface Machine {
  /** Where commands may read: what programs need to start and to run, and nothing that says much about the user. */
  system: readonly string[];
  /** Parts of those that hold data and no programs. */
  hidden: readonly string[];
  /** Where folders for temporary files are made; a real path. */
  temporary: string;
}

/**
 * macOS, as Seatbelt sees it: /etc, /tmp and /var are links into /private. Never /System whole: below
 * /System/Volumes/Data lies everything once more, the home folders too. Of /dev only what carries nothing: the
 * terminals of other programs are in there.
 */
const SYSTEM = [
  '/usr',
  '/bin',
  '/sbin',
  '/System/Library',
  '/System/Cryptexes',
  '/System/iOSSupport',
  '/System/Volumes/Preboot/Cryptexes',
  '/Library/Apple',
  '/Library/Developer',
  '/Library/Frameworks',
  '/Library/Java',
  '/Applications/Xcode.app',
  '/opt/homebrew',
  '/opt/local',
  '/nix/store',
  '/private/etc',
  '/private/var/db/dyld',
  '/private/var/db/timezone',
  '/private/var/db/xcode_select_link',
  '/private/var/select',
  '/dev/null',
  '/dev/zero',
  '/dev/random',
  '/dev/urandom',
  '/dev/fd',
  '/dev/dtracehelper',
];

/** Databases that package managers keep beside their programs. */
const HIDDEN = ['/opt/homebrew/var', '/usr/local/var', '/opt/local/var'];

export function macOS(): Machine {
  return { system: SYSTEM, hidden: HIDDEN, temporary: realpathSync(tmpdir()) };
}
