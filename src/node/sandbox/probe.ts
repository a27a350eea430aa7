import { constants, existsSync } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { lineFor, managerOf } from '../../shared/packageManagers.ts';
import { BUBBLEWRAP, type SystemProgram } from '../../shared/systemPackages.ts';

/** Why commands cannot be confined here, and the exact thing to do about it. */
export interface Refusal {
  works: false;
  cause: string;
  fix: string;
}

// Not looked for on PATH: a folder of the workspace may be there.
const PLACES = ['/usr/bin/bwrap', '/bin/bwrap', '/usr/local/bin/bwrap'];

/** Systems that bubblewrap is not for. */
export function whyNoBubblewrap(platform: NodeJS.Platform): Refusal | undefined {
  if (platform === 'linux') return undefined;
  return {
    works: false,
    cause: `Commands cannot be confined on ${platform} in this version; the host sandbox needs Linux or macOS.`,
    fix: 'Work in a Linux environment such as WSL, a dev container or a remote host.',
  };
}

export async function findBubblewrap(): Promise<string | Refusal> {
  const refusal = whyNoBubblewrap(process.platform);
  if (refusal) return refusal;
  for (const place of PLACES)
    try {
      await access(place, constants.X_OK);
      return place;
    } catch {
      // the next place
    }
  return {
    works: false,
    cause: 'Commands cannot be confined: bubblewrap is not installed.',
    fix: `Install it: ${await installLine(BUBBLEWRAP)}`,
  };
}

const SUDO = ['/usr/bin/sudo', '/bin/sudo', '/usr/local/bin/sudo'];

/** The line that installs it with this system's package manager; apt's where the system says nothing that is known. */
async function installLine(program: SystemProgram): Promise<string> {
  const system = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const hasSudo = SUDO.some((path) => existsSync(path));
  return lineFor([program], managerOf(system) ?? 'apt', { isRoot: process.getuid?.() === 0, hasSudo });
}

/** Turns what bubblewrap said when it could not start into cause and fix. */
export async function explainFailure(output: string): Promise<Refusal> {
  const said = heartOf(output.trim().split('\n')[0] ?? '');
  const refusal = (cause: string, fix: string): Refusal => ({
    works: false,
    cause: `Commands cannot be confined: ${cause}.`,
    fix,
  });
  if (/unknown option/i.test(said))
    return refusal(
      `the installed bubblewrap is too old (${said}); version ${BUBBLEWRAP.enough ?? ''} or later is needed`,
      'Install a newer bubblewrap (Debian 12, Ubuntu 24.04 and Fedora 38 have one).',
    );
  if (/mount proc|proc on/i.test(said))
    return refusal(
      `a fresh /proc cannot be mounted (${said}); this is usual inside a container`,
      'Start the container with --security-opt systempaths=unconfined, or run Oversign outside it.',
    );
  if (/SECCOMP/i.test(said))
    return refusal(
      `the kernel takes no system call filter (${said})`,
      'Run Oversign on a kernel with CONFIG_SECCOMP_FILTER, or outside the container whose own filter refuses it (for Docker: --security-opt seccomp=unconfined).',
    );
  if (/ENOSPC|max_\*_namespaces/i.test(said)) {
    const none = await limitedToNone();
    return none === undefined
      ? refusal(
          'Oversign itself runs in a sandbox that forbids further ones (bwrap --disable-userns, Flatpak and their kind)',
          'Start it outside of that sandbox.',
        )
      : refusal(`${none} is 0, so that none can be made`, `Allow namespaces: sudo sysctl -w ${none}=15000`);
  }
  if (/Read-only file system/i.test(said) && said.includes('/proc/sys'))
    return refusal(
      `/proc/sys is read-only (${said}); this is usual inside a container`,
      'Start the container with --security-opt systempaths=unconfined, or run Oversign outside it.',
    );
  if (/loopback|RTM_NEWADDR/i.test(said) && (await sysctl('kernel/apparmor_restrict_unprivileged_userns')) !== '1')
    return refusal(
      `the kernel refused a network of its own (${said}); a security module or an outer sandbox forbids it`,
      'Allow user namespaces with all their powers to bubblewrap in AppArmor or SELinux, or run Oversign outside the container.',
    );
  if (/namespace|uid map|userns|RTM_NEWADDR|Operation not permitted|EPERM/i.test(said)) {
    if ((await sysctl('kernel/apparmor_restrict_unprivileged_userns')) === '1')
      return refusal(
        'this system’s AppArmor lets only listed programs make user namespaces (Ubuntu 24.04 and later)',
        'Give bubblewrap a profile: sudo apt-get install -y apparmor-profiles && sudo ln -s /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ && sudo apparmor_parser -r /etc/apparmor.d/bwrap-userns-restrict',
      );
    if ((await sysctl('kernel/unprivileged_userns_clone')) === '0')
      return refusal(
        'user namespaces are switched off',
        'Switch them on: sudo sysctl -w kernel.unprivileged_userns_clone=1',
      );
    if ((await sysctl('user/max_user_namespaces')) === '0')
      return refusal(
        'user namespaces are limited to none',
        'Allow namespaces: sudo sysctl -w user.max_user_namespaces=15000',
      );
    return refusal(
      `the kernel refused new namespaces (${said}); this is usual inside a container`,
      'Start the container with --security-opt seccomp=unconfined --security-opt systempaths=unconfined (Docker, Podman), or run Oversign outside it.',
    );
  }
  return refusal(
    `bubblewrap failed (${said === '' ? 'it said nothing' : said})`,
    'See whether `bwrap --unshare-user --ro-bind / / true` works for you in a terminal.',
  );
}

/** What was said, without its guess at the reason and where to read on, which Debian's bubblewrap adds. */
function heartOf(said: string): string {
  return said.replace(/(, likely because| See <)[^]*$/, '');
}

/** Which kind of namespace is limited to none, as sysctl(8) names it. */
async function limitedToNone(): Promise<string | undefined> {
  for (const kind of ['user', 'pid', 'net', 'mnt', 'ipc', 'uts', 'cgroup'])
    if ((await sysctl(`user/max_${kind}_namespaces`)) === '0') return `user.max_${kind}_namespaces`;
  return undefined;
}

async function sysctl(name: string): Promise<string | undefined> {
  return readFile(`/proc/sys/${name}`, 'utf8')
    .then((text) => text.trim())
    .catch(() => undefined);
}
