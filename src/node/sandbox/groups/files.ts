import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, rmdirSync } from 'node:fs';
import { rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { identityOf, isAlive } from '../../process/identity.ts';

/** A control file with one number, or with lines of a name and a number; undefined where it cannot be read. */
export function numberIn(folder: string, file: string, name?: string): number | undefined {
  try {
    const text = readFileSync(join(folder, file), 'latin1');
    if (name === undefined) return Number(text.trim());
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.slice(name.length + 1));
  } catch {
    return undefined;
  }
}

/** Moves a process into a group. One that has ended meanwhile is no matter; any other trouble throws. */
export async function moveIn(folder: string, pid: number): Promise<void> {
  try {
    // The kernel takes milliseconds to move a process: not while the editor waits.
    await writeFile(join(folder, 'cgroup.procs'), String(pid));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** Ends everything in a group; what is started meanwhile is in it too, so it goes on until nothing is left. */
export function killAll(folder: string): void {
  for (let turn = 0; turn < 50; turn += 1) {
    let pids: string[];
    try {
      pids = readFileSync(join(folder, 'cgroup.procs'), 'latin1')
        .split('\n')
        .filter((pid) => pid !== '');
    } catch {
      return; // there is no such group any more
    }
    if (pids.length === 0) return;
    for (const pid of pids)
      try {
        process.kill(Number(pid), 'SIGKILL');
      } catch {
        // it has ended
      }
  }
}

/**
 * A name by which a later process can see whose group it is, and whether the owner is gone. Its last part is of chance:
 * one process may hold this program more than once (two extensions, threads), and those count apart.
 */
export function groupName(): string {
  const { pid, start } = identityOf(process.pid);
  return `oversign-${pid}-${start}-${pidNamespace()}-${randomBytes(6).toString('hex')}`;
}

/**
 * Groups of processes that are gone: taken away as far as they are empty. A container may share the control groups and
 * not the numbers of processes (pid_namespaces(7)): of whose processes nothing is known here, those groups stay.
 */
export function removeLeftOvers(parent: string): void {
  const namespace = pidNamespace();
  for (const name of foldersIn(parent)) {
    const [, pid, start, among] = /^oversign-(\d+)-(\d+)-(\w+)-\w+$/.exec(name) ?? [];
    if (pid === undefined || start === undefined || among !== namespace) continue;
    if (isAlive({ pid: Number(pid), start, boot: '' })) continue;
    try {
      rmdirSync(join(parent, name));
    } catch {
      // somebody still lives there: not this process's to end
    }
  }
}

/** The number of the namespace that this process's number counts in; `0` where there are none. */
function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}

function foldersIn(parent: string): string[] {
  try {
    return readdirSync(parent);
  } catch {
    return [];
  }
}

/** A group goes away when its last process has been waited for, which takes the kernel a moment. */
export async function removeGroup(folder: string): Promise<void> {
  for (const ms of [0, 2, 5, 10, 20, 50, 100, 200, 500]) {
    if (ms > 0) await pause(ms);
    try {
      await rmdir(folder);
      return;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    }
  }
}
