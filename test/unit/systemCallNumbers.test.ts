import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { systemCallFilter } from '../../src/core/sandbox/systemCallFilter.ts';
import { NEWEST, TABLES, type Architecture } from '../../src/core/sandbox/systemCalls.ts';
import { instructionsOf, judge } from '../support/classicBpf.ts';

// The kernel's own headers for programs (package linux-libc-dev); arm64 takes the generic table.
const HEADERS: { architecture: Architecture; file: string }[] = [
  { architecture: 'x64', file: '/usr/include/x86_64-linux-gnu/asm/unistd_64.h' },
  { architecture: 'arm64', file: '/usr/include/asm-generic/unistd.h' },
];

const words = (text: string): string[] => text.trim().split(/\s+/);

/** What everyday programs call: the C library, shells, Node, Python, git and compilers. */
const EVERYDAY = words(`read write close fstat lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask pread64
  pwrite64 readv writev madvise execve execveat exit exit_group wait4 kill tgkill uname fcntl flock fsync ftruncate
  getdents64 getcwd chdir fchdir renameat renameat2 linkat symlinkat readlinkat unlinkat mkdirat faccessat faccessat2
  fchownat newfstatat statx utimensat getpid gettid getuid geteuid setpgid getppid setsid setgroups futex
  set_robust_list rseq sched_yield sched_getaffinity nanosleep clock_gettime clock_nanosleep timer_create epoll_create1
  epoll_ctl epoll_pwait eventfd2 signalfd4 timerfd_create inotify_init1 inotify_add_watch ppoll pselect6 pipe2 dup
  dup3 connect bind listen accept4 sendto recvfrom sendmsg recvmsg shutdown getsockopt setsockopt getsockname
  getrandom prlimit64 getrusage sysinfo umask splice tee sendfile copy_file_range fadvise64 mlock mincore msync
  sigaltstack ptrace seccomp capget landlock_create_ruleset close_range membarrier fgetxattr statfs`);

function numbersIn(file: string): Map<string, number> {
  const text = readFileSync(file, 'utf8');
  const found = new Map<string, number>();
  for (const [, prefix = '', name = '', value = ''] of text.matchAll(/^#define (__NR|__NR3264)_(\w+)\s+(\d+)$/gm))
    if (prefix === '__NR' || !found.has(name)) found.set(name, Number(value));
  for (const not of ['syscalls', 'arch_specific_syscall']) found.delete(not);
  return found;
}

/** Everything that the filter has a word about, by the one table and the other. */
const NAMES = [...new Set(Object.values(TABLES).flatMap(({ numbers }) => Object.keys(numbers)))];

describe.each(HEADERS)('$architecture', ({ architecture, file }) => {
  const isThere = existsSync(file);
  const why = isThere ? '' : `(skipped: ${file} is not there; package linux-libc-dev) `;
  const header = isThere ? numbersIn(file) : new Map<string, number>();
  const newest = Math.max(...header.values());
  const { audit, numbers } = TABLES[architecture];

  test.skipIf(!isThere)(`${why}the numbers are the kernel’s`, () => {
    expect(header.size).toBeGreaterThan(250);
    // A header may be older than the table.
    const known = Object.entries(numbers).filter(([name, number]) => header.has(name) || number <= newest);
    expect(known.filter(([name, number]) => header.get(name) !== number)).toEqual([]);
    expect(known.length).toBeGreaterThan(50);
  });

  test.skipIf(!isThere)(`${why}no call that is refused by name has a number here that the table lacks`, () => {
    expect(NAMES.filter((name) => header.has(name) && numbers[name] === undefined)).toEqual([]);
  });

  test.skipIf(!isThere)(`${why}everyday calls are allowed`, () => {
    const missing = EVERYDAY.filter((name) => !header.has(name));
    // Not every one is in every header.
    expect(missing.length, missing.join()).toBeLessThan(4);
    for (const memory of ['counted', 'watched'] as const) {
      const program = instructionsOf(systemCallFilter(architecture, memory));
      const refused = EVERYDAY.filter((name) => {
        const number = header.get(name);
        return number !== undefined && judge(program, { audit, number, args: [1, 1, 0o100, 0o644] }) !== 'allowed';
      });
      expect(refused).toEqual([]);
    }
  });

  test.skipIf(!isThere)(`${why}calls newer than those that were looked at are refused`, () => {
    const program = instructionsOf(systemCallFilter(architecture, 'counted'));
    for (const [name, number] of header)
      if (number > NEWEST) expect(judge(program, { audit, number, args: [] }), name).toBe(38);
    expect(judge(program, { audit, number: NEWEST + 1, args: [] })).toBe(38);
  });
});
