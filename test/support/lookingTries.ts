import type { Attack } from './attacks.ts';

/**
 * Ways to change a workspace, or to reach out of it, that a misunderstood command might try; they start in its folder.
 * `control`: where each is shown to work: in a sandbox with a writable workspace, only outside, or nowhere (`none`).
 */
export interface Attempted {
  name: string;
  language: Attack['language'];
  code: string;
  control: 'writable' | 'outside' | 'none';
}

const bash = (name: string, code: string, control: Attempted['control'] = 'writable'): Attempted => ({
  name,
  language: 'bash',
  code,
  control,
});
const python = (name: string, code: string, control: Attempted['control'] = 'writable'): Attempted => ({
  name,
  language: 'python',
  code: `import os, socket, ctypes, mmap\nlibc = ctypes.CDLL(None, use_errno=True)\n${code}`,
  control,
});
const node = (name: string, code: string, control: Attempted['control'] = 'writable'): Attempted => ({
  name,
  language: 'node',
  code: `const fs = require('fs'), net = require('net');\n${code}`,
  control,
});

const LINKAT = 'assert libc.linkat(-100, b"/proc/self/fd/%d" % f, -100, b"named", 0x400) == 0'; // AT_SYMLINK_FOLLOW
const REMOUNT = 'libc.mount(b"none", os.getcwd().encode(), None, 0x1020, None)'; // MS_BIND | MS_REMOUNT, without MS_RDONLY

export const TRIES: Attempted[] = [
  bash('overwriting', 'echo x > README.md'),
  bash('appending', 'echo x >> README.md'),
  bash('making a file', ': > new'),
  bash('making a file in a folder', 'echo x > src/new'),
  bash('deleting', 'rm -f README.md && [ ! -e README.md ]'),
  bash('deleting all', 'rm -rf ./src && [ ! -e src ]'),
  bash('renaming', 'mv README.md other'),
  bash('moving something over it', 'echo x > /tmp/x && mv -f /tmp/x README.md && grep -q x README.md'),
  bash('a new mode', 'chmod 777 README.md'),
  bash('a new mode of the folder itself', 'chmod 700 .'),
  bash('a new time', 'touch -d 2001-01-01 README.md'),
  bash('a hard link', 'ln README.md hard'),
  bash('a link', 'ln -s README.md soft'),
  bash('a folder', 'mkdir made'),
  bash('removing a folder', 'rmdir empty'),
  bash('a FIFO', 'mkfifo pipe'),
  bash('truncating', 'truncate -s 0 README.md'),
  bash('editing in place', 'sed -i s/hello/x/ README.md'),
  bash('writing into the middle', 'echo x | dd of=README.md conv=notrunc'),
  bash('tee', 'echo x | tee README.md'),
  bash('unpacking', 'mkdir -p /tmp/a && echo x > /tmp/a/b && tar cf - -C /tmp/a . | tar xf -'),
  bash('the index of git', 'git add new-for-git'),
  bash('a commit', 'git -c user.name=a -c user.email=a@example.org commit --allow-empty -qm two'),
  bash('an object of git', 'echo x | git hash-object -w --stdin'),
  bash('a branch', 'git branch other'),
  bash('the index of git by hand', 'echo x > .git/index'),
  bash('a hook of git', 'echo true > .git/hooks/pre-commit', 'outside'),
  bash('the settings of git', 'git config user.name attacker', 'outside'),
  bash('a policy', 'mkdir .oversign && echo "confirm_actions: false" > .oversign/policy.yaml', 'outside'),
  bash('by the current folder of the process', 'echo x > /proc/self/cwd/README.md'),
  bash('by the root of the process', 'echo x > "/proc/self/root$PWD/README.md"'),
  bash('by an open folder', 'exec 9<. && echo x > /proc/self/fd/9/README.md'),
  bash('by a file that is open to be read', 'exec 9<README.md && echo x > /proc/self/fd/9'),
  bash('by another process', 'sleep 3 & echo x > "/proc/$!/cwd/README.md"'),
  bash('by a link elsewhere', 'ln -s "$PWD/README.md" /tmp/link && echo x > /tmp/link'),
  bash('by a link that stands there', 'echo x > link'),
  bash('mounted again', 'mount -o remount,rw "$PWD" && echo x > README.md', 'none'),
  bash('the mount taken off', 'umount "$PWD" || umount -l "$PWD"', 'none'),
  bash('mounted elsewhere', 'mkdir /tmp/m && mount --bind "$PWD" /tmp/m && echo x > /tmp/m/README.md', 'none'),
  bash('namespaces of its own', 'unshare -Urm bash -c "mount -o remount,rw $PWD && echo x > README.md"', 'none'),
  python('opened to be read, and truncated', 'os.open("README.md", os.O_RDONLY | os.O_TRUNC)'),
  python('opened to be read and written', 'open("README.md", "r+").write("x")'),
  python('opened below an open folder', 'd = os.open("src", os.O_PATH); os.open("a", os.O_WRONLY, dir_fd=d)'),
  python('opened again from a path descriptor', 'p = os.open("README.md", os.O_PATH); open(f"/proc/self/fd/{p}", "w")'),
  python('a mode by its descriptor', 'os.fchmod(os.open("README.md", os.O_RDONLY), 0o777)'),
  python('times by its descriptor', 'os.utime(os.open("README.md", os.O_RDONLY), (1, 1))'),
  python('times of the folder', 'os.utime(".", (1, 1))'),
  python('times of a link', 'os.utime("link", (1, 1), follow_symlinks=False)'),
  python('a shared memory map', 'f = os.open("README.md", os.O_RDWR); mmap.mmap(f, 0)[0:1] = b"x"'),
  python('a map of a file open to be read', 'mmap.mmap(os.open("README.md", 0), 0, prot=3)[0:1] = b"x"', 'none'),
  python('exchanging two names', 'assert libc.renameat2(-100, b"README.md", -100, b"src", 2) == 0'),
  python('a hard link to a descriptor', `f = os.open('README.md', 0); ${LINKAT}`),
  python('a file without a name, then a name', `f = os.open('.', os.O_TMPFILE | os.O_RDWR); ${LINKAT}`),
  python('a node', 'os.mknod("regular")'),
  python('an extended attribute', 'os.setxattr("README.md", "user.x", b"x")', 'outside'),
  python('a Unix socket', 'socket.socket(socket.AF_UNIX).bind("sock")'),
  python('another owner group', 'os.chown("README.md", -1, os.getgid())'),
  python('a mount call', `assert ${REMOUNT} == 0`, 'none'),
  python(
    'new attributes of the mount',
    'a = (ctypes.c_uint64 * 4)(0, 1, 0, 0); assert libc.syscall(442, -100, os.getcwd().encode(), 0, a, 32) == 0',
    'none',
  ),
  python(
    'a connection',
    's = socket.create_connection(("127.0.0.1", int(os.environ["W_TCP"])), 3); assert s.recv(6) == b"SECRET"',
    'outside',
  ),
  python(
    'a datagram to a resolver',
    's = socket.socket(type=socket.SOCK_DGRAM); s.connect(("192.0.2.53", 53))',
    'none',
  ),
  node('writing', 'fs.writeFileSync("README.md", "x")'),
  node('appending', 'fs.appendFileSync("README.md", "x")'),
  node('renaming', 'fs.renameSync("README.md", "x")'),
  node('deleting a tree', 'fs.rmSync("src", { recursive: true })'),
  node('copying over it', 'fs.copyFileSync("src/a", "README.md")'),
  node('copying a tree', 'fs.cpSync("src", "copy", { recursive: true })'),
  node('times', 'fs.utimesSync("README.md", 1, 1)'),
  node('a mode', 'fs.chmodSync("README.md", 0o777)'),
  node('a hard link', 'fs.linkSync("README.md", "hard")'),
  node('a temporary folder', 'fs.mkdtempSync("made-")'),
  node(
    'a listening socket',
    'net.createServer().listen("sock", () => process.exit(0)).on("error", () => process.exit(1))',
  ),
];
