import { AS_ROOT, bash, cageWith, OWN_MOUNTS, python, type Attack } from './kinds.ts';

export const PRIVILEGES: Attack[] = [
  bash('a user namespace of its own', 'unshare -Ur true', AS_ROOT),
  bash('a mount namespace of its own', 'unshare -m true', AS_ROOT),
  bash('a mount', 'mkdir -p /tmp/m-$$ && mount -t tmpfs none /tmp/m-$$', OWN_MOUNTS),
  bash('a mount in a user namespace', 'unshare -Urm mount -t tmpfs none /tmp', AS_ROOT),
  bash('the root writable again', 'mount -o remount,rw /proc', OWN_MOUNTS),
  bash('the processes covered', 'umount -l /proc', OWN_MOUNTS),
  bash('what hides a file taken off', 'umount "$W_WORK/socket"', cageWith('--ro-bind /dev/null "$W_WORK/socket"')),
  python('chroot', 'os.chroot("/usr")', AS_ROOT),
  python(
    'any capability',
    's = open("/proc/self/status").read(); assert any(int(l.split()[1], 16) for l in s.splitlines() if l[:6] in ("CapEff", "CapPrm", "CapAmb"))',
    AS_ROOT,
  ),
  python('no filter on system calls', 's = open("/proc/self/status").read(); assert "Seccomp:\\t0" in s'),
  python('privileges by a setuid program', 's = open("/proc/self/status").read(); assert "NoNewPrivs:\\t0" in s'),
  python('another user', 'os.setgroups([]); os.setuid(12345)', AS_ROOT),
  python('another group', 'os.setgroups([4])', AS_ROOT),
  bash(
    'a file given away',
    'touch "$W_WORK/given" && chown 12345 "$W_WORK/given"; s=$?; rm -f "$W_WORK/given"; exit $s',
    AS_ROOT,
  ),
  python(
    'a program with capabilities',
    'p = E["W_WORK"] + "/capable"; open(p, "w").close()\ntry: os.setxattr(p, "security.capability", struct.pack("<IIIII", 0x02000001, 0x2000, 0, 0, 0))\nfinally: os.remove(p)',
    AS_ROOT,
  ),
  bash(
    'a setuid program',
    'cp /bin/true "$W_WORK/own" && chmod u+s "$W_WORK/own" && [ -u "$W_WORK/own" ]; s=$?; rm -f "$W_WORK/own"; exit $s',
  ),
  bash(
    'a setgid program',
    'cp /bin/true "$W_WORK/own" && chmod g+s "$W_WORK/own" && [ -g "$W_WORK/own" ]; s=$?; rm -f "$W_WORK/own"; exit $s',
  ),
  ...[
    'os.fchmod(os.open(p, os.O_CREAT | os.O_RDWR), 0o4755)',
    'os.close(os.open(p, os.O_CREAT | os.O_RDWR, 0o4755))',
    'done(452, os.open(E["W_WORK"], os.O_PATH), b"own", 0o4755, 0)',
    'os.mknod(p, stat.S_IFREG | 0o6755)',
  ].map((make, at) =>
    python(
      `a setuid program, ${['by its descriptor', 'when it is made', 'the newest way', 'made as a node'][at] ?? ''}`,
      `p = E["W_WORK"] + "/own"; ${at === 2 ? 'open(p, "w").close()' : 'pass'}
try:
    ${make}
    assert os.stat(p).st_mode & 0o6000
finally: os.remove(p)`,
    ),
  ),
  bash('core files', 'ulimit -c unlimited', { as: 'root', within: 'prlimit --core=unlimited:unlimited' }),
  bash('more files open than allowed', 'ulimit -Hf unlimited', {
    as: 'root',
    within: 'prlimit --fsize=unlimited:unlimited',
  }),
];
