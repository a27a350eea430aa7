import { isInside } from '../scope/spelling.ts';
import type { Cage } from './bubblewrap.ts';
import type { Limits } from './port.ts';

/** One thing that is mounted in a container. `closed`: something empty stands there that nobody can open. */
export type ContainerMount =
  | { kind: 'bind'; path: string; source: string; access: 'read-only' | 'writable' }
  | { kind: 'closed'; path: string; of: 'file' | 'folder' }
  | { kind: 'memory'; path: string; bytes: number };

/**
 * A cage's mounts, at most one for each path, sorted. Pure. Engines mount parents before children, whatever the order, so that
 * what a later mount of the cage covers must not be mounted at all. In the home folder of a command that only looks
 * nothing can be kept for a later one.
 */
export function containerMounts(cage: Cage): ContainerMount[] {
  const mounts = new Map<string, ContainerMount>();
  const put = (mount: ContainerMount): void => {
    for (const path of mounts.keys()) if (isInside(mount.path, path)) mounts.delete(path);
    mounts.set(mount.path, mount);
  };
  const bind = (access: 'read-only' | 'writable', path: string, source = path): void => {
    put({ kind: 'bind', path, source, access });
  };
  const bytes = cage.temporaryBytes;
  for (const path of cage.system) bind('read-only', path);
  put({ kind: 'closed', path: '/sys', of: 'folder' });
  for (const path of ['/tmp', '/var/tmp']) put({ kind: 'memory', path, bytes });
  for (const { path, source } of cage.etc) bind('read-only', path, source);
  put(cage.writable.length > 0 ? { kind: 'memory', path: cage.home, bytes } : closedFolder(cage.home));
  for (const path of cage.toolchains) bind('read-only', path);
  for (const path of cage.shown) bind('read-only', path);
  for (const { path, source } of cage.copies) bind('read-only', path, source);
  for (const path of [...cage.writable, ...cage.pinned]) bind('writable', path);
  for (const path of cage.readOnly) bind('read-only', path);
  for (const path of cage.hiddenFolders) put(closedFolder(path));
  for (const path of cage.hiddenFiles) put({ kind: 'closed', path, of: 'file' });
  return [...mounts.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function closedFolder(path: string): ContainerMount {
  return { kind: 'closed', path, of: 'folder' };
}

export interface ContainerPlan {
  cage: Cage;
  limits: Limits;
  mounts: readonly ContainerMount[];
  name: string;
  /** Tells whose it is. */
  labels: Readonly<Record<string, string>>;
  image: string;
  user: string;
  /** The empty file and folder that stand for what is closed. */
  closed: { file: string; folder: string };
  /** How this client is told that mounts in a folder are not to come with it. */
  alone: string;
  /** What the first program is. */
  first: readonly string[];
}

/** What starts the container, and the two that wait in it. */
const ITS_OWN = 4;
/** /dev/shm is in memory, and held with the rest of that; what programs share there is little. */
const SHARED_BYTES = 64 << 20;

/** The arguments of `docker run` (docs.docker.com/reference/cli/docker/container/run). Pure. */
export function runArguments(plan: ContainerPlan): string[] {
  const { limits } = plan;
  const memory = String(limits.memoryBytes);
  return [
    ...['run', '--interactive', '--pull', 'never', '--name', plan.name],
    ...Object.entries(plan.labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...['--hostname', 'sandbox', '--network', 'none', '--ipc', 'private', '--log-driver', 'none'],
    ...['--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--user', plan.user],
    ...['--memory', memory, '--memory-swap', memory, '--pids-limit', String(limits.processes + ITS_OWN)],
    ...['--shm-size', String(Math.min(SHARED_BYTES, limits.memoryBytes)), '--ulimit', 'core=0:0'],
    ...plan.mounts.flatMap((mount) => mounting(mount, plan)),
    ...['--workdir', '/', '--entrypoint', plan.first[0] ?? '', plan.image, ...plan.first.slice(1)],
  ];
}

function mounting(mount: ContainerMount, { closed, alone }: ContainerPlan): string[] {
  const bind = (source: string, more: readonly string[]): string[] => [
    '--mount',
    commaSeparated(['type=bind', `source=${source}`, `target=${mount.path}`, ...more]),
  ];
  switch (mount.kind) {
    case 'closed':
      return bind(closed[mount.of], ['readonly', alone]);
    case 'memory':
      // An engine gives it the mode of the image's own folder, which is 1777 for all of them.
      return ['--tmpfs', `${mount.path}:rw,exec,nosuid,nodev,size=${mount.bytes}`];
    case 'bind':
      return bind(mount.source, mount.access === 'read-only' ? ['readonly', alone] : []);
  }
}

/** As encoding/csv of Go reads it, which is what the client does with the value of --mount. */
function commaSeparated(fields: readonly string[]): string {
  return fields.map((field) => (/[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');
}

/** What a program is told about a container that it is started in. */
export interface InContainer {
  argv: readonly string[];
  environment: Readonly<Record<string, string>>;
  cwd: string;
  limits: Pick<Limits, 'cpuSeconds' | 'diskBytes'>;
  input: 'given' | 'none';
}

/** What waits for the script below and becomes the command: it says `word` when it is there, and reads up to a NUL byte. */
export function entering(word: string): string[] {
  const script = `printf '%s\\n' "$1"; IFS= read -r -d '' script && eval "$script"; exit 125`;
  return ['/usr/bin/env', '-i', '/bin/bash', '--noprofile', '--norc', '-p', '-c', script, 'enter', word];
}

/**
 * Becomes the command, with exactly its environment, and the limits that a process can set itself (setrlimit(2)): CPU
 * seconds and file size hold per process. Said on standard input, so that no list of processes shows it.
 */
export function enteringScript({ argv, environment, cwd, limits, input }: InContainer): string {
  const blocks = Math.max(1, Math.floor(limits.diskBytes / 1024));
  return [
    'lower() { local hard; hard=$(ulimit -H "$1") || exit 125; { [ "$hard" != unlimited ] && [ "$hard" -le "$3" ]; } || { ulimit -S "$1" "$2" && ulimit -H "$1" "$3"; } || exit 125; }',
    `lower -c 0 0; lower -t ${limits.cpuSeconds} ${limits.cpuSeconds + 1}; lower -f ${blocks} ${blocks}; lower -n 65536 65536`,
    'unset -f lower; unset script _ OLDPWD SHLVL PWD',
    `cd -- ${quoted(cwd)} || exit 125`,
    ...Object.entries(environment)
      .filter(([name]) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
      .map(([name, value]) => `export ${name}=${quoted(value)}`),
    ...(input === 'none' ? ['exec </dev/null'] : []),
    `exec -- ${argv.map(quoted).join(' ')}`,
    '',
  ].join('\n');
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
