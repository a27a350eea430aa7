import { existsSync, lstatSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import { isInside } from '../../core/scope/spelling.ts';
import { makePrivate } from '../folders.ts';

const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/gnu/store'];
/** Parts of /etc without which programs do not start or name the wrong zone; none tells about this machine. */
const ETC = [
  '/etc/alternatives',
  '/etc/ld.so.cache',
  '/etc/ld.so.conf',
  '/etc/ld.so.conf.d',
  '/etc/ssl/certs',
  '/etc/ca-certificates',
  '/etc/pki/tls/certs',
  '/etc/localtime',
  '/etc/java-17-openjdk',
  '/etc/mime.types',
  '/etc/magic',
  '/etc/fonts',
];

/** The system's own folders: mounted where they are folders, links where they are links. */
export function systemMounts(): Pick<Cage, 'system' | 'links'> {
  const system: string[] = [];
  const links: { path: string; target: string }[] = [];
  for (const path of SYSTEM) {
    if (!existsSync(path)) continue;
    if (lstatSync(path).isSymbolicLink()) links.push({ path, target: readlinkSync(path) });
    else system.push(path);
  }
  return { system, links };
}

/** A small /etc that names nobody: made once in the data folder, with the few real parts that programs need. */
export async function syntheticEtc(dataFolder: string, uid: number, gid: number, home: string): Promise<Cage['etc']> {
  const folder = join(dataFolder, 'sandbox-etc');
  await makePrivate(folder);
  const files: Record<string, string> = {
    passwd: `agent:x:${uid}:${gid}:agent:${home}:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n`,
    group: `agent:x:${gid}:\nnogroup:x:65534:\n`,
    hosts: '127.0.0.1 localhost sandbox\n::1 localhost\n',
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
    hostname: 'sandbox\n',
  };
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o600 });
  return [
    ...Object.keys(files).map((name) => ({ path: `/etc/${name}`, source: join(folder, name) })),
    ...ETC.filter((path) => existsSync(path)).map((path) => ({ path, source: realpathSync(path) })),
  ];
}

/** What a toolchain is: the folder to mount, and the folder to put on PATH. */
export interface Toolchain {
  mount: string;
  bin: string;
}

/** Folders beside `bin` that make its parent an installation. Without one the parent may as well hold tokens or sockets. */
const INSTALLED = ['lib', 'lib64', 'libexec', 'versions', 'installs'];

/** Parents of a `bin` that hold far more than one toolchain. */
function isShared(parent: string, home: string): boolean {
  return (
    ['/', '/opt', '/usr/local', join(home, '.local'), join(home, '.cargo')].includes(parent) || isInside(parent, home)
  );
}

/**
 * Toolchains on the user's PATH that lie outside the system folders: nvm, pyenv, cargo, go and their kind. What
 * does not look like an installation (`~/.docker`, `~/.fly`, `~/.cargo` with their tokens and sockets), or holds
 * more than one (the home folder itself, `~/.local`), is mounted by its `bin` alone; what lies in a workspace or holds one is left out.
 */
export function toolchains(path: string, home: string, never: readonly string[]): Toolchain[] {
  const found: Toolchain[] = [];
  for (const bin of new Set(path.split(':'))) {
    if (!isAbsolute(bin) || !existsSync(bin)) continue;
    if (SYSTEM.some((folder) => isInside(folder, bin)) || bin.includes('/node_modules/')) continue;
    let real: string;
    try {
      real = realpathSync(bin);
      readdirSync(real);
    } catch {
      continue;
    }
    const parent = dirname(real);
    const isWhole =
      ['bin', 'shims'].includes(basename(real)) &&
      INSTALLED.some((name) => existsSync(join(parent, name))) &&
      !isShared(parent, home);
    const mount = isWhole ? parent : real;
    if (never.some((path) => isInside(mount, path) || isInside(path, mount))) continue;
    if (mount === '/' || isInside(mount, home)) continue;
    found.push({ mount, bin: real });
  }
  return found;
}
