import { AS_ROOT, bash, BARE, node, python, rootWithin, type Attack } from './kinds.ts';

const VICTIM = 'V = int(E["W_VICTIM"])\n';

export const PROCESSES: Attack[] = [
  bash('variables of processes outside', 'grep -qsz "^OVERSIGN_PLANTED=" /proc/[0-9]*/environ'),
  bash('an inherited variable', 'env | grep -q "^OVERSIGN_PLANTED="'),
  bash('the command line of a process outside', 'grep -qs 600 "/proc/$W_VICTIM/cmdline"'),
  node('a list of what runs outside', 'process.exit(fs.readdirSync("/proc").filter((n) => n > 0).length > 12 ? 0 : 1)'),
  bash('a signal to a process outside', 'kill -0 "$W_VICTIM"'),
  node('a signal to a process outside, from node', 'process.kill(+E.W_VICTIM, 0)'),
  python('a signal by a process descriptor', `${VICTIM}f, e = call(434, V, 0); assert f >= 0; done(424, f, 0, 0, 0)`),
  python(
    'a descriptor of a process outside',
    `${VICTIM}f, e = call(434, V, 0); assert f >= 0; g, e = call(438, f, 3, 0); assert os.pread(g, 6, 0) == b"SECRET"`,
    AS_ROOT,
  ),
  python(
    'ptrace',
    `${VICTIM}assert libc.ptrace(16, V, 0, 0) == 0; os.waitpid(V, 0x40000000); libc.ptrace(17, V, 0, 0)`,
    AS_ROOT,
  ),
  python(
    'memory of a process outside, by /proc',
    `${VICTIM}a = int(next(l for l in open(f"/proc/{V}/maps") if "[stack]" in l).split("-")[0], 16); f = os.open(f"/proc/{V}/mem", os.O_RDONLY); assert len(os.pread(f, 8, a + 4096)) >= 0`,
    AS_ROOT,
  ),
  python(
    'memory of a process outside',
    `${VICTIM}a = int(next(l for l in open(f"/proc/{V}/maps") if "r--p" in l).split("-")[0], 16); b = ctypes.create_string_buffer(8)
done((310, 270), V, struct.pack("QQ", ctypes.addressof(b), 8), 1, struct.pack("QQ", a, 8), 1, 0)`,
    AS_ROOT,
  ),
  python(
    'the priority of a process outside',
    `${VICTIM}os.setpriority(os.PRIO_PROCESS, V, os.getpriority(os.PRIO_PROCESS, V))`,
  ),
  python('the processors of a process outside', `${VICTIM}os.sched_setaffinity(V, os.sched_getaffinity(V))`),
  python('the disk priority of a process outside', `${VICTIM}done((251, 30), 1, V, 0x4004)`),
  python(
    'the limits of a process outside',
    `${VICTIM}import resource; resource.prlimit(V, resource.RLIMIT_NOFILE, resource.prlimit(V, resource.RLIMIT_NOFILE))`,
  ),
  python('the death of a process outside arranged', `${VICTIM}done((203, 122), V, 8, b"\\xff" * 8)`),
  bash(
    'more open files than the standard three',
    'for fd in /proc/$$/fd/*; do [ "${fd##*/}" -le 2 ] || [ "${fd##*/}" = 255 ] || [ ! -e "$fd" ] || exit 0; done; exit 1',
    {
      ...BARE,
      within: `/bin/bash -c 'exec 7</dev/null; exec "$@"' open`,
    },
  ),
  python('the terminal', 'os.open("/dev/tty", os.O_RDWR)', {
    ...BARE,
    within: `/usr/bin/python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'`,
  }),
  python('shared memory by its key', 'assert libc.shmget(int(E["W_KEY"]), 0, 0) >= 0'),
  python('semaphores by their key', 'assert libc.semget(int(E["W_KEY"]), 0, 0) >= 0'),
  python('messages by their key', 'assert libc.msgget(int(E["W_KEY"]), 0) >= 0'),
  python('a message queue by its name', 'done((240, 180), E["W_MARK"].encode(), os.O_RDONLY, 0, 0)'),
  bash('the name of this machine', '[ "$(uname -n)" = "$W_HOST" ]'),
  python('the name of this machine, changed', 'socket.sethostname("attacked")', rootWithin('unshare -u')),
];
