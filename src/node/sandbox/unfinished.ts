import { randomUUID } from 'node:crypto';
import { lstatSync, readdirSync, unlinkSync } from 'node:fs';
import { bytesOfPath } from '../files/rawPath.ts';
import { identityOf, isAlive, type ProcessIdentity } from '../process/identity.ts';

const NAME = /^oversign-unfinished\.(\d+)\.(\d*)\.([0-9a-z-]*)\.[0-9a-f-]{36}$/;

let identity: ProcessIdentity | undefined;

/**
 * A name at the top of a repository for what is written there before it is put in its place. Beside its place it would be
 * a branch of that name if this process were killed before; so it says whose it is, and goes with the next command.
 */
export function unfinishedName(): string {
  const { pid, start, boot } = (identity ??= identityOf(process.pid));
  return `oversign-unfinished.${pid}.${start}.${boot}.${randomUUID()}`;
}

/** Takes away what processes that are gone left unfinished in a repository. */
export function removeUnfinished(gitFolder: string): void {
  for (const name of namesIn(gitFolder)) {
    const [, pid, start = '', boot = ''] = NAME.exec(name) ?? [];
    if (pid === undefined || Number(pid) < 1 || isAlive({ pid: Number(pid), start, boot })) continue;
    const path = bytesOfPath(`${gitFolder}/${name}`);
    try {
      if (!lstatSync(path).isDirectory()) unlinkSync(path);
    } catch {
      continue; // gone meanwhile, or closed
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(bytesOfPath(folder));
  } catch {
    return [];
  }
}
