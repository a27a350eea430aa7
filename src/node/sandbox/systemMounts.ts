import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import { makePrivate } from '../folders.ts';
import { publicEtc } from './publicEtc.ts';

/** The system's own folders. */
export const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/nix/store', '/gnu/store'];

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

/** What of /proc is about the machine and not about processes, and tells more than a program needs; root could read it. */
const MACHINE = [
  ...['acpi', 'asound', 'scsi', 'cmdline', 'config.gz', 'iomem', 'ioports', 'kallsyms', 'kcore', 'key-users', 'keys'],
  ...['kmsg', 'kpagecount', 'kpageflags', 'latency_stats', 'modules', 'pagetypeinfo', 'sched_debug', 'slabinfo'],
  ...['sysrq-trigger', 'timer_list', 'vmallocinfo'],
];

export function maskedInProc(): Cage['masked'] {
  return MACHINE.flatMap((name) => {
    const info = lstatSync(`/proc/${name}`, { throwIfNoEntry: false });
    return info ? [{ path: `/proc/${name}`, kind: info.isDirectory() ? ('folder' as const) : ('file' as const) }] : [];
  });
}

/** A small /etc that names nobody: made once in the data folder, with the few real parts that programs need. */
export async function syntheticEtc(
  dataFolder: string,
  { uid, gid, home }: Pick<Cage, 'uid' | 'gid' | 'home'>,
): Promise<{ etc: Cage['etc']; withheld: string[] }> {
  const folder = join(dataFolder, 'sandbox-etc');
  await makePrivate(folder);
  const files: Record<string, string> = {
    passwd: `agent:x:${uid}:${gid}:agent:${home}:/bin/bash\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n`,
    group: `agent:x:${gid}:\nnogroup:x:65534:\n`,
    hosts: '127.0.0.1 localhost sandbox\n::1 localhost\n',
    'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
    // Of a command with a way out: the name server of its network is at 127.0.0.1 (resolver(5), where resolv.conf is none).
    'nsswitch.door.conf': 'passwd: files\ngroup: files\nhosts: files dns\n',
    hostname: 'sandbox\n',
  };
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content, { mode: 0o600 });
  const { shown, withheld } = publicEtc();
  const shownFiles = Object.keys(files).filter((name) => name !== 'nsswitch.door.conf');
  const own = shownFiles.map((name) => ({ path: `/etc/${name}`, source: join(folder, name) }));
  return { etc: [...own, ...shown], withheld };
}
