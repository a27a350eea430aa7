import { AS_ROOT, bash, cageWith, node, python, OWN_MOUNTS, type Attack } from './kinds.ts';

/** Files outside the workspace, changed. */
export const WRITES: Attack[] = [
  bash('another folder', 'echo x > "$W_BASE/other/new"'),
  bash('by a link in the workspace', 'echo SECRET2 >> "$W_WORK/link"'),
  bash('by a link of its own', 'cd "$W_WORK" && ln -s ../other out && touch out/new; s=$?; rm -f out; exit $s'),
  node('the data folder', 'fs.writeFileSync(E.W_BASE + "/data/new", "x")'),
  bash('what the home folder’s shell reads', 'echo "# x" >> "$W_BASE/home/.bashrc"'),
  bash('shared memory of others', '[ -e "$W_SHARED" ] && echo x >> "$W_SHARED"'),
  bash('a toolchain on PATH', 'echo "# x" >> "$W_BASE/tools/bin/tool"'),
  bash('a toolchain’s library', 'echo x > "$W_BASE/tools/lib/new.js"'),
  python('a toolchain’s mode', 'os.chmod(E["W_BASE"] + "/tools/bin/tool", 0o777)'),
  bash('/usr', 'touch /usr/local/bin/oversign-attack', cageWith('--tmpfs /usr/local/bin')),
  bash(
    'a module that every Python loads',
    'echo "import evil" > /usr/lib/python3/dist-packages/oversign-attack.pth',
    cageWith('--tmpfs /usr/lib/python3/dist-packages'),
  ),
  bash('/etc', 'echo x > /etc/oversign-attack', cageWith('--tmpfs /etc')),
  bash(
    'the list of accounts',
    'echo x >> /etc/passwd',
    cageWith('--ro-bind /usr /usr --bind "$W_BASE/other/secret.txt" /etc/passwd'),
  ),
  bash('what every program loads first', 'echo /tmp/evil.so > /etc/ld.so.preload', cageWith('--tmpfs /etc')),
  bash(
    'the root folder',
    'touch /oversign-attack',
    cageWith('--tmpfs / --ro-bind /usr /usr --ro-bind /bin /bin --ro-bind /lib /lib --ro-bind-try /lib64 /lib64'),
  ),
  bash('the folder that holds the workspace', 'touch "$W_BASE/data/new2" && rm "$W_BASE/data/new2"'),
  bash('the workspace itself, renamed', 'cd / && mv "$W_WORK" "$W_BASE/moved" && mv "$W_BASE/moved" "$W_WORK"'),
  // These are opened, and nothing is written.
  python('settings of the kernel', 'os.open("/proc/sys/kernel/core_pattern", os.O_WRONLY)', AS_ROOT),
  python('what the kernel keeps in memory', 'os.open("/proc/sys/vm/drop_caches", os.O_WRONLY)', AS_ROOT),
  python(
    'the kernel’s trigger for emergencies',
    'for p in "/proc/sysrq-trigger", "/proc/sys/kernel/sysrq", "/proc/sys/kernel/panic":\n    if os.path.exists(p): os.open(p, os.O_WRONLY); sys.exit(0)\nsys.exit(1)',
    AS_ROOT,
  ),
  python('a process’s memory by /proc', 'os.open("/proc/self/mem", os.O_RDWR)'),
  bash('its own place in the queue of those that die', 'echo 0 > /proc/self/oom_score_adj'),
  bash(
    'a control group',
    'd=$(find /sys/fs/cgroup -name cgroup.procs -writable 2>/dev/null | head -n 1); [ -n "$d" ]',
    AS_ROOT,
  ),
  bash('a block device of its own', 'mknod "$W_WORK/device" b 7 0; s=$?; rm -f "$W_WORK/device"; exit $s', AS_ROOT),
  bash('a character device of its own', 'mknod "$W_WORK/zero" c 1 5 && rm "$W_WORK/zero"', AS_ROOT),
  bash(
    'a device among the devices',
    'for one in /dev/sd? /dev/vd? /dev/nvme? /dev/kmsg /dev/mem /dev/fuse /dev/kvm /dev/loop0; do [ -e "$one" ] && exit 0; done; exit 1',
    AS_ROOT,
  ),
];

const CONFIG = 'os.environ["W_WORK"] + "/.git/config"';

/** What is protected in the workspace, changed or moved out of the way. */
export const PROTECTED_FILES: Attack[] = [
  bash('git’s settings', 'echo "# x" >> "$W_WORK/.git/config"'),
  bash('git’s settings, by git', 'git -c safe.directory="*" -C "$W_WORK" config oversign.attack 1'),
  python('git’s settings, cut off', `os.truncate(${CONFIG}, os.path.getsize(${CONFIG}))`),
  python('git’s settings, mapped', `f = os.open(${CONFIG}, os.O_RDWR); m = mmap.mmap(f, 0); m[0:1] = m[0:1]`),
  python(
    'git’s settings, mapped from a descriptor for reading',
    `f = os.open(${CONFIG}, os.O_RDONLY); m = mmap.mmap(os.open("/proc/self/fd/%d" % f, os.O_RDWR), 0); m[0:1] = m[0:1]`,
  ),
  python(
    'git’s settings, reopened',
    `f = os.open(${CONFIG}, os.O_PATH); open(f"/proc/self/fd/{f}", "a").write("# x\\n")`,
  ),
  bash('git’s settings, by /dev/fd', 'exec 8< "$W_WORK/.git/config" && echo "# x" >> /dev/fd/8'),
  python('git’s settings, room reserved', `os.posix_fallocate(os.open(${CONFIG}, os.O_RDWR), 0, 1)`),
  python('git’s settings, their mode', `os.chmod(${CONFIG}, 0o666)`),
  python('git’s settings, their time', `os.utime(${CONFIG})`),
  python('git’s settings, an attribute', `os.setxattr(${CONFIG}, "user.oversign", b"x")`),
  python(
    'git’s settings, a list of who may',
    `os.setxattr(${CONFIG}, "system.posix_acl_access", struct.pack("<I", 2) + b"".join(struct.pack("<HHI", t, p, 0xffffffff) for t, p in [(1, 6), (4, 4), (32, 4)]))`,
  ),
  bash('git’s settings, their owner', 'chown 12345 "$W_WORK/.git/config" && chown 0 "$W_WORK/.git/config"', AS_ROOT),
  bash('git’s settings, replaced', 'cd "$W_WORK/.git" && cp config new && mv -f new config'),
  bash('git’s settings, by a second name', 'cd "$W_WORK" && ln .git/config own && echo "# x" >> own && rm own'),
  bash('git’s settings, removed', 'cd "$W_WORK/.git" && cp config keep && rm -f config && mv keep config'),
  bash('a hook', 'echo "exit 0" > "$W_WORK/.git/hooks/post-commit" && rm "$W_WORK/.git/hooks/post-commit"'),
  bash('git’s folder, renamed', 'cd "$W_WORK" && mv .git away && mv away .git'),
  python(
    'git’s folder, exchanged',
    'os.chdir(E["W_WORK"]); os.mkdir("swap")\ntry:\n    for turn in 1, 2: done((316, 276), -100, b"swap", -100, b".git", 2)\nfinally: os.rmdir("swap")',
  ),
  bash('the hooks folder, renamed', 'cd "$W_WORK/.git" && mv hooks away && mv away hooks'),
  bash('the folder above a repository, renamed', 'cd "$W_WORK" && mv nested away && mv away nested'),
  bash('the settings of a repository below', 'echo "# x" >> "$W_WORK/nested/repo/.git/config"'),
  bash(
    'the editor’s folder, made',
    'cd "$W_WORK" && echo x > .vscode/tasks.json || { mkdir .vscode && rmdir .vscode; }',
  ),
  bash(
    'the editor’s folder, replaced by a link',
    'cd "$W_WORK" && { rmdir .vscode; ln -sT nested .vscode && rm .vscode; }',
  ),
  bash('the policy', 'echo "# x" >> "$W_WORK/.oversign/policy.yaml"'),
  bash('the policy, its folder renamed', 'cd "$W_WORK" && mv .oversign away && mv away .oversign'),
  bash('a workspace file', 'echo "{}" >> "$W_WORK/x.code-workspace"'),
  bash('a workspace file, replaced', 'cd "$W_WORK" && cp x.code-workspace copy && mv -f copy x.code-workspace'),
  bash(
    'writable again',
    'mount -o remount,bind,rw "$W_WORK/.git/config" && echo "# x" >> "$W_WORK/.git/config"',
    cageWith('--bind "$W_WORK" "$W_WORK" --ro-bind "$W_WORK/.git/config" "$W_WORK/.git/config"'),
  ),
  bash('covered by another', 'mount --bind "$W_WORK/nested" "$W_WORK/.git"', OWN_MOUNTS),
];
