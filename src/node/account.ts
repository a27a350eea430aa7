import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Account } from '../core/policy/roles.ts';

/** Which accounts and groups there are, where that can be told: they may be kept by another machine. */
export interface LocalAccount extends Account {
  known?: { users: ReadonlySet<string>; groups: ReadonlySet<string> } | undefined;
}

/** The account that this process runs under, and the names of its groups (group(5)). */
export function account(): LocalAccount {
  const { username, gid } = userInfo();
  const groups = process.getgroups?.() ?? [gid];
  const file = textOf('/etc/group');
  const known = areAllLocal(textOf('/etc/nsswitch.conf'))
    ? { users: namesIn(textOf('/etc/passwd')), groups: namesIn(file) }
    : undefined;
  return { user: username, groups: groupNames(file, username, groups), known };
}

/** Whether all accounts and groups are in files of this machine (nsswitch.conf(5)). */
export function areAllLocal(nsswitch: string): boolean {
  return ['passwd', 'group'].every((name) => {
    const sources = new RegExp(`^${name}:(.*)$`, 'm').exec(nsswitch)?.[1]?.replace(/#.*$/, '').trim().split(/\s+/);
    return sources?.every((source) => source === 'files' || source === 'systemd') === true;
  });
}

/** The names of passwd(5) and group(5). */
function namesIn(file: string): ReadonlySet<string> {
  return new Set(file.split('\n').flatMap((line) => (line === '' ? [] : [line.split(':', 1)[0] ?? ''])));
}

export function groupNames(file: string, user: string, ids: readonly number[]): string[] {
  return file.split('\n').flatMap((line) => {
    const [name = '', , id = '', members = ''] = line.split(':');
    return name !== '' && ((/^[0-9]{1,10}$/.test(id) && ids.includes(Number(id))) || members.split(',').includes(user))
      ? [name]
      : [];
  });
}

/** Nothing where there is no such file on this system: roles go by user names then. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
