import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemCallFilter } from '../../src/core/sandbox/systemCallFilter.ts';
import { NEWEST, TABLES, type Architecture } from '../../src/core/sandbox/systemCalls.ts';
import { callsOn, instructionsOf, judge } from '../support/classicBpf.ts';

const EPERM = 1;
const ENOSYS = 38;
const EOPNOTSUPP = 95;

const ARCHITECTURES: Architecture[] = ['x64', 'arm64'];
const MEMORY = ['counted', 'watched'] as const;
const ALL = ARCHITECTURES.flatMap((architecture) => MEMORY.map((memory) => ({ architecture, memory })));

/** What must be refused whatever its arguments are, written down a second time. */
const words = (text: string): string[] => text.trim().split(/\s+/);
const REFUSED: [errno: number, names: string[]][] = [
  [
    EPERM,
    words(`mount umount2 pivot_root chroot mount_setattr setns add_key request_key keyctl bpf perf_event_open
      userfaultfd open_by_handle_at kexec_load kexec_file_load init_module finit_module delete_module reboot swapon
      swapoff acct quotactl quotactl_fd syslog settimeofday clock_settime adjtimex clock_adjtime iopl ioperm modify_ldt
      fanotify_init vhangup sethostname setdomainname migrate_pages move_pages lookup_dcookie`),
  ],
  [
    ENOSYS,
    words(`open_tree move_mount fsopen fsconfig fsmount fspick memfd_secret clone3 openat2 io_setup io_uring_setup io_uring_enter
      io_uring_register create_module get_kernel_syms query_module nfsservctl uselib _sysctl`),
  ],
  [
    EOPNOTSUPP,
    words(`fallocate setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat`),
  ],
];
const LOOSE_MEMORY = ['shmget', 'memfd_create', 'msgget', 'mq_open', 'semget'];
const BY_ARGUMENTS = words(`clone unshare prctl ioctl chmod fchmod fchmodat fchmodat2 creat mknod mknodat open openat
  socket socketpair`);
/** In the table, but nothing says anything about it. */
const UNSPOKEN = ['pidfd_send_signal'];

describe.each(ALL)('the filter for $architecture, memory $memory', ({ architecture, memory }) => {
  const program = instructionsOf(systemCallFilter(architecture, memory));
  const { audit, numbers } = TABLES[architecture];

  test('is a program that the kernel takes: jumps land inside, and every way ends in a return', () => {
    expect(program.length).toBeLessThanOrEqual(4096);
    const known = { load: 0x20, equal: 0x15, above: 0x25, anyBit: 0x45, and: 0x54, return: 0x06 };
    for (const [index, { code, whenTrue, whenFalse, value }] of program.entries()) {
      expect(Object.values(known)).toContain(code);
      if (code === known.load) expect(value % 4 === 0 && value < 64).toBe(true);
      const isStep = code === known.load || code === known.and;
      const next = code === known.return ? [] : isStep ? [1] : [1 + whenTrue, 1 + whenFalse];
      for (const step of next) expect(index + step, `from instruction ${index}`).toBeLessThan(program.length);
    }
    expect(program.at(-1)?.code).toBe(known.return);
  });

  test('no instruction is out of reach: no body is skipped or run into by a wrong distance', () => {
    const reached = new Set<number>();
    const pending = [0];
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const one = program[at];
      if (reached.has(at) || !one) continue;
      reached.add(at);
      if (one.code === 0x06) continue;
      pending.push(...([0x20, 0x54].includes(one.code) ? [at + 1] : [at + 1 + one.whenTrue, at + 1 + one.whenFalse]));
    }
    expect(reached.size).toBe(program.length);
  });

  test('another calling convention is refused, whatever is called', () => {
    const others = [
      0x40000003,
      0x40000028,
      0xc00000f3,
      0,
      0xffffffff,
      ...ARCHITECTURES.map((one) => TABLES[one].audit),
    ];
    for (const other of others.filter((one) => one !== audit))
      for (const number of [0, 1, 39, NEWEST])
        expect(judge(program, { audit: other, number, args: [] }), other.toString(16)).toBe(ENOSYS);
  });

  test('numbers beyond the tables are refused: newer calls, and those of x32', () => {
    const beyond = fc.oneof(
      fc.integer({ min: NEWEST + 1, max: NEWEST + 200 }),
      fc.integer({ min: 0, max: 600 }).map((number) => 0x40000000 + number),
      fc.integer({ min: NEWEST + 1, max: 0xffffffff }),
    );
    fc.assert(
      fc.property(beyond, (number) => {
        expect(judge(program, { audit, number, args: [] })).toBe(ENOSYS);
      }),
    );
    expect(judge(program, { audit, number: NEWEST - 1, args: [] })).toBe('allowed');
  });

  test('a call that is in no table is allowed, whatever its arguments', () => {
    const spoken = new Set(Object.values(numbers));
    const number = fc.integer({ min: 0, max: NEWEST }).filter((one) => !spoken.has(one));
    const args = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 6 });
    fc.assert(
      fc.property(number, args, (one, values) => {
        expect(judge(program, { audit, number: one, args: values })).toBe('allowed');
      }),
      { numRuns: 1000 },
    );
  });

  test('what has no place in a cage is refused with any arguments', () => {
    const call = callsOn(architecture, memory);
    const refused: [number, string[]][] = [...REFUSED, ...(memory === 'watched' ? [[ENOSYS, LOOSE_MEMORY]] : [])] as [
      number,
      string[],
    ][];
    const args = fc.array(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { maxLength: 6 });
    fc.assert(
      fc.property(args, (values) => {
        for (const [errno, names] of refused)
          for (const name of names) expect([errno, 'none'], name).toContain(call(name, ...values));
      }),
      { numRuns: 20 },
    );
    if (memory === 'counted') expect(new Set(LOOSE_MEMORY.map((name) => call(name)))).toEqual(new Set(['allowed']));
  });
});

test.each(ARCHITECTURES)('every call in the table of %s is spoken of in these tests', (architecture) => {
  const spoken = new Set([...REFUSED.flatMap(([, names]) => names), ...LOOSE_MEMORY, ...BY_ARGUMENTS, ...UNSPOKEN]);
  expect(Object.keys(TABLES[architecture].numbers).filter((name) => !spoken.has(name))).toEqual([]);
  expect(UNSPOKEN.map((name) => callsOn(architecture)(name))).toEqual(['allowed']);
});
