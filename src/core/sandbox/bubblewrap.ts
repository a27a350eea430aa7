/** Everything a bubblewrap cage is made of, found out beforehand. All paths are absolute. */
export interface Cage {
  /** System folders mounted read-only at the same path. */
  system: readonly string[];
  /** Files and folders of /proc that tell about the whole machine. */
  masked: readonly { path: string; kind: 'file' | 'folder' }[];
  /** Links at the root such as /bin -> usr/bin. */
  links: readonly { path: string; target: string }[];
  /** Files and folders of the synthetic /etc: where each is mounted, and from where. */
  etc: readonly { path: string; source: string }[];
  /** Toolchains outside the system folders, read-only. */
  toolchains: readonly string[];
  /** Folders mounted writable. */
  writable: readonly string[];
  /** Folders mounted read-only: the workspace of a command that only looks. */
  shown: readonly string[];
  /** Folders that become mount points, so that they cannot be renamed away; parents before children. */
  pinned: readonly string[];
  /** Existing paths below a writable folder that stay read-only. */
  readOnly: readonly string[];
  hiddenFiles: readonly string[];
  hiddenFolders: readonly string[];
  home: string;
  /** Who the command is inside. Root without any of its powers is something that programs do not expect. */
  uid: number;
  gid: number;
  temporaryBytes: number;
  environment: Record<string, string>;
  cwd: string;
}

/** Descriptors over which starter and sandbox speak: its options, its report, the gate, the system call filter. */
export const DESCRIPTORS = { options: 3, report: 4, gate: 5, filter: 6 } as const;

/** Folders of a cage whose content is in memory. */
export const inMemory = (cage: Pick<Cage, 'home'>): string[] => ['/tmp', '/var/tmp', '/dev/shm', cage.home];

/** A mount of /dev/null in a cage has no device access: opening it fails with EACCES. That is what hides a file. */
const NOTHING = '/dev/null';

/**
 * The options of bubblewrap for a cage (bwrap(1)), without the program itself. Pure: it looks at nothing. Order
 * matters, later mounts cover earlier ones: what hides and protects comes last.
 */
export function bubblewrapOptions(cage: Cage): string[] {
  const size = String(cage.temporaryBytes);
  return [
    // Namespaces: new ones of every kind, and none to be made inside.
    ...['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-net', '--unshare-cgroup-try'],
    ...['--disable-userns', '--die-with-parent', '--new-session'],
    ...['--uid', String(cage.uid), '--gid', String(cage.gid)],
    ...['--cap-drop', 'ALL', '--seccomp', String(DESCRIPTORS.filter), '--hostname', 'sandbox', '--clearenv'],
    ...Object.entries(cage.environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...cage.system.flatMap((path) => ['--ro-bind', path, path]),
    ...cage.links.flatMap(({ path, target }) => ['--symlink', target, path]),
    // Settings of the whole kernel stand in /proc/sys, and root may write them whatever namespace it is in.
    ...['--proc', '/proc'],
    ...cage.masked.flatMap(({ path, kind }) =>
      kind === 'file' ? ['--ro-bind', NOTHING, path] : ['--size', '4096', '--perms', '0000', '--tmpfs', path],
    ),
    ...['--remount-ro', '/proc'],
    ...['--dev', '/dev', '--remount-ro', '/dev'],
    ...['--size', size, '--tmpfs', '/tmp', '--size', size, '--tmpfs', '/var/tmp', '--dir', '/run'],
    ...['--size', size, '--tmpfs', '/dev/shm'],
    ...['--size', '1048576', '--tmpfs', '/etc'],
    ...cage.etc.flatMap(({ path, source }) => ['--ro-bind', source, path]),
    ...['--remount-ro', '/etc'],
    ...['--size', size, '--tmpfs', cage.home],
    ...cage.toolchains.flatMap((path) => ['--ro-bind', path, path]),
    ...cage.shown.flatMap((path) => ['--ro-bind', path, path]),
    ...cage.writable.flatMap((path) => ['--bind', path, path]),
    ...cage.pinned.flatMap((path) => ['--bind', path, path]),
    ...cage.readOnly.flatMap((path) => ['--ro-bind', path, path]),
    ...cage.hiddenFolders.flatMap((path) => [
      '--perms',
      '0000',
      '--size',
      '4096',
      '--tmpfs',
      path,
      '--remount-ro',
      path,
    ]),
    ...cage.hiddenFiles.flatMap((path) => ['--ro-bind', NOTHING, path]),
    ...['--remount-ro', '/', '--chdir', cage.cwd],
  ];
}

/** The init process of the cage, and a few to be seen over the limit. */
const ROOM = 6;

/**
 * Starts `argv` under the limits that a process can set itself (setrlimit(2)): CPU seconds and file size hold per
 * process, the number of processes holds for the whole cage except for root: a few more than the limit, so that going
 * over it can be seen and named. A lower limit that is already set
 * stays; one that cannot be set ends the call. Descriptors that the editor itself inherited end here.
 *
 * It first asks on descriptor 5 whether to go on: bubblewrap's --die-with-parent leaves a moment in which its first
 * process belongs to no group any more and is not yet bound to its parent, and would outlive a stop.
 */
export function limitedArgv(
  limits: { cpuSeconds: number; diskBytes: number; processes: number },
  argv: readonly string[],
): string[] {
  const processes = limits.processes + ROOM;
  const blocks = Math.max(1, Math.floor(limits.diskBytes / 1024));
  const script = `
lower() { # option, soft limit, hard limit
  local hard; hard=$(ulimit -H "$1") || exit 125
  [ "$hard" != unlimited ] && [ "$hard" -le "$3" ] || { ulimit -S "$1" "$2" && ulimit -H "$1" "$3"; } || exit 125
}
lower -c 0 0; lower -t ${limits.cpuSeconds} ${limits.cpuSeconds + 1}; lower -f ${blocks} ${blocks}; lower -u ${processes} ${processes}
echo ready >&5 && read -r -u 5 word && [ "$word" = go ] || exit 125
for fd in /proc/self/fd/*; do fd=\${fd##*/}; [ "$fd" -le 2 ] || exec {fd}>&- || exit 125; done
exec "$@"`;
  // -p: no BASH_ENV, no functions from the environment.
  return ['/bin/bash', '-p', '-c', script, 'limits', ...argv];
}
