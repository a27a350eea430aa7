import { MANAGERS, packagesOf, type ManagerName, type SystemProgram } from './systemPackages.ts';

/** How a system's package manager is asked. All of it but what `tried` says is from the managers' manuals. */
export interface PackageManager {
  /** Whether the tests of this project have installed with it, not only a stand-in of it. */
  tried: boolean;
  /** The values of ID and ID_LIKE in /etc/os-release (os-release(5)) that name its systems. */
  systems: readonly string[];
  program: string;
  /** Fetches the lists of packages, where that is a step of its own. */
  refresh?: readonly string[];
  /** Installs without a question; packages follow. */
  install: readonly string[];
  /** What it says while another program holds its lock, and when it has no such package. */
  busy: RegExp;
  unknown: RegExp;
  /** What it asks for after an earlier installing that was broken off, and the command that ends that one. */
  repairs?: readonly { asked: RegExp; argv: readonly string[] }[];
}

export const PACKAGE_MANAGERS: Readonly<Record<ManagerName, PackageManager>> = {
  apt: {
    tried: true,
    systems: ['debian', 'ubuntu'],
    program: 'apt-get',
    refresh: ['update'],
    install: ['install', '-y', '--no-install-recommends'],
    busy: /Could not get lock|Unable to lock|Unable to acquire the dpkg/,
    unknown: /Unable to locate package|has no installation candidate/,
    repairs: [
      // Settings that somebody changed stay as they are, and nothing is asked.
      { asked: /dpkg --configure -a/, argv: ['dpkg', '--force-confdef', '--force-confold', '--configure', '-a'] },
      { asked: /--fix-broken/, argv: ['apt-get', 'install', '-y', '--no-install-recommends', '--fix-broken'] },
    ],
  },
  dnf: {
    tried: false,
    systems: ['fedora', 'rhel'],
    program: 'dnf',
    install: ['install', '-y', '--setopt=install_weak_deps=False'],
    busy: /Waiting for process with pid/,
    unknown: /No match for argument|Unable to find a match/,
  },
  pacman: {
    tried: false,
    systems: ['arch'],
    program: 'pacman',
    // No -y: new lists without an upgrade of everything would mix two states of the system.
    install: ['-S', '--needed', '--noconfirm'],
    busy: /unable to lock database/,
    unknown: /target not found/,
  },
  zypper: {
    tried: false,
    systems: ['suse', 'opensuse'],
    program: 'zypper',
    refresh: ['--non-interactive', 'refresh'],
    install: ['--non-interactive', 'install', '--no-recommends'],
    busy: /System management is locked/,
    unknown: /not found in package names/,
  },
  apk: {
    tried: false,
    systems: ['alpine'],
    program: 'apk',
    refresh: ['update'],
    install: ['add'],
    busy: /Unable to lock database/,
    unknown: /unable to select packages/,
  },
};

/** What os-release(5) says of the system; undefined where none of its words is known. */
export function managerOf(osRelease: string): ManagerName | undefined {
  const words = [...osRelease.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].flatMap(([, value = '']) =>
    value.replaceAll(/["']/g, '').split(/\s+/),
  );
  return MANAGERS.find((name) =>
    PACKAGE_MANAGERS[name].systems.some((system) =>
      words.some((word) => word === system || word.startsWith(`${system}-`)),
    ),
  );
}

/** The line that installs these programs as root. */
export function rootLine(programs: readonly SystemProgram[], name: ManagerName): string {
  return commandsFor(programs, name)
    .map((words) => words.join(' '))
    .join(' && ');
}

/** The line that this account types to install them. */
export function lineFor(programs: readonly SystemProgram[], name: ManagerName, account: Account): string {
  const asRoot = rootLine(programs, name);
  if (account.isRoot) return asRoot;
  return account.hasSudo ? sudoLine(programs, name) : `su -c '${asRoot}'`;
}

export interface Account {
  isRoot: boolean;
  hasSudo: boolean;
}

function sudoLine(programs: readonly SystemProgram[], name: ManagerName): string {
  return commandsFor(programs, name)
    .map((words) => `sudo ${words.join(' ')}`)
    .join(' && ');
}

/** The commands, program first: fetching the lists, installing. */
export function commandsFor(programs: readonly SystemProgram[], name: ManagerName): string[][] {
  const { program, refresh, install } = PACKAGE_MANAGERS[name];
  return [...(refresh ? [[program, ...refresh]] : []), [program, ...install, ...packagesOf(programs, name)]];
}
