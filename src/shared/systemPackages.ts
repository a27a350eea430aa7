/**
 * The one list of what Oversign and its tests need of the system. `npm start`, `npm test`, the sandbox's advice and the
 * README are made from it.
 */

/** What is about to be done: work with Oversign, or test it. */
export type Purpose = 'start' | 'test';

export const MANAGERS = ['apt', 'dnf', 'pacman', 'zypper', 'apk'] as const;
export type ManagerName = (typeof MANAGERS)[number];

export interface SystemProgram {
  /** As people call it. */
  name: string;
  /** How it is found: a program, by the first of these names that is there, or a file (absolute path). */
  found: { programs: readonly string[]; variable?: string } | { file: string };
  /** The oldest version that is enough, where that matters: compared with what `--version` says. */
  enough?: string;
  neededFor: readonly Purpose[];
  /** What for, and what happens where it is missing: parts of a sentence. */
  purpose: string;
  without: string;
  packages: Readonly<Record<ManagerName, readonly string[]>>;
  /** Megabytes with all that it brings along, on a bare Debian 12 without recommended packages. */
  size: { download: number; installed: number };
}

const everywhere = (name: string): Record<ManagerName, readonly string[]> => ({
  apt: [name],
  dnf: [name],
  pacman: [name],
  zypper: [name],
  apk: [name],
});

export const BUBBLEWRAP: SystemProgram = {
  name: 'bubblewrap',
  found: { programs: ['bwrap'] },
  enough: '0.8', // --disable-userns
  neededFor: ['start', 'test'],
  purpose: 'the sandbox that commands run in',
  without: 'every command is refused',
  packages: everywhere('bubblewrap'),
  size: { download: 0.05, installed: 0.1 },
};

export const CHROMIUM: SystemProgram = {
  name: 'Chromium',
  found: {
    programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    variable: 'OVERSIGN_CHROMIUM',
  },
  neededFor: ['test'],
  purpose: 'the browser that the extension is tested in',
  without: 'the tests in the editor are left out',
  packages: everywhere('chromium'),
  size: { download: 205, installed: 729 },
};

export const SYSTEM_PROGRAMS: readonly SystemProgram[] = [
  BUBBLEWRAP,
  {
    name: 'git',
    found: { programs: ['git'] },
    enough: '2.20',
    neededFor: ['start', 'test'],
    purpose: 'the sample workspace is a repository, and cards say what git holds',
    without: 'the sample is no repository, and nothing counts as kept by git',
    packages: everywhere('git'),
    size: { download: 22, installed: 109 },
  },
  CHROMIUM,
  {
    name: 'Python',
    found: { programs: ['python3'] },
    enough: '3.9',
    neededFor: ['test'],
    purpose: 'attacks on the sandbox, and the checker of exported logs',
    without: 'the tests of the sandbox fail',
    packages: { ...everywhere('python3'), pacman: ['python'] },
    size: { download: 6.7, installed: 25 },
  },
  {
    name: 'ip',
    found: { programs: ['ip'] },
    neededFor: ['test'],
    purpose: 'networks that attacks on the sandbox would reach without it',
    without: 'the controls of those attacks fail',
    packages: { ...everywhere('iproute2'), dnf: ['iproute'] },
    size: { download: 1.6, installed: 5 },
  },
  {
    name: 'ripgrep',
    found: { programs: ['rg'] },
    neededFor: ['test'],
    purpose: 'searches that ask it which files to open, and the sandbox of macOS, tested on its Linux side',
    without: 'those tests are skipped',
    packages: everywhere('ripgrep'),
    size: { download: 1.3, installed: 4.7 },
  },
  {
    name: 'C compiler',
    found: { programs: ['gcc'] },
    neededFor: ['test'],
    purpose: 'a C project that is built in the sandbox',
    without: 'that test is skipped',
    packages: everywhere('gcc'),
    size: { download: 49, installed: 190 },
  },
  {
    name: 'headers of the C library',
    found: { file: '/usr/include/stdio.h' },
    neededFor: ['test'],
    purpose: 'the same',
    without: 'that test is skipped',
    packages: {
      apt: ['libc6-dev'],
      dnf: ['glibc-devel'],
      pacman: ['glibc'],
      zypper: ['glibc-devel'],
      apk: ['musl-dev'],
    },
    size: { download: 1.9, installed: 12 },
  },
  {
    name: 'make',
    found: { programs: ['make'] },
    neededFor: ['test'],
    purpose: 'the same',
    without: 'that test is skipped',
    packages: everywhere('make'),
    size: { download: 0.4, installed: 1.6 },
  },
  {
    name: 'PostgreSQL',
    found: { programs: ['pg_ctlcluster', 'postgres'] }, // Debian keeps the server itself off PATH
    neededFor: ['test'],
    purpose: 'a real server that statements are sent to, and attacks on it',
    without: 'the tests of databases fail',
    packages: {
      apt: ['postgresql'],
      dnf: ['postgresql-server', 'postgresql-contrib'],
      pacman: ['postgresql'],
      zypper: ['postgresql-server', 'postgresql-contrib'],
      apk: ['postgresql', 'postgresql-contrib'],
    },
    size: { download: 45, installed: 190 },
  },
  {
    name: 'debootstrap',
    found: { programs: ['debootstrap'] },
    neededFor: ['test'],
    purpose: 'a bare machine that is set up from nothing (as root)',
    without: 'that test is skipped',
    packages: everywhere('debootstrap'),
    size: { download: 1.1, installed: 4 },
  },
];

export function programsFor(purpose: Purpose): SystemProgram[] {
  return SYSTEM_PROGRAMS.filter(({ neededFor }) => neededFor.includes(purpose));
}

/** The packages of these programs, each once, in order. */
export function packagesOf(programs: readonly SystemProgram[], manager: ManagerName): string[] {
  return [...new Set(programs.flatMap(({ packages }) => packages[manager]))].sort();
}
