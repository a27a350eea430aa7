import type { Hostile } from './kinds.ts';

/**
 * Code that leaves a process behind when it ends. Its processes are found by a variable in their environment;
 * `within` is a weaker cage in which the control is run, where it is about a cage.
 */
export interface Survivor extends Hostile {
  within?: string[];
}

const bash = (name: string, code: string): Survivor => ({ name, language: 'bash', code });
const python = (name: string, code: string): Survivor => ({ name, language: 'python', code });
const node = (name: string, code: string): Survivor => ({ name, language: 'node', code });

/** With ptrace(2), makes process 1 call prctl(PR_SET_PDEATHSIG, 0): it no longer dies with whoever started it. */
const UNTIE_INIT = `
class Registers(ctypes.Structure):
    _fields_ = [(n, ctypes.c_ulonglong) for n in "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs".split()]
def trace(request, data=None):
    assert libc.ptrace(ctypes.c_long(request), ctypes.c_long(1), None, ctypes.byref(data) if data else None) == 0
def untie():
    trace(16); os.waitpid(1, 0x40000000)
    was = Registers(); trace(12, was)
    # It sleeps in wait4: two bytes back is its system call instruction, which is used twice.
    now = Registers.from_buffer_copy(was); now.rip -= 2; now.rax, now.orig_rax, now.rdi, now.rsi = 157, 2 ** 64 - 1, 1, 0
    trace(13, now); trace(9); os.waitpid(1, 0x40000000)
    back = Registers.from_buffer_copy(was); back.rip -= 2; back.rax, back.orig_rax = 61, 2 ** 64 - 1
    trace(13, back); trace(17)
try: untie()
except AssertionError: pass
`;

const LINGER = 'os.closerange(0, 9); time.sleep(987); os._exit(0)';

export const SURVIVORS: Survivor[] = [
  bash('setsid', 'setsid sleep 987 >/dev/null 2>&1 < /dev/null & disown'),
  bash('nohup', 'nohup sleep 987 >/dev/null 2>&1 &'),
  bash('one that keeps the pipes open', 'sleep 987 &'),
  bash('one that ignores signals', "(trap '' HUP TERM INT; while :; do sleep 1; done) &"),
  bash(
    'one that starts anew when it is told to end',
    `nohup bash -c 'trap "sleep 987 & wait" TERM HUP INT EXIT; sleep 987' >/dev/null 2>&1 &`,
  ),
  bash('one that is stopped', '(kill -STOP $BASHPID; sleep 987) & sleep 0.1'),
  bash('a coprocess', 'coproc sleep 987; disown'),
  bash(
    'a chain that keeps starting the next',
    `chain() { if [ "$1" -gt 0 ]; then sleep 0.2; chain $(($1 - 1)) & else sleep 987; fi; }; chain 5 >/dev/null 2>&1 &`,
  ),
  bash('by another shell’s exec', 'exec 3< <(exec sleep 987); sleep 0.1'),
  python(
    'a double fork',
    `if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: ${LINGER}\n    os._exit(0)\nos.wait()`,
  ),
  python(
    'a child of vfork',
    'subprocess.Popen(["sleep", "987"], close_fds=False, start_new_session=True, stdout=-3, stderr=-3)',
  ),
  python(
    'a foster parent of orphans',
    `if os.fork() == 0:\n    libc.prctl(36, 1)\n    if os.fork() == 0:\n        if os.fork() == 0: ${LINGER}\n        os._exit(0)\n    ${LINGER}`,
  ),
  python(
    'a child that is traced',
    `pid = os.fork()\nif pid == 0: libc.ptrace(0, 0, 0, 0); os.kill(os.getpid(), signal.SIGSTOP); ${LINGER}\nos.waitpid(pid, 2)\nif os.fork() == 0: ${LINGER}`,
  ),
  python(
    'a child that no death reaches',
    `if os.fork() == 0:\n    libc.prctl(1, 0); os.setsid(); [signal.signal(s, signal.SIG_IGN) for s in range(1, 65) if s not in (9, 19, 32, 33)]\n    ${LINGER}`,
  ),
  python('many, all at once', `for i in range(40):\n    if os.fork() == 0: os.setsid(); ${LINGER}`),
  node('a detached node', 'cp.spawn("sleep", ["987"], { detached: true, stdio: "ignore" }).unref();'),
  ...(process.arch === 'x64'
    ? [
        {
          ...python(
            'in a cage whose first process is untied',
            `${UNTIE_INIT}if os.fork() == 0: os.setsid(); ${LINGER}`,
          ),
          within:
            'bwrap --bind / / --dev /dev --unshare-user --unshare-pid --proc /proc --die-with-parent --new-session'.split(
              ' ',
            ),
        },
      ]
    : []),
];
