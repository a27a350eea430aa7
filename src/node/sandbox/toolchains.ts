import { existsSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { isInside } from '../../core/scope/spelling.ts';
import { SYSTEM } from './systemMounts.ts';

/** What a toolchain is: the folders to mount, the folder to put on PATH, and the variables that its programs look for. */
export interface Toolchain {
  mounts: string[];
  bin: string;
  variables: Record<string, string>;
}

/** Folders beside `bin` that make its parent an installation. Without one the parent may as well hold tokens or sockets. */
const INSTALLED = ['lib', 'lib64', 'libexec', 'versions', 'installs'];

/** Version managers: their `bin` holds stand-ins, which look for the rest below the home folder or where a variable says. */
const MANAGERS: { bin: string; needs: string; variable: string; value: string }[] = [
  { bin: '.cargo/bin', needs: '.rustup', variable: 'RUSTUP_HOME', value: '.rustup' },
  { bin: '.pyenv/shims', needs: '.pyenv', variable: 'PYENV_ROOT', value: '.pyenv' },
  { bin: '.rbenv/shims', needs: '.rbenv', variable: 'RBENV_ROOT', value: '.rbenv' },
  { bin: '.asdf/shims', needs: '.asdf', variable: 'ASDF_DATA_DIR', value: '.asdf' },
  { bin: '.local/share/mise/shims', needs: '.local/share/mise', variable: 'MISE_DATA_DIR', value: '.local/share/mise' },
  { bin: '.volta/bin', needs: '.volta/tools', variable: 'VOLTA_HOME', value: '.volta' },
];

interface Around {
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
export function toolchains(path: string, home: string, never: readonly string[]): Toolchain[] {
  const around = { home, never };
  const found: Toolchain[] = [];
  for (const bin of new Set(path.split(':'))) {
    if (!isAbsolute(bin) || bin.includes('/node_modules/')) continue;
    if (SYSTEM.some((folder) => isInside(folder, bin))) continue;
    const real = readable(bin);
    if (real === undefined) continue;
    const whole = installationOf(real, around);
    const own = whole ?? real;
    if (!mayBeMounted(own, around)) continue;
    const manager = MANAGERS.find((one) => real === join(home, one.bin) && existsSync(join(home, one.needs)));
    const further = [
      ...(manager && mayBeMounted(join(home, manager.needs), around) ? [join(home, manager.needs)] : []),
      ...(whole === undefined ? ledTo(real, around) : []),
    ];
    found.push({
      mounts: [own, ...new Set(further.filter((one) => !isInside(own, one)))],
      bin: real,
      variables: manager ? { [manager.variable]: join(home, manager.value) } : {},
    });
  }
  return found;
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
