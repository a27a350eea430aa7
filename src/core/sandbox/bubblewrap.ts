/** Everything a bubblewrap cage is made of, found out beforehand. All paths are absolute. */
export interface Cage {
  /** System folders mounted read-only at the same path. */
  system: readonly string[];
  /** Links at the root such as /bin -> usr/bin. */
  links: readonly { path: string; target: string }[];
  /** Files and folders of the synthetic /etc: where each is mounted, and from where. */
  etc: readonly { path: string; source: string }[];
  /** Toolchains outside the system folders, read-only. */
  toolchains: readonly string[];
  /** Folders mounted writable. */
  writable: readonly string[];
  /** Folders that become mount points, so that they cannot be renamed away; parents before children. */
  pinned: readonly string[];
  /** Existing paths below a writable folder that stay read-only. */
  readOnly: readonly string[];
  hiddenFiles: readonly string[];
  hiddenFolders: readonly string[];
  home: string;
  temporaryBytes: number;
  environment: Record<string, string>;
  cwd: string;
}

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
    ...['--cap-drop', 'ALL', '--hostname', 'sandbox', '--clearenv'],
    ...Object.entries(cage.environment).flatMap(([name, value]) => ['--setenv', name, value]),
    ...cage.system.flatMap((path) => ['--ro-bind', path, path]),
    ...cage.links.flatMap(({ path, target }) => ['--symlink', target, path]),
    ...['--proc', '/proc', '--dev', '/dev', '--remount-ro', '/dev'],
    ...['--size', size, '--tmpfs', '/tmp', '--size', size, '--tmpfs', '/dev/shm'],
    ...['--size', '1048576', '--tmpfs', '/etc'],
    ...cage.etc.flatMap(({ path, source }) => ['--ro-bind', source, path]),
    ...['--remount-ro', '/etc'],
    ...['--size', size, '--tmpfs', cage.home],
    ...cage.toolchains.flatMap((path) => ['--ro-bind', path, path]),
    ...cage.writable.flatMap((path) => ['--bind', path, path]),
    ...cage.pinned.flatMap((path) => ['--bind', path, path]),
    ...cage.readOnly.flatMap((path) => ['--ro-bind', path, path]),
    ...cage.hiddenFolders.flatMap((path) => ['--perms', '0000', '--size', '4096', '--tmpfs', path, '--remount-ro', path]),
    ...cage.hiddenFiles.flatMap((path) => ['--ro-bind', NOTHING, path]),
    ...['--remount-ro', '/', '--chdir', cage.cwd],
  ];
}

/**
 * Starts `argv` under the limits that a process can set itself (setrlimit(2)): CPU seconds and file size hold per
 * process, the number of processes holds for the whole cage except for root.
 */
export function limitedArgv(
  limits: { cpuSeconds: number; diskBytes: number; processes: number },
  argv: readonly string[],
): string[] {
  const blocks = Math.max(1, Math.floor(limits.diskBytes / 1024));
  const script = `ulimit -c 0; ulimit -t ${limits.cpuSeconds}; ulimit -f ${blocks}; ulimit -u ${limits.processes}; exec "$@"`;
  return ['/bin/bash', '-c', script, 'limits', ...argv];
}
