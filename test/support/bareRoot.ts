import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { NO_NAMESPACES } from './noNamespaces.ts';

/** What a terminal has shown, inside the root. */
export const TERMINAL = '/tmp/terminal';

/** Where the repository stands in a bare root. */
const HOUSE = '/home/guest/oversign';

export interface RootRun {
  code: number | null;
  output: string;
}

export interface InRoot {
  /** An ordinary account; left out: root. */
  user?: string;
  /** What the account types into a terminal of its own; left out: there is no terminal and no input. */
  types?: string;
  /** Only this machine can be reached. */
  offline?: boolean;
  /** No user namespaces can be made. */
  noNamespaces?: boolean;
}

export interface BareRoot {
  folder: string;
  /** Runs a line of bash in the copy of the repository, as if the root were a machine. */
  run(line: string, options?: InRoot): RootRun;
  has(path: string): boolean;
}

/** Why no root can be made here; undefined where one can. */
export function rootProblem(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a bare machine is made as root, on Linux';
  if (!existsSync('/usr/sbin/debootstrap')) return 'debootstrap is not installed';
  if (spawnSync('unshare', ['--mount', '--pid', '--fork', 'true']).status !== 0) return 'no mount namespaces here';
  return systemNode() === undefined ? 'node and npm of the system are not on PATH' : undefined;
}

/**
 * A bare Debian with Node and npm and nothing else: about 25 s and 80 MB from the network. The repository is in it as a
 * copy of what git tracks, with the packages and the VS Code server that are here already, read-only.
 *
 * @throws when debootstrap fails; the message holds its last line.
 */
export function bareRoot(base: string, repository: string): BareRoot {
  const folder = debianWithNode(base);
  const house = join(folder, HOUSE);
  const tracked = spawnSync('git', ['ls-files', '-z'], { cwd: repository, encoding: 'utf8' }).stdout.split('\0');
  for (const path of tracked.filter((each) => each !== '' && existsSync(join(repository, each))))
    cpSync(join(repository, path), join(house, path));
  for (const path of ['node_modules', '.vscode-test']) mkdirSync(join(house, path));
  const run: BareRoot['run'] = (line, { user, types, offline, noNamespaces } = {}) => {
    const shell = types === undefined ? line : inTerminal(types);
    // By a file: the terminal's record begins with the command.
    writeFileSync(join(folder, 'tmp/typed.sh'), line);
    const argv = inRoot(base, { line: shell, user, offline, repository });
    const [file = '', ...args] = [...(noNamespaces === true ? NO_NAMESPACES : []), 'unshare', ...argv];
    const { status, stdout } = spawnSync(file, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 150_000,
    });
    return { code: status, output: stdout };
  };
  run('chown -R guest: /home/guest --no-dereference');
  return { folder, run, has: (path) => existsSync(join(folder, path)) };
}

/**
 * A bare Debian in `base`/root, with Node, npm and these packages, and an account `guest`: no repository yet.
 *
 * @throws when debootstrap fails; the message holds its last line.
 */
export function debianWithNode(base: string, packages: readonly string[] = []): string {
  const folder = join(base, 'root');
  // Not the recent security fixes, which nothing here is about: one list to fetch instead of three.
  const include = packages.length === 0 ? [] : [`--include=${packages.join(',')}`];
  const argv = ['--variant=minbase', ...include, 'bookworm', folder];
  const made = spawnSync('debootstrap', argv, { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`debootstrap: ${made.stdout.trim().split('\n').at(-1) ?? ''}`);
  cpSync('/etc/resolv.conf', join(folder, 'etc/resolv.conf'), { dereference: true });
  // Every machine's own installer writes it (hosts(5)); debootstrap does not.
  const hosts = join(folder, 'etc/hosts');
  if (!existsSync(hosts)) writeFileSync(hosts, '127.0.0.1 localhost\n::1 localhost\n');
  const [node = '', npm = ''] = systemNode() ?? [];
  cpSync(node, join(folder, 'usr/bin/node'));
  cpSync(npm, join(folder, 'usr/lib/node_modules/npm'), { recursive: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(folder, 'usr/bin/npm'));
  writeFileSync(join(base, 'enter.sh'), ENTER);
  spawnSync('unshare', inRoot(base, { line: 'useradd --create-home --shell /bin/bash guest' }));
  return folder;
}

/** Arguments of unshare(1) for a line of bash in `base`/root; with a repository, in its copy there. */
export function inRoot(
  base: string,
  what: { line: string; user?: string | undefined; offline?: boolean | undefined; repository?: string },
): string[] {
  const spaces = ['--mount', '--pid', '--fork', '--kill-child', ...(what.offline === true ? ['--net'] : [])];
  const enter = ['bash', join(base, 'enter.sh'), join(base, 'root'), what.repository ?? '', what.user ?? 'root'];
  return [...spaces, ...enter, 'bash', '-c', what.line];
}

// $1 the root, $2 the repository or nothing, $3 the account, then the command. Inside, the root is the root, not a chroot, in which
// the kernel makes no user namespaces.
const ENTER = `set -e
root=$1 repository=$2 account=$3; shift 3
# A new network has a loopback that is down (netdevice(7): SIOCSIFFLAGS, IFF_UP and IFF_RUNNING).
python3 -c "import fcntl,socket,struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sH14x', b'lo', 0x41))"
mount --make-rprivate /
mount --bind "$root" "$root"
[ -z "$repository" ] || mount --bind -o ro "$repository/node_modules" "$root${HOUSE}/node_modules"
[ -z "$repository" ] || mount -o remount,bind,ro "$root${HOUSE}/node_modules"
[ -z "$repository" ] || for server in "$repository"/.vscode-test/code-server-*; do
  [ -d "$server" ] || continue
  mkdir -p "$root${HOUSE}/.vscode-test/\${server##*/}"
  mount --bind "$server" "$root${HOUSE}/.vscode-test/\${server##*/}"
  mount -o remount,bind,ro "$root${HOUSE}/.vscode-test/\${server##*/}"
done
cd "$root"; mkdir -p .before
mount -t proc proc proc; mount --rbind /dev dev; mount --rbind /sys sys
pivot_root . .before; umount -l /.before; rmdir /.before
[ "$account" = root ] && home=/root || home=/home/$account
[ -z "$repository" ] && cd "$home" || cd ${HOUSE}
clean="env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb HOME=$home USER=$account"
[ "$account" = root ] && as= || as="setpriv --reuid=$account --regid=$account --init-groups"
# No exec: the first process of this machine is a shell, which notices what ends without a parent. Else it stays for ever.
set +e
$as $clean "$@" 2>&1
exit $?
`;

/** In a terminal of its own, into which this is typed. script(1) spins once its input ends, and ends no sooner. */
function inTerminal(types: string): string {
  const waiting = 'while [ ! -e /tmp/typed.done ]; do sleep 0.2; done';
  const typing = `printf '${types.replaceAll('\n', '\\n')}'; ${waiting}`;
  const command = 'bash /tmp/typed.sh; echo code $?; touch /tmp/typed.done';
  return `rm -f /tmp/typed.done; script -qefc '${command}' ${TERMINAL} < <(${typing})`;
}

/** The system's own node and the folder of its npm: not those that npm puts in front of them on PATH. */
function systemNode(): [node: string, npm: string] | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((each) => !each.includes('node_modules'));
  const node = folders.map((each) => join(each, 'node')).find((path) => existsSync(path));
  const npm = folders.map((each) => join(each, 'npm')).find((path) => existsSync(path));
  if (node === undefined || npm === undefined) return undefined;
  return [realpathSync(node), dirname(dirname(realpathSync(npm)))];
}
