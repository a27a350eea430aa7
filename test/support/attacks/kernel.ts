import { AS_ROOT, BARE, OWN_MOUNTS, python, rootWithin, type Attack, type Control } from './kinds.ts';

/**
 * A system call with arguments that do nothing, so that its control harms nobody: the kernel either does it, or asks
 * first whether the caller may, and then finds fault with the arguments.
 */
const asked = (name: string, numbers: string, args = '0, 0, 0, 0, 0', control: Control = AS_ROOT): Attack =>
  python(name, `taken(${numbers}, ${args})`, control);

/** The same for calls that many kernels are built without: the answer must not be that of somebody who asked. */
const reached = (name: string, numbers: string, args: string): Attack =>
  python(name, `reached(${numbers}, ${args})`, AS_ROOT);

export const KERNEL: Attack[] = [
  python('mount', 'assert libc.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0', OWN_MOUNTS),
  python('umount2', 'done((166, 39), b"/proc", 2)', OWN_MOUNTS),
  asked('pivot_root', '(155, 41)', 'b".", b"."', OWN_MOUNTS),
  asked('mount_setattr', '442', '-100, b"/", 0, bytes(32), 32', OWN_MOUNTS),
  asked('move_mount', '429', '-1, b"", -1, b"", 0'),
  python('open_tree', 'done(428, -100, b"/tmp", 1)', AS_ROOT),
  python(
    'a file system by the newer calls',
    'f, e = call(430, b"tmpfs", 0); assert f >= 0; done(431, f, 6, 0, 0, 0); done(432, f, 0, 0)',
    AS_ROOT,
  ),
  python('fspick', 'done(433, -100, b"/", 0)', AS_ROOT),
  python('add_key', 'done((248, 217), b"user", b"oversign", b"x", 1, -1)', BARE),
  asked('request_key', '(249, 218)', 'b"user", b"oversign-none", 0, 0', BARE),
  python('keyctl', 'done((250, 219), 0, -1, 1)', BARE),
  python('bpf', 'done((321, 280), 0, struct.pack("IIIII", 2, 4, 4, 1, 0), 20)', AS_ROOT),
  python(
    'perf_event_open',
    'done((298, 241), struct.pack("IIQQQQQ", 1, 112, 0, 0, 0, 0, 0x61) + bytes(64), 0, -1, -1, 0)',
    AS_ROOT,
  ),
  python('userfaultfd', 'done((323, 282), 1)', AS_ROOT),
  python('io_uring', 'done(425, 1, bytearray(120) and (ctypes.c_char * 120)())', AS_ROOT),
  python('io_setup', 'done((206, 0), 1, (ctypes.c_char * 8)())', BARE),
  python('unshare, of the network', 'done((272, 97), 0x40000000)', AS_ROOT),
  python('unshare, of the clock', 'done((272, 97), 0x80)', AS_ROOT),
  ...[
    ['users', 0x10000000],
    ['mounts', 0x20000],
    ['processes', 0x20000000],
    ['messages', 0x08000000],
  ].map(([what = '', flag = '']) =>
    python(
      `clone, with new ${what}`,
      `pid, e = call((56, 220), ${flag} | 17, 0, 0, 0, 0)\nif pid == 0: os._exit(0)\nassert pid > 0`,
      AS_ROOT,
    ),
  ),
  python(
    'clone3, with new users',
    'pid, e = call(435, struct.pack("8Q", 0x10000000, 0, 0, 0, 17, 0, 0, 0), 64)\nif pid == 0: os._exit(0)\nassert pid > 0',
    AS_ROOT,
  ),
  python('setns', 'done((308, 268), os.open("/proc/self/ns/uts", os.O_RDONLY), 0)', AS_ROOT),
  reached('kexec_load', '(246, 104)', '0, 0, 0, 0xffff'),
  reached('kexec_file_load', '(320, 294)', '-1, -1, 0, 0, 0xffff'),
  reached('init_module', '(175, 105)', 'b"", 0, b""'),
  reached('finit_module', '(313, 273)', '-1, b"", 0xffff'),
  reached('delete_module', '(176, 106)', 'b"oversign_none", 0x800'),
  asked('reboot', '(169, 142)'),
  asked('swapon', '(167, 224)', 'b"/oversign/none", 0'),
  asked('swapoff', '(168, 225)', 'b"/oversign/none"'),
  asked('acct', '(163, 89)', 'b"/oversign/none"'),
  asked('quotactl', '(179, 60)', '0x80000700, b"/oversign/none", 0, 0'),
  python('syslog', 'done((103, 116), 10, 0, 0)', AS_ROOT),
  asked('clock_settime', '(227, 112)', '0, struct.pack("qq", 0, 2000000000)'),
  asked('settimeofday', '(164, 170)', 'struct.pack("qq", 0, 2000000000), 0'),
  python('adjtimex', 'done((159, 171), (ctypes.c_char * 256)())', BARE),
  python('fanotify_init', 'done((300, 262), 0, 0)', AS_ROOT),
  asked('open_by_handle_at', '(304, 265)', '-1, struct.pack("IiQ", 8, 1, 0), 0'),
  python('memfd_secret', 'done(447, 0)', BARE),
  python('openat2', 'done(437, -100, b"/", struct.pack("3Q", 0, 0, 0), 24)', BARE),
  python('a call that is newer than the filter', 'taken(467, -1, b"", 0, 0, 0)', { ...AS_ROOT }),
  python(
    'words put into a terminal',
    `m, s = os.openpty(); os.setsid(); fcntl.ioctl(s, 0x540e, 0)
fcntl.ioctl(s, 0x5412, b"x")`,
    rootWithin('setsid -w -f -c /bin/false; setsid -w'),
  ),
  python(
    'words put into a terminal, by a longer number',
    `m, s = os.openpty(); os.setsid(); fcntl.ioctl(s, 0x540e, 0)
done((16, 29), s, (1 << 32) | 0x5412, b"x")`,
    rootWithin('setsid -w'),
  ),
  asked('TIOCLINUX', '(16, 29)', 'os.openpty()[1], 0x541c, b"\\3"', BARE),
];

const machineCode = (
  bytes: string,
): string => `libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
a = libc.mmap(None, 4096, 7, 0x22 | 0x40, -1, 0); code = bytes.fromhex("${bytes}")
ctypes.memmove(a, code, len(code)); result = ctypes.CFUNCTYPE(ctypes.c_int)(a)()`;

/** Calls by another convention, which a filter for 64 bits does not see. getpid is 20 in there. */
export const MACHINE_CODE: Attack[] =
  process.arch === 'x64'
    ? [
        python('a call for 32 bits', `${machineCode('b814000000cd80c3')}\nassert result == os.getpid()`),
        reached('iopl', '172', '3'),
        reached('ioperm', '173', '0x80, 1, 1'),
        python('modify_ldt', 'done(154, 0, (ctypes.c_char * 64)(), 64)'),
      ]
    : [];
