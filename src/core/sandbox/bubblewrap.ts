import { isInside } from '../scope/spelling.ts';
import type { FolderView, Limits, NetworkAccess } from './port.ts';

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
  /** Links to places in toolchains, by the names under which programs look for them. */
  pointers: readonly { path: string; target: string }[];
  /** Folders of this machine that are there as /tmp and as the home folder, and kept from one cage to the next. */
  scratch?: Scratch;
  /** Files that another one stands for, read-only. */
  copies: readonly { path: string; source: string }[];
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
  network: Pick<NetworkAccess, 'kind'>;
  /** How the writable folders are there. */
  view: CageView;
}

/** Of a copy-on-write view: where each folder is found on this machine that the cage has as `path`. */
export type CageView =
  | Extract<FolderView, { kind: 'in-place' }>
  | { kind: 'copy-on-write'; places: readonly { path: string; source: string }[] };

/** A run's own scratch. `tops`: folders in /tmp below which something else is mounted; what else is in them is not kept. */
export interface Scratch {
  temporary: string;
  /** Absent where something is mounted in the home folder. */
  home?: string;
  tops: readonly string[];
}

/** Descriptors over which starter and sandbox speak: its options, its report, the gate, the system call filter. */
export const DESCRIPTORS = { options: 3, report: 4, gate: 5, filter: 6 } as const;

/** Folders of a cage whose content is in memory. */
export function inMemory({ home, scratch }: Pick<Cage, 'home' | 'scratch'>): string[] {
  const temporary = scratch ? scratch.tops.map((name) => `/tmp/${name}`) : ['/tmp'];
  return [...temporary, '/var/tmp', '/dev/shm', ...(scratch?.home === undefined ? [home] : [])];
}

/** A mount of /dev/null in a cage has no device access: opening it fails with EACCES. That is what hides a file. */
const NOTHING = '/dev/null';

/**
 * What a command can reach: in a network namespace of its own there is nothing but itself. With a door it is started in
 * the one where the door is (node/sandbox/network/), which is looked at once more before its first word.
 */
const NETWORK = { none: ['--unshare-net'], door: [] } satisfies Record<NetworkAccess['kind'], readonly string[]>;

/** Where a path of the workspace is mounted from. */
function sourceOf(view: CageView, path: string): string {
  switch (view.kind) {
    case 'in-place':
      return path;
    case 'copy-on-write': {
      const place = view.places.find((one) => isInside(one.path, path));
      return place ? `${place.source}${path.slice(place.path.length)}` : path;
    }
  }
}

/**
 * The options of bubblewrap for a cage (bwrap(1)), without the program itself. Pure: it looks at nothing. Order
 * matters, later mounts cover earlier ones: what hides and protects comes last.
 */
export function bubblewrapOptions(cage: Cage): string[] {
  const size = String(cage.temporaryBytes);
  const from = (path: string): string => sourceOf(cage.view, path);
  const mounted = (path: string): string[] => ['--bind', from(path), path];
  return [
    ...['--json-status-fd', String(DESCRIPTORS.report)],
    // Namespaces: new ones of every kind, and none to be made inside.
    ...[
      '--unshare-user',
      '--unshare-pid',
      '--unshare-ipc',
      '--unshare-uts',
      ...NETWORK[cage.network.kind],
      '--unshare-cgroup-try',
    ],
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
    ...temporaryMounts(cage.scratch, size),
    ...['--size', size, '--tmpfs', '/var/tmp', '--dir', '/run'],
    ...['--size', size, '--tmpfs', '/dev/shm'],
    ...['--size', '1048576', '--tmpfs', '/etc'],
    ...cage.etc.flatMap(({ path, source }) => ['--ro-bind', source, path]),
    ...['--remount-ro', '/etc'],
    ...homeMount(cage, size),
    ...cage.toolchains.flatMap((path) => ['--ro-bind', path, path]),
    ...cage.pointers.flatMap(({ path, target }) => ['--symlink', target, path]),
    ...cage.shown.flatMap((path) => ['--ro-bind', path, path]),
    ...cage.copies.flatMap(({ path, source }) => ['--ro-bind', source, path]),
    ...cage.writable.flatMap((path) => mounted(path)),
    ...cage.pinned.flatMap((path) => mounted(path)),
    ...cage.readOnly.flatMap((path) => ['--ro-bind', from(path), path]),
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

/** What a run keeps there, if it does. Everything of the scratch that something is mounted in is hidden from the next mount. */
function temporaryMounts(scratch: Scratch | undefined, size: string): string[] {
  if (!scratch) return ['--size', size, '--tmpfs', '/tmp'];
  const tops = scratch.tops.flatMap((name) => ['--size', size, '--tmpfs', `/tmp/${name}`]);
  return ['--bind', scratch.temporary, '/tmp', ...tops];
}

function homeMount({ home, scratch }: Cage, size: string): string[] {
  return scratch?.home === undefined ? ['--size', size, '--tmpfs', home] : ['--bind', scratch.home, home];
}

/** The init process of the cage, and a few to be seen over the limit. */
const ROOM = 6;

/** What every cage starts first, the same for all: it finds what to do in variables (see `startVariables`). */
export const STARTER = ['/bin/bash', '-p', '-c', 'eval "$OVERSIGN_START"'] as const;

/** Limits of the kernel that are set already (setrlimit(2), hard): a lower one stays. Infinity where there is none. */
export interface HardLimits {
  coreBlocks: number;
  cpuSeconds: number;
  fileBytes: number;
  processes: number;
  descriptors: number;
  pendingSignals: number;
  queueBytes: number;
  lockedBytes: number;
}

/**
 * What the kernel counts for a whole account, so that a command could use it up for the person's other programs too:
 * descriptors (also those in flight between sockets), signals that wait, message queues (its default), pages that are
 * locked in memory (its default).
 */
const SHARED = { descriptors: 65_536, pendingSignals: 4096, queueBytes: 819_200, lockedBytes: 8 << 20 };

type Wanted = Pick<Limits, 'cpuSeconds' | 'diskBytes' | 'processes'>;

/** What `STARTER` is to do, as variables of the cage; none of them is left when the command starts. */
export function startVariables(
  wanted: Wanted,
  already: HardLimits,
  argv: readonly string[],
  input: 'given' | 'none',
): Record<string, string> {
  const names = argv.map((_, index) => `OVERSIGN_ARG_${index}`);
  const script = [
    `set -- ${names.map((name) => `"$${name}"`).join(' ')}`,
    `unset OVERSIGN_START ${names.join(' ')}`,
    ...(input === 'none' ? ['exec </dev/null'] : []),
    limitsScript(wanted, already, sharedLimits(already)),
  ].join('\n');
  return { OVERSIGN_START: script, ...Object.fromEntries(names.map((name, index) => [name, argv[index] ?? ''])) };
}

/** Starts `argv` under limits, where there is no cage to start it in. -p: no BASH_ENV, no functions from the environment. */
export function limitedArgv(wanted: Wanted, already: HardLimits, argv: readonly string[]): string[] {
  return ['/bin/bash', '-p', '-c', limitsScript(wanted, already), 'limits', ...argv];
}

/**
 * Starts "$@" under the limits that a process can set itself (setrlimit(2)): CPU seconds and file size hold per
 * process, the number of processes holds for the whole cage except for root: a few more than the limit, so that going
 * over it can be seen and named. One that cannot be set ends the call. Nothing in it starts a process: that would take
 * longer than all the rest. Descriptors that the editor itself inherited end here.
 *
 * It first asks on descriptor 5 whether to go on: bubblewrap's --die-with-parent leaves a moment in which its first
 * process belongs to no group any more and is not yet bound to its parent, and would outlive a stop.
 */
function limitsScript(wanted: Wanted, already: HardLimits, more: readonly string[] = []): string {
  const blocks = Math.max(1, Math.floor(wanted.diskBytes / 1024));
  const processes = wanted.processes + ROOM;
  const limits = [
    set('-c', 0, 0, already.coreBlocks),
    set('-t', wanted.cpuSeconds, wanted.cpuSeconds + 1, already.cpuSeconds),
    set('-f', blocks, blocks, Math.floor(already.fileBytes / 1024)),
    set('-u', processes, processes, already.processes),
    ...more,
  ];
  return `
${limits.join(' && ')} || exit 125
echo ready >&5 && read -r -u 5 word && [ "$word" = go ] || exit 125
for fd in /proc/self/fd/*; do fd=\${fd##*/}; [ "$fd" -le 2 ] || exec {fd}>&- || exit 125; done
exec "$@"`;
}

function sharedLimits(already: HardLimits): string[] {
  const both = (option: string, most: number, there: number): string => set(option, most, most, there);
  return [
    both('-n', SHARED.descriptors, already.descriptors),
    both('-i', SHARED.pendingSignals, already.pendingSignals),
    both('-q', SHARED.queueBytes, already.queueBytes),
    both('-l', SHARED.lockedBytes / 1024, Math.floor(already.lockedBytes / 1024)),
  ];
}

/** Sets a limit, in the units of bash's ulimit; a hard one that is `there` already and lower stays. */
function set(option: string, soft: number, hard: number, there: number): string {
  if (!Number.isSafeInteger(soft) || !Number.isSafeInteger(hard)) throw new RangeError('a limit is not a whole number');
  return `ulimit -S ${option} ${Math.min(soft, there)} && ulimit -H ${option} ${Math.min(hard, there)}`;
}
