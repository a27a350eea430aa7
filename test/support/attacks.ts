/** One way out of the sandbox. Exit code 0 means that it worked. The variables W_… come from `attackWorld`. */
export interface Attack {
  name: string;
  language: 'bash' | 'python' | 'node';
  code: string;
  /** Whether it is shown to work outside: always, only as root, or not (it would do harm, or says nothing there). */
  control: 'always' | 'root' | 'none';
}

const bash = (name: string, code: string, control: Attack['control'] = 'always'): Attack => ({
  name,
  language: 'bash',
  code,
  control,
});
const python = (name: string, code: string, control: Attack['control'] = 'always'): Attack => ({
  name,
  language: 'python',
  code: `import os, sys, socket, ctypes\nE = os.environ\nlibc = ctypes.CDLL(None, use_errno=True)\n${code}`,
  control,
});
const node = (name: string, code: string, control: Attack['control'] = 'always'): Attack => ({
  name,
  language: 'node',
  code: `const fs = require('fs'), net = require('net'), E = process.env;\n${code}`,
  control,
});

const READS: Attack[] = [
  bash('a key in the home folder', 'grep -q SECRET "$W_BASE/home/.ssh/id_test"'),
  python(
    'a key by /proc/self/root',
    'assert "SECRET" in open("/proc/self/root" + E["W_BASE"] + "/home/.ssh/id_test").read()',
  ),
  bash('a key by the root of process 1', 'grep -q SECRET "/proc/1/root$W_BASE/home/.ssh/id_test"', 'none'),
  python('a key by going up from the workspace', 'os.chdir(E["W_WORK"]); assert open("../home/.ssh/id_test").read()'),
  node('the data folder', 'process.exit(fs.readFileSync(E.W_BASE + "/data/audit.db", "utf8") === "SECRET" ? 0 : 1)'),
  bash('another folder, listed', 'ls "$W_BASE/other" | grep -q secret'),
  bash('another folder, by a link in the workspace', 'grep -q SECRET "$W_WORK/link"'),
  node(
    'the account’s home folder, listed',
    'process.exit(fs.readdirSync(require("os").userInfo().homedir).length > 0 ? 0 : 1)',
  ),
  bash('password hashes', 'grep -q : /etc/shadow', 'root'),
  bash('the account’s name in /etc/passwd', '[ "$(wc -l < /etc/passwd)" -gt 3 ]'),
  bash('shared memory of others', 'grep -q SECRET "$W_SHARED"'),
  bash('system state under /var, /run, /sys', 'ls /var/lib || ls /run || ls /sys/class'),
  python('kernel memory', 'os.open("/proc/kcore", os.O_RDONLY)', 'none'),
];

const WRITES: Attack[] = [
  bash('another folder', 'echo x > "$W_BASE/other/new"'),
  bash('by a link in the workspace', 'echo SECRET2 >> "$W_WORK/link"'),
  node('the data folder', 'fs.writeFileSync(E.W_BASE + "/data/new", "x")'),
  bash('/usr', 'touch /usr/oversign-attack || touch /usr/local/bin/oversign-attack', 'none'),
  bash('/etc', 'echo x > /etc/oversign-attack || echo x >> /etc/passwd', 'none'),
  bash('the root folder', 'touch /oversign-attack || mkdir /oversign-attack', 'none'),
  python('settings of the kernel', 'os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY)', 'root'),
  python('the kernel’s trigger for emergencies', 'os.open("/proc/sysrq-trigger", os.O_WRONLY)', 'none'),
  bash(
    'a device of its own',
    'mknod "$W_WORK/device" b 254 0 && dd if="$W_WORK/device" of=/dev/null bs=512 count=1',
    'none',
  ),
  bash('a character device', 'mknod "$W_WORK/zero" c 1 5', 'root'),
  bash(
    'a device among the devices',
    'for one in /dev/sd? /dev/vd? /dev/nvme? /dev/kmsg /dev/mem /dev/fuse; do [ -e "$one" ] && exit 0; done; exit 1',
    'root',
  ),
];

const NETWORK: Attack[] = [
  python(
    'TCP to this machine',
    's = socket.create_connection(("127.0.0.1", int(E["W_TCP"])), 3); assert s.recv(9) == b"SECRET"',
  ),
  node(
    'TCP to this machine from node',
    'net.connect(+E.W_TCP, "127.0.0.1").on("data", () => process.exit(0)).on("error", () => process.exit(1))',
  ),
  bash(
    'TCP to this machine from bash',
    'exec 9<>"/dev/tcp/127.0.0.1/$W_TCP" && read -r -t 3 -n 6 -u 9 word && [ "$word" = SECRET ]',
  ),
  python(
    'TCP to this machine’s outer address',
    's = socket.create_connection((E["W_ADDRESS"], int(E["W_TCP"])), 3); assert s.recv(9) == b"SECRET"',
  ),
  python(
    'UDP',
    's = socket.socket(type=socket.SOCK_DGRAM); s.settimeout(2); s.sendto(b"x", ("127.0.0.1", int(E["W_UDP"]))); assert s.recv(9) == b"SECRET"',
  ),
  python(
    'a route to a name server',
    's = socket.socket(type=socket.SOCK_DGRAM); s.connect(("192.0.2.53", 53))',
    'none',
  ),
  python('raw packets', 'socket.socket(socket.AF_PACKET, socket.SOCK_RAW)', 'root'),
  python(
    'an abstract Unix socket',
    's = socket.socket(socket.AF_UNIX); s.connect("\\0" + E["W_MARK"]); assert s.recv(9) == b"SECRET"',
  ),
  python(
    'a Unix socket in the workspace',
    's = socket.socket(socket.AF_UNIX); os.chdir(E["W_WORK"]); s.connect("socket"); assert s.recv(9) == b"SECRET"',
  ),
  node(
    'a Unix socket elsewhere',
    'net.connect(E.W_BASE + "/other/socket").on("data", () => process.exit(0)).on("error", () => process.exit(1))',
  ),
  bash('a FIFO in the workspace', 'echo x > "$W_WORK/pipe"'),
];

const PROCESSES: Attack[] = [
  bash('variables of processes outside', 'grep -qsz "^OVERSIGN_PLANTED=" /proc/[0-9]*/environ'),
  bash('an inherited variable', 'env | grep -q "^OVERSIGN_PLANTED="'),
  bash('the command line of a process outside', 'grep -qs 600 "/proc/$W_VICTIM/cmdline"'),
  bash('a signal to a process outside', 'kill -0 "$W_VICTIM"'),
  python(
    'ptrace',
    'assert libc.ptrace(16, int(E["W_VICTIM"]), 0, 0) == 0; os.waitpid(int(E["W_VICTIM"]), 0x40000000); libc.ptrace(17, int(E["W_VICTIM"]), 0, 0)',
    'root',
  ),
  bash(
    'more open files than the standard three',
    'for fd in /proc/$$/fd/*; do [ "${fd##*/}" -le 2 ] || [ ! -e "$fd" ] || exit 0; done; exit 1',
    'none',
  ),
  python('the terminal', 'os.open("/dev/tty", os.O_RDWR)', 'none'),
];

const PRIVILEGES: Attack[] = [
  bash('a user namespace of its own', 'unshare -Ur true', 'root'),
  bash('a mount namespace of its own', 'unshare -m true', 'root'),
  python(
    'a mount',
    'assert libc.unshare(0x20000) == 0 and libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0',
    'root',
  ),
  bash('the root writable again', 'mount -o remount,rw /usr || mount -o remount,rw /proc', 'none'),
  bash('what hides a file taken off', 'umount "$W_WORK/socket" || umount -l "$W_WORK/.vscode"', 'none'),
  python('chroot', 'os.chroot("/usr")', 'root'),
  python(
    'any capability',
    's = open("/proc/self/status").read(); assert any(int(l.split()[1], 16) for l in s.splitlines() if l[:6] in ("CapEff", "CapPrm", "CapAmb"))',
    'root',
  ),
  python('privileges by a setuid program', 's = open("/proc/self/status").read(); assert "NoNewPrivs:\\t0" in s'),
  python('another user', 'os.setgroups([]); os.setuid(12345)', 'root'),
  bash('a file given away', 'touch "$W_WORK/given" && chown 12345 "$W_WORK/given"', 'root'),
  python('the name of this machine', 'socket.sethostname("attacked")', 'none'),
];

const numbered = (group: string, attacks: Attack[]): Attack[] =>
  attacks.map((attack) => ({ ...attack, name: `${group}: ${attack.name}` }));

export const ATTACKS: Attack[] = [
  ...numbered('read', READS),
  ...numbered('write', WRITES),
  ...numbered('network', NETWORK),
  ...numbered('process', PROCESSES),
  ...numbered('privilege', PRIVILEGES),
];

/** An argv that tries an attack and says HELD or ESCAPED, or BROKEN if the interpreter is not there. */
export function attempt(attack: Attack): string[] {
  const program = { bash: '/bin/bash -c', python: '/usr/bin/python3 -c', node: 'node -e' }[attack.language];
  const empty = attack.language === 'node' ? '0' : attack.language === 'python' ? 'pass' : 'true';
  const script = `${program} ${empty} || { echo BROKEN; exit; }
if timeout 10 ${program} "$1" >/dev/null 2>&1; then echo ESCAPED; else echo HELD; fi`;
  return ['/bin/bash', '-c', script, 'attempt', attack.code];
}
