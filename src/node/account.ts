import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import type { Account } from '../core/policy/roles.ts';

/** The account that this process runs under, and the names of its groups (group(5)). */
export function account(): Account {
  const { username, gid } = userInfo();
  const groups = process.getgroups?.() ?? [gid];
  return { user: username, groups: groupNames(readGroups(), username, groups) };
}

export function groupNames(file: string, user: string, ids: readonly number[]): string[] {
  return file.split('\n').flatMap((line) => {
    const [name = '', , id = '', members = ''] = line.split(':');
    return name !== '' && ((/^[0-9]{1,10}$/.test(id) && ids.includes(Number(id))) || members.split(',').includes(user))
      ? [name]
      : [];
  });
}

function readGroups(): string {
  try {
    return readFileSync('/etc/group', 'utf8');
  } catch {
    return ''; // no such file on this system: roles go by user names
  }
}
