import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { isInside } from '../../core/scope/spelling.ts';
import { SYSTEM } from './systemMounts.ts';

/**
 * What a toolchain is: the folders to mount, the folder to put on PATH, and the variables that its programs look for.
 * One of the system's folders is there anyway.
 */
export interface Toolchain {
  mounts: string[];
  /** Absent where another one's programs come first on the account's PATH, and this one is only named by a variable. */
  bin?: string;
  variables: Record<string, string>;
}

/** Folders beside `bin` that make its parent an installation. Without one the parent may as well hold tokens or sockets. */
const INSTALLED = ['lib', 'lib64', 'libexec', 'versions', 'installs'];

/** Where a version manager is: below the home folder, or where the account's variable says. */
interface Root {
  at: string;
  variable: string;
}

/**
 * Version managers: their programs are stand-ins, which look for the rest where a variable says, and take the version
 * that another one (`choice`) names.
 */
const MANAGERS: { root: Root; programs: string; needs?: { root: Root }; part?: string; choice?: string }[] = [
  {
    root: { at: '.cargo', variable: 'CARGO_HOME' },
    programs: 'bin',
    needs: { root: { at: '.rustup', variable: 'RUSTUP_HOME' } },
    choice: 'RUSTUP_TOOLCHAIN',
  },
  { root: { at: '.pyenv', variable: 'PYENV_ROOT' }, programs: 'shims', choice: 'PYENV_VERSION' },
  { root: { at: '.rbenv', variable: 'RBENV_ROOT' }, programs: 'shims', choice: 'RBENV_VERSION' },
  { root: { at: '.asdf', variable: 'ASDF_DATA_DIR' }, programs: 'shims' },
  { root: { at: '.local/share/mise', variable: 'MISE_DATA_DIR' }, programs: 'shims' },
  { root: { at: '.volta', variable: 'VOLTA_HOME' }, programs: 'bin', part: 'tools' },
];

/** Installations that programs look for by a variable, whatever comes first on PATH. */
const NAMED = ['JAVA_HOME', 'GOROOT', 'DOTNET_ROOT', 'M2_HOME', 'MAVEN_HOME', 'GRADLE_HOME'];

const VERSION = /^[\w.:@+-]{1,80}$/;

interface Around {
  account: NodeJS.ProcessEnv;
  home: string;
  /** Workspaces and Oversign's own folders: no mount may contain or lie in one. */
  never: readonly string[];
}

/**
 * Toolchains on the user's PATH that lie outside the system folders: nvm, pyenv, cargo, go and their kind. What
 * does not look like an installation (`~/.docker`, `~/.fly`, `~/.cargo` with their tokens and sockets), or holds
 * more than one (the home folder itself, `~/.local`), is mounted by its `bin` alone, with the installations that
 * links in there lead to; what lies in a workspace or holds one is left out.
 */
export function toolchains(account: NodeJS.ProcessEnv, home: string, never: readonly string[]): Toolchain[] {
  const around = { account, home, never };
  const found: Toolchain[] = [];
  for (const bin of new Set((account['PATH'] ?? '').split(':'))) {
    if (!isAbsolute(bin) || bin.includes('/node_modules/')) continue;
    const real = readable(bin);
    if (real === undefined) continue;
    const managed = managerOf(real, around);
    if (isOfSystem(real)) {
      found.push({ mounts: managed.mounts, bin, variables: managed.variables });
      continue;
    }
    const whole = installationOf(real, around);
    const own = whole ?? real;
    if (!mayBeMounted(own, around)) continue;
    const further = [...managed.mounts, ...(whole === undefined ? ledTo(real, around) : [])];
    found.push({
      mounts: [own, ...new Set(further.filter((one) => !isInside(own, one)))],
      bin: real,
      variables: managed.variables,
    });
  }
  return [...found, ...NAMED.flatMap((name) => namedBy(name, around))];
}

/** Whose stand-ins the programs of a folder are: what they need beside it. */
function managerOf(bin: string, around: Around): Pick<Toolchain, 'mounts' | 'variables'> {
  for (const { root, programs, needs = { root }, part = '', choice } of MANAGERS) {
    const at = placeOf(needs.root, around);
    const needed = join(at, part);
    if (bin !== join(placeOf(root, around), programs) || !existsSync(needed)) continue;
    const chosen = choice === undefined ? undefined : around.account[choice];
    return {
      mounts: !isOfSystem(needed) && mayBeMounted(needed, around) ? [needed] : [],
      variables: {
        [needs.root.variable]: at,
        ...(choice !== undefined && chosen !== undefined && VERSION.test(chosen) && { [choice]: chosen }),
      },
    };
  }
  return { mounts: [], variables: {} };
}

function placeOf({ at, variable }: Root, { account, home }: Around): string {
  const value = account[variable];
  return value !== undefined && isAbsolute(value) ? resolve(value) : join(home, at);
}

/** The installation that a variable of the account names. A value that names none is not passed on. */
function namedBy(name: string, around: Around): Toolchain[] {
  const value = around.account[name];
  if (value === undefined || !isAbsolute(value)) return [];
  const real = readable(join(value, 'bin')) ?? readable(value);
  if (real === undefined) return [];
  if (isOfSystem(real)) return [{ mounts: [], variables: { [name]: value } }];
  const whole = installationOf(real, around);
  if (whole === undefined || !mayBeMounted(whole, around)) return [];
  return [{ mounts: [whole], variables: { [name]: whole } }];
}

function isOfSystem(path: string): boolean {
  return SYSTEM.some((folder) => isInside(folder, path));
}

function readable(bin: string): string | undefined {
  try {
    const real = realpathSync(bin);
    readdirSync(real);
    return real;
  } catch {
    return undefined;
  }
}

/** The folder above a `bin` where that is one installation and nothing else. */
function installationOf(bin: string, { home }: Around): string | undefined {
  const parent = dirname(bin);
  const isShared =
    ['/', '/opt', '/usr/local', join(home, '.local'), join(home, '.cargo')].includes(parent) || isInside(parent, home);
  const isOne =
    ['bin', 'shims'].includes(basename(bin)) && INSTALLED.some((name) => existsSync(join(parent, name))) && !isShared;
  return isOne ? parent : undefined;
}

function mayBeMounted(mount: string, { home, never }: Around): boolean {
  if (mount === '/' || isInside(mount, home)) return false;
  return !never.some((path) => isInside(mount, path) || isInside(path, mount));
}

/** Installations of programs that are only linked into a shared `bin` (pipx, uv, ghcup), and of what those are linked to. */
function ledTo(bin: string, around: Around, depth = 0): string[] {
  const found = new Set<string>();
  for (const entry of readdirSync(bin, { withFileTypes: true })) {
    if (!entry.isSymbolicLink()) continue;
    for (const at of [target(join(bin, entry.name)), nextOf(join(bin, entry.name))]) {
      if (at === undefined || SYSTEM.some((folder) => isInside(folder, at))) continue;
      const whole = installationOf(dirname(at), around);
      if (whole === undefined || found.has(whole) || !mayBeMounted(whole, around)) continue;
      found.add(whole);
      // A Python environment is an installation whose interpreter is a link to another one.
      if (depth < 2) for (const further of ledTo(dirname(at), around, depth + 1)) found.add(further);
    }
  }
  return [...found];
}

function target(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch {
    return undefined; // a link to nothing
  }
}

/** Where a link leads in one step: an environment in between is needed as well as the end. */
function nextOf(link: string): string | undefined {
  try {
    const next = join(dirname(link), readlinkSync(link));
    return isAbsolute(readlinkSync(link)) ? readlinkSync(link) : next;
  } catch {
    return undefined;
  }
}
