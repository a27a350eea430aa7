import { AS_ROOT, bash, cageWith, node, python, type Attack } from './kinds.ts';

/** Files outside the workspace, read. */
export const READS: Attack[] = [
  bash('a key in the home folder', 'grep -q SECRET "$W_BASE/home/.ssh/id_test"'),
  python(
    'a key by /proc/self/root',
    'assert "SECRET" in open("/proc/self/root" + E["W_BASE"] + "/home/.ssh/id_test").read()',
  ),
  bash(
    'a key by the root of process 1',
    'grep -q SECRET "/proc/1/root$W_BASE/home/.ssh/id_test"',
    cageWith('--unshare-pid --proc /proc'),
  ),
  bash('a key by the root of a process outside', 'grep -q SECRET "/proc/$W_VICTIM/root$W_BASE/home/.ssh/id_test"'),
  bash('a file by the folder that a process outside is in', 'grep -q SECRET "/proc/$W_VICTIM/cwd/secret.txt"'),
  bash('a file that a process outside has open', 'grep -q SECRET "/proc/$W_VICTIM/fd/3"'),
  bash('what a process outside has mapped', 'cat "/proc/$W_VICTIM/map_files/"* | head -c 4 | grep -q ELF', AS_ROOT),
  python('a key by going up from the workspace', 'os.chdir(E["W_WORK"]); assert open("../home/.ssh/id_test").read()'),
  python(
    'a key by going up from an open folder',
    'f = os.open(E["W_WORK"], os.O_PATH); assert os.open("nested/../../home/.ssh/id_test", os.O_RDONLY, dir_fd=f) >= 0',
  ),
  node('the data folder', 'process.exit(fs.readFileSync(E.W_BASE + "/data/audit.db", "utf8") === "SECRET" ? 0 : 1)'),
  bash('another folder, listed', 'ls "$W_BASE/other" | grep -q secret'),
  bash('another folder, by a link in the workspace', 'grep -q SECRET "$W_WORK/link"'),
  bash(
    'another folder, by a link of its own',
    'ln -s "$W_BASE/other/secret.txt" /tmp/own-$$ && grep -q SECRET /tmp/own-$$; s=$?; rm -f /tmp/own-$$; exit $s',
  ),
  bash('another file, by a second name of it', 'ln "$W_BASE/other/secret.txt" "$W_WORK/own" && rm "$W_WORK/own"'),
  python(
    'a file by its handle',
    'h = bytes.fromhex(E["W_HANDLE"]); f, e = call((304, 265), os.open(E["W_WORK"], os.O_RDONLY), h, 0); assert os.read(f, 6) == b"SECRET"',
    AS_ROOT,
  ),
  node(
    'the account’s home folder, listed',
    'process.exit(fs.readdirSync(require("os").userInfo().homedir).length > 0 ? 0 : 1)',
  ),
  bash('password hashes', 'grep -q : /etc/shadow', AS_ROOT),
  bash('the account’s name in /etc/passwd', '[ "$(wc -l < /etc/passwd)" -gt 3 ]'),
  bash('shared memory of others', 'grep -q SECRET "$W_SHARED"'),
  bash('system state under /var, /run, /sys', 'find /var/lib/ /run/ /sys/class/ -mindepth 1 | grep -q .'),
  // Opened, not read: what they hold is nobody's business here.
  python(
    'kernel memory and messages',
    'for p in "/proc/kcore", "/dev/mem", "/proc/kmsg", "/dev/kmsg":\n    try: os.open(p, os.O_RDONLY | os.O_NONBLOCK); sys.exit(0)\n    except OSError: pass\nsys.exit(1)',
    AS_ROOT,
  ),
];

/** Files in the workspace that a rule denies. */
export const DENIED_FILES: Attack[] = [
  bash('read', 'grep -q SECRET "$W_WORK/denied.key"'),
  node('read with node', 'process.exit(fs.readFileSync(E.W_WORK + "/denied.key", "utf8") === "SECRET" ? 0 : 1)'),
  bash('by another spelling', 'cd "$W_WORK/nested" && grep -q SECRET ".././/nested/../denied.key"'),
  bash('by /proc/self/cwd', 'cd "$W_WORK" && grep -q SECRET /proc/self/cwd/denied.key'),
  bash('by a link', 'cd "$W_WORK" && ln -s denied.key by && grep -q SECRET by; s=$?; rm -f by; exit $s'),
  bash('by the second name that it has', 'grep -q SECRET "$W_WORK/second-name"'),
  bash('by a second name of its own', 'cd "$W_WORK" && ln denied.key own && rm own'),
  bash('renamed', 'cd "$W_WORK" && mv denied.key moved && grep -q SECRET moved; s=$?; mv moved denied.key; exit $s'),
  python(
    'exchanged with another file',
    `os.chdir(E["W_WORK"]); open("swap", "w").close()
try:
    done((316, 276), -100, b"swap", -100, b"denied.key", 2)
    s = open("swap").read(); done((316, 276), -100, b"swap", -100, b"denied.key", 2)
finally: os.remove("swap")
assert s == "SECRET"`,
  ),
  bash(
    'by its folder, renamed',
    'cd "$W_WORK" && mv nested away && grep -q SECRET away/deep/b.key; s=$?; mv away nested; exit $s',
  ),
  bash('a folder, listed', 'ls "$W_WORK/folder.key" | grep -q inner'),
  bash('a folder, opened up', 'cd "$W_WORK" && chmod 700 folder.key && grep -q SECRET folder.key/inner'),
  python(
    'reopened by its descriptor',
    'f = os.open(E["W_WORK"] + "/denied.key", os.O_PATH); assert open(f"/proc/self/fd/{f}").read() == "SECRET"',
  ),
  python(
    'mapped',
    'f = open(E["W_WORK"] + "/denied.key"); assert mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ)[:6] == b"SECRET"',
  ),
  bash('copied by a program', 'cp "$W_WORK/denied.key" /tmp/copy-$$ && grep -q SECRET /tmp/copy-$$ && rm /tmp/copy-$$'),
  bash('packed with its folder', 'tar -C "$W_WORK" -cf - nested | grep -q SECRET'),
  bash(
    'what covers it taken off',
    '{ umount "$W_WORK/denied.key" || umount -l "$W_WORK/denied.key"; } && grep -q SECRET "$W_WORK/denied.key"',
    cageWith('--ro-bind /dev/null "$W_WORK/denied.key"'),
  ),
  bash(
    'what covers it covered by a view from before',
    'mkdir -p /tmp/view && mount --bind "$W_WORK" /tmp/view && grep -q SECRET /tmp/view/denied.key',
    cageWith('--tmpfs /tmp --bind "$W_BASE" "$W_BASE" --ro-bind /dev/null "$W_WORK/denied.key"'),
  ),
  bash('taken away', 'cd "$W_WORK" && rm -f nested/deep/b.key && printf SECRET > nested/deep/b.key'),
];
