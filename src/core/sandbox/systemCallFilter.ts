import { ALLOWED_FAMILIES, ALLOWED_REQUESTS, FAMILY, FILE_SYSTEM_FAMILIES, REFUSED_REQUESTS } from './requests.ts';
import { NEWEST, TABLES, type Architecture } from './systemCalls.ts';

// errno(3), include/uapi/asm-generic/errno.h; the same numbers on both architectures.
const EPERM = 1;
const ENOTTY = 25;
const ENOSYS = 38;
const EOPNOTSUPP = 95;
const EAFNOSUPPORT = 97;

// linux/seccomp.h and linux/bpf_common.h
const RETURN_ERRNO = 0x00050000;
const RETURN_ALLOW = 0x7fff0000;
const LOAD = 0x20; // BPF_LD | BPF_W | BPF_ABS
const EQUAL = 0x15; // BPF_JMP | BPF_JEQ | BPF_K
const ABOVE = 0x25; // BPF_JMP | BPF_JGT | BPF_K
const ANY_BIT = 0x45; // BPF_JMP | BPF_JSET | BPF_K
const AND = 0x54; // BPF_ALU | BPF_AND | BPF_K
const RETURN = 0x06; // BPF_RET | BPF_K

/** Where struct seccomp_data keeps what is looked at; of arguments the low half, as the kernel takes an int. */
const NUMBER = 0;
const CONVENTION = 4;
const argument = (index: number): number => 16 + 8 * index;

/** One instruction: struct sock_filter. Jumps count from the next instruction. */
type Instruction = [code: number, whenTrue: number, whenFalse: number, value: number];

/** What has no place in a cage at all. */
const REFUSED = [
  ...['mount', 'umount2', 'pivot_root', 'chroot', 'mount_setattr', 'setns'],
  ...['add_key', 'request_key', 'keyctl', 'bpf', 'perf_event_open', 'userfaultfd', 'open_by_handle_at'],
  ...['kexec_load', 'kexec_file_load', 'init_module', 'finit_module', 'delete_module', 'reboot', 'swapon', 'swapoff'],
  ...['acct', 'quotactl', 'quotactl_fd', 'syslog', 'settimeofday', 'clock_settime', 'adjtimex', 'clock_adjtime'],
  ...['iopl', 'ioperm', 'modify_ldt', 'fanotify_init', 'vhangup', 'sethostname', 'setdomainname'],
  ...['migrate_pages', 'move_pages', 'lookup_dcookie'],
];

/** What programs try first and do without where the kernel does not have it. */
const UNKNOWN = [
  ...['open_tree', 'move_mount', 'fsopen', 'fsconfig', 'fsmount', 'fspick', 'memfd_secret', 'clone3', 'openat2'],
  ...['io_uring_setup', 'io_uring_enter', 'io_uring_register'],
  // What it hands out is counted for the whole machine (fs.aio-max-nr): one call takes all of it from the person's databases.
  'io_setup',
  ...['create_module', 'get_kernel_syms', 'query_module', 'nfsservctl', 'uselib', '_sysctl'],
];

/** Memory that belongs to no process: by a name or a descriptor, in messages, in sets of semaphores. */
const LOOSE_MEMORY = ['shmget', 'memfd_create', 'msgget', 'mq_open', 'semget'];

/**
 * What the mode of a file does not tell: access lists (acl(5)) let others in for good, also into what is made in a folder
 * later. The name of an attribute is out of a filter's sight, so that none can be set; programs take it as a file
 * system that has none.
 */
const ATTRIBUTES = [
  ...['setxattr', 'lsetxattr', 'fsetxattr', 'setxattrat'],
  ...['removexattr', 'lremovexattr', 'fremovexattr', 'removexattrat'],
];

/** CLONE_NEWNS, …CGROUP, …UTS, …IPC, …USER, …PID, …NET of clone(2); and CLONE_NEWTIME, which is unshare(2)'s alone. */
const NEW_NAMESPACE = 0x7e020000;
const NEW_TIME = 0x80;

/**
 * PR_SET_PDEATHSIG of prctl(2) is what binds a cage to its starter; a process that gets into the first one of the cage
 * could undo it there. Programs that use it go on as if it had worked: all of a cage ends together anyway.
 */
const SET_DEATH_SIGNAL = 1;
/** PR_SET_DUMPABLE: a process that is not dumpable hides from the watch what it writes. */
const SET_DUMPABLE = 4;
const PRETENDED: Instruction = [RETURN, 0, 0, RETURN_ERRNO];

const SET_ID = 0o6000;
const CREATES = 0x40 | 0x400000; // O_CREAT, __O_TMPFILE
/** Where a call that sets a mode has it, and where its open flags say that there is a mode at all. */
const MODES: { name: string; mode: number; flags?: number }[] = [
  { name: 'chmod', mode: 1 },
  { name: 'fchmod', mode: 1 },
  { name: 'fchmodat', mode: 2 },
  { name: 'fchmodat2', mode: 2 },
  { name: 'creat', mode: 1 },
  { name: 'mknod', mode: 1 },
  { name: 'mknodat', mode: 2 },
  { name: 'open', mode: 2, flags: 1 },
  { name: 'openat', mode: 3, flags: 2 },
];

/** AF_UNIX, AF_INET, AF_INET6 lead nowhere out of the network namespace; AF_VSOCK and others are not bound by one. */
const FAMILIES = [1, 2, 10];
const NETLINK = 16;

const refuse = (errno: number): Instruction => [RETURN, 0, 0, RETURN_ERRNO | errno];
const ALLOW: Instruction = [RETURN, 0, 0, RETURN_ALLOW];

/**
 * The system calls that a cage leaves out, as a classic BPF program for seccomp(2), which bubblewrap loads
 * (bwrap(1), --seccomp). Pure. Calls of another calling convention (32 bit, x32) and calls newer than the tables are
 * refused: nobody has looked at what they do. Without a control group, memory that belongs to no process is refused
 * too: nothing would count it.
 */
export function systemCallFilter(architecture: Architecture, memory: 'counted' | 'watched'): Uint8Array {
  const { audit, numbers } = TABLES[architecture];
  const program: Instruction[] = [
    [LOAD, 0, 0, CONVENTION],
    [EQUAL, 1, 0, audit],
    refuse(ENOSYS),
    [LOAD, 0, 0, NUMBER],
    [ABOVE, 0, 1, NEWEST], // x32 numbers have bit 30 set
    refuse(ENOSYS),
  ];
  /** `body` ends in a decision on every way through it. */
  const on = (name: string, body: Instruction[]): void => {
    const number = numbers[name];
    if (number !== undefined) program.push([EQUAL, 0, body.length, number], ...body);
  };
  for (const name of REFUSED) on(name, [refuse(EPERM)]);
  // Room that is reserved is not counted as written; the C library writes instead (posix_fallocate(3)).
  for (const name of ['fallocate', ...ATTRIBUTES]) on(name, [refuse(EOPNOTSUPP)]);
  if (memory === 'watched') for (const name of LOOSE_MEMORY) on(name, [refuse(ENOSYS)]);
  for (const name of UNKNOWN) on(name, [refuse(ENOSYS)]);
  const unlessBits = (index: number, bits: number): Instruction[] => [
    [LOAD, 0, 0, argument(index)],
    [ANY_BIT, 0, 1, bits],
    refuse(EPERM),
    ALLOW,
  ];
  on('clone', unlessBits(0, NEW_NAMESPACE));
  on('unshare', unlessBits(0, NEW_NAMESPACE | NEW_TIME));
  on('prctl', [
    [LOAD, 0, 0, argument(0)],
    [EQUAL, 1, 0, SET_DEATH_SIGNAL],
    [EQUAL, 0, 1, SET_DUMPABLE],
    PRETENDED,
    ALLOW,
  ]);
  const whenOneOf = (values: readonly number[], then: Instruction): Instruction[] =>
    values.flatMap((value): Instruction[] => [[EQUAL, 0, 1, value], then]);
  on('ioctl', [
    [LOAD, 0, 0, argument(1)],
    ...whenOneOf(REFUSED_REQUESTS, refuse(EPERM)),
    ...whenOneOf(ALLOWED_REQUESTS, ALLOW),
    [AND, 0, 0, FAMILY],
    ...whenOneOf(ALLOWED_FAMILIES, ALLOW),
    ...whenOneOf(FILE_SYSTEM_FAMILIES, refuse(EPERM)),
    refuse(ENOTTY),
  ]);
  for (const { name, mode, flags } of MODES)
    on(name, [
      ...(flags === undefined
        ? []
        : ([[LOAD, 0, 0, argument(flags)], [ANY_BIT, 1, 0, CREATES], ALLOW] as Instruction[])),
      ...unlessBits(mode, SET_ID),
    ]);
  const families = (rest: Instruction[]): Instruction[] => [
    [LOAD, 0, 0, argument(0)],
    ...FAMILIES.flatMap((family): Instruction[] => [[EQUAL, 0, 1, family], ALLOW]),
    ...rest,
    refuse(EAFNOSUPPORT),
  ];
  // NETLINK_ROUTE (0) is how programs list network interfaces; the others reach parts of the kernel of their own.
  on('socket', families([[EQUAL, 0, 3, NETLINK], [LOAD, 0, 0, argument(2)], [EQUAL, 0, 1, 0], ALLOW]));
  on('socketpair', families([]));
  program.push(ALLOW);
  return encode(program);
}

/** Both architectures are little-endian. */
function encode(program: readonly Instruction[]): Uint8Array {
  const bytes = new Uint8Array(program.length * 8);
  const view = new DataView(bytes.buffer);
  program.forEach(([code, whenTrue, whenFalse, value], index) => {
    view.setUint16(index * 8, code, true);
    view.setUint8(index * 8 + 2, whenTrue);
    view.setUint8(index * 8 + 3, whenFalse);
    view.setUint32(index * 8 + 4, value, true);
  });
  return bytes;
}
