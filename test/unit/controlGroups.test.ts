import { describe, expect, test } from 'vitest';
import { limitWords } from '../../src/core/sandbox/limitWords.ts';
import { heldLimits } from '../../src/node/sandbox/limits.ts';
import { LIMITS } from '../support/sandboxRun.ts';
import { hierarchies, type Hierarchy } from '../../src/node/sandbox/groups/where.ts';

// Recorded texts of /proc/self/mountinfo and /proc/self/cgroup (proc(5), cgroups(7)), other mounts left in here and there.

const FIRECRACKER = {
  mountinfo: `24 1 254:0 / / rw,relatime - ext4 /dev/root rw
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
33 31 0:30 / /sys/fs/cgroup/cpuacct rw,relatime - cgroup cgroup rw,cpuacct
34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
39 31 0:36 / /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
`,
  cgroup: `9:name=systemd:/
8:pids:/
4:memory:/process_api/6ff0640f56a39cfd44bc4dc5d6bc5bde
3:cpuset:/
2:cpuacct:/
1:cpu:/
`,
};

/** systemd's hybrid layout: version 2 beside, for systemd's own bookkeeping. */
const HYBRID = {
  mountinfo: `30 23 0:26 / /sys/fs/cgroup ro,nosuid,nodev,noexec shared:9 - tmpfs tmpfs ro,mode=755
31 30 0:27 / /sys/fs/cgroup/unified rw,nosuid,nodev,noexec,relatime shared:10 - cgroup2 cgroup2 rw,nsdelegate
32 30 0:28 / /sys/fs/cgroup/systemd rw,nosuid,nodev,noexec,relatime shared:11 - cgroup cgroup rw,xattr,name=systemd
36 30 0:32 / /sys/fs/cgroup/net_cls,net_prio rw,nosuid,nodev,noexec,relatime shared:16 - cgroup cgroup rw,net_cls,net_prio
37 30 0:33 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid,nodev,noexec,relatime shared:17 - cgroup cgroup rw,cpu,cpuacct
38 30 0:34 / /sys/fs/cgroup/memory rw,nosuid,nodev,noexec,relatime shared:18 - cgroup cgroup rw,memory
39 30 0:35 / /sys/fs/cgroup/pids rw,nosuid,nodev,noexec,relatime shared:19 - cgroup cgroup rw,pids
`,
  cgroup: `12:pids:/user.slice/user-1000.slice/session-2.scope
6:memory:/user.slice/user-1000.slice/session-2.scope
5:net_cls,net_prio:/
4:cpu,cpuacct:/user.slice
1:name=systemd:/user.slice/user-1000.slice/session-2.scope
0::/user.slice/user-1000.slice/session-2.scope
`,
};

const UNIFIED = {
  mountinfo: `22 28 0:21 / /proc rw,nosuid,nodev,noexec,relatime shared:12 - proc proc rw
35 24 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate,memory_recursiveprot
36 24 0:31 / /sys/fs/pstore rw,nosuid,nodev,noexec,relatime shared:5 - pstore pstore rw
`,
  cgroup: '0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-code.scope\n',
};

/** Docker over version 1 without a cgroup namespace: the mount shows the container's part, the group its whole name. */
const CONTAINER = {
  mountinfo: `1402 1401 0:29 /docker/0123abc /sys/fs/cgroup/systemd ro,nosuid,nodev,noexec,relatime master:11 - cgroup cgroup rw,xattr,name=systemd
1403 1401 0:33 /docker/0123abc /sys/fs/cgroup/cpu,cpuacct ro,nosuid,nodev,noexec,relatime master:17 - cgroup cgroup rw,cpu,cpuacct
1404 1401 0:34 /docker/0123abc /sys/fs/cgroup/memory ro,nosuid,nodev,noexec,relatime master:18 - cgroup cgroup rw,memory
1405 1401 0:35 /docker/0123abc /sys/fs/cgroup/pids ro,nosuid,nodev,noexec,relatime master:19 - cgroup cgroup rw,pids
`,
  cgroup: `12:pids:/docker/0123abc
6:memory:/docker/0123abc/inner
4:cpu,cpuacct:/docker/0123abc
1:name=systemd:/docker/0123abc
`,
};

const short = (found: readonly Hierarchy[]): string[] =>
  found.map(({ version, controllers, own }) => `${version} ${controllers.join('+')} ${own.replace(/\/$/, '')}`);
const of = ({ mountinfo, cgroup }: { mountinfo: string; cgroup: string }): string[] =>
  short(hierarchies(mountinfo, cgroup));
const unified = (mount: string, path: string, root = '/'): string[] =>
  of({ mountinfo: `35 24 0:30 ${root} ${mount} rw - cgroup2 cgroup2 rw\n`, cgroup: `0::${path}\n` });

describe('where the own control groups are', () => {
  test('version 1, a controller each', () => {
    expect(of(FIRECRACKER)).toEqual([
      '1 cpu /sys/fs/cgroup/cpu',
      '1 cpuacct /sys/fs/cgroup/cpuacct',
      '1 cpuset /sys/fs/cgroup/cpuset',
      '1 memory /sys/fs/cgroup/memory/process_api/6ff0640f56a39cfd44bc4dc5d6bc5bde',
      '1 pids /sys/fs/cgroup/pids',
      '1 name=systemd /sys/fs/cgroup/systemd',
    ]);
  });

  test('both versions, with controllers mounted together', () => {
    const session = 'user.slice/user-1000.slice/session-2.scope';
    expect(of(HYBRID)).toEqual([
      `2  /sys/fs/cgroup/unified/${session}`,
      `1 name=systemd /sys/fs/cgroup/systemd/${session}`,
      '1 net_cls+net_prio /sys/fs/cgroup/net_cls,net_prio',
      '1 cpu+cpuacct /sys/fs/cgroup/cpu,cpuacct/user.slice',
      `1 memory /sys/fs/cgroup/memory/${session}`,
      `1 pids /sys/fs/cgroup/pids/${session}`,
    ]);
  });

  test('version 2 alone', () => {
    expect(of(UNIFIED)).toEqual([
      '2  /sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service/app.slice/app-code.scope',
    ]);
  });

  test('a container that sees only its part of the hierarchy', () => {
    expect(of(CONTAINER)).toEqual([
      '1 name=systemd /sys/fs/cgroup/systemd',
      '1 cpu+cpuacct /sys/fs/cgroup/cpu,cpuacct',
      '1 memory /sys/fs/cgroup/memory/inner',
      '1 pids /sys/fs/cgroup/pids',
    ]);
  });

  test('a container with a control group namespace: the own group is the top', () => {
    expect(unified('/sys/fs/cgroup', '/')).toEqual(['2  /sys/fs/cgroup']);
    // Mounted before the namespace was made, the top is named from inside; the mount then shows what is above it.
    expect(unified('/sys/fs/cgroup', '/', '/../..')).toEqual(['2  /sys/fs/cgroup']);
  });

  test('a neighbour whose name begins the same is not the part that is mounted', () => {
    expect(unified('/sys/fs/cgroup', '/docker/0123abcdef', '/docker/0123abc')).toEqual(['2  /sys/fs/cgroup']);
  });

  test('names that proc writes with backslashes, and colons in a group', () => {
    expect(unified('/mnt/my\\040groups\\134x', '/a')).toEqual(['2  /mnt/my groups\\x/a']);
    expect(unified('/g', '/system.slice/x:y:z.service')).toEqual(['2  /g/system.slice/x:y:z.service']);
    expect(unified('/g\\011tab\\012line', '/')).toEqual(['2  /g\ttab\nline']);
  });

  test('what is mounted but has no group, and what is a group but not mounted, is left out', () => {
    expect(of({ mountinfo: UNIFIED.mountinfo, cgroup: FIRECRACKER.cgroup })).toEqual([]);
    expect(of({ mountinfo: '', cgroup: UNIFIED.cgroup })).toEqual([]);
    expect(of({ mountinfo: FIRECRACKER.mountinfo, cgroup: '' })).toEqual([]);
    expect(of({ mountinfo: FIRECRACKER.mountinfo, cgroup: UNIFIED.cgroup })).toEqual([]);
    expect(of({ mountinfo: 'nonsense\n\n - - -\n', cgroup: 'nonsense\n:\n' })).toEqual([]);
  });

  test('a controller whose name begins another’s is not taken for it', () => {
    const mountinfo =
      '33 31 0:30 / /c/cpuset rw - cgroup cgroup rw,cpuset\n34 31 0:31 / /c/cpu rw - cgroup cgroup rw,cpu\n';
    expect(of({ mountinfo, cgroup: '2:cpu:/a\n' })).toEqual(['1 cpu /c/cpu/a']);
  });
});

test('what holds memory and processes depends on the control groups there are', () => {
  const how = (group?: string): string[] =>
    heldLimits({ limits: LIMITS }, group)
      .slice(0, 2)
      .map((one) => `${one.name} ${one.value}: ${one.how} by ${one.by}`);
  expect(how('cgroup v2')).toEqual(['memory 1.0 GiB: enforced by cgroup v2', 'processes 256: enforced by cgroup v2']);
  const [memory, processes] = how();
  expect(memory).toMatch(/^memory 1.0 GiB: watched by looked at every/);
  expect(processes).toMatch(process.getuid?.() === 0 ? /: watched by looked at/ : /: enforced by RLIMIT_NPROC$/);
});

test('what nothing holds on a machine is named', () => {
  const notHeld = (group?: string): string[] =>
    heldLimits({ limits: LIMITS }, group)
      .filter(({ how }) => how === 'not held')
      .map(limitWords);
  expect(notHeld('cgroup v2')).toEqual(['inotify instances and epoll watches of the account (not held)']);
  expect(notHeld()).toEqual([
    'kernel memory of sockets, pipes, file watches and file locks (not held)',
    'inotify instances and epoll watches of the account (not held)',
  ]);
});
