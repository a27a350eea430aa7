import type { Ending, LimitName, Limits } from '../../../src/core/sandbox/port.ts';
import type { Hostile } from './kinds.ts';

/** Code that takes more than it is given. It prints "ALL" once it has got everything that it wants. */
export interface Greedy extends Hostile {
  limits: Partial<Limits>;
  timeoutMs: number;
  /** The limits that may end it. Empty: the kernel refuses, and the code goes on with what it has. */
  endsBy: (LimitName | 'refusal')[];
}

const MIB = 1024 ** 2;
const MEMORY: Partial<Limits> = { memoryBytes: 128 * MIB, diskBytes: 512 * MIB };
const CPU: Partial<Limits> = { cpuSeconds: 1 };
const DISK: Partial<Limits> = { diskBytes: 8 * MIB };
const CROWD: Partial<Limits> = { processes: 64 };

const entry =
  (language: Hostile['language'], limits: Partial<Limits>, endsBy: Greedy['endsBy'], timeoutMs = 20_000) =>
  (name: string, code: string): Greedy => ({ name, language, code, limits, endsBy, timeoutMs });

// In a cage what is taken is kept for a moment, so that whoever only looks now and then sees it.
const PAUSE = 'time.sleep(float(E.get("W_PAUSE", "0")))';
const HOLD = `\n${PAUSE}; print("ALL", flush=True)`;
const memory = entry('python', MEMORY, ['memory', 'refusal']);
const folder = (path: string): string => `
import shutil, tempfile
f = tempfile.mkdtemp(dir=${path})
try:
    for i in range(10): open(f + "/%d" % i, "wb").write(b"x" * (30 << 20))
    ${PAUSE}
finally: shutil.rmtree(f)
print("ALL", flush=True)`;

export const MEMORIES: Greedy[] = [
  memory('by one process', `x = bytearray(b"x") * (300 << 20)${HOLD}`),
  entry('node', MEMORY, ['memory', 'refusal'])(
    'by one node',
    'const x = Buffer.alloc(300 * 2 ** 20, 1); setTimeout(() => fs.writeSync(1, "ALL\\n" + x.length), 1000 * (E.W_PAUSE ?? 0));',
  ),
  memory(
    'by many processes',
    `children = []
for i in range(6):
    pid = os.fork()
    if pid == 0: x = bytearray(b"x") * (50 << 20); ${PAUSE}; os._exit(0)
    children.append(pid)
if all(os.waitpid(pid, 0)[1] == 0 for pid in children): print("ALL", flush=True)`,
  ),
  memory('in /tmp', folder('"/tmp"')),
  memory('in /var/tmp', folder('"/var/tmp"')),
  memory('in /dev/shm', folder('"/dev/shm"')),
  memory('in the home folder', folder('os.environ["HOME"]')),
  memory(
    'in files without a name',
    `keep = [os.memfd_create("x") for i in range(10)]\nfor f in keep:\n    for i in range(30): os.write(f, b"x" * (1 << 20))${HOLD}`,
  ),
  memory(
    'in shared memory that nobody is attached to',
    `libc.shmat.restype = ctypes.c_void_p; libc.shmdt.argtypes = [ctypes.c_void_p]; ids = []
try:
    for i in range(10):
        ids.append(libc.shmget(0, 30 << 20, 0o1600)); a = libc.shmat(ids[-1], None, 0); ctypes.memset(a, 1, 30 << 20); libc.shmdt(a)
    ${PAUSE}; print("ALL", flush=True)
finally:
    for i in ids: libc.shmctl(i, 0, None)`,
  ),
  memory(
    'shared between processes',
    `m = mmap.mmap(-1, 300 << 20)\nif os.fork() == 0:\n    for i in range(0, 300 << 20, 4096): m[i] = 1\n    ${PAUSE}; os._exit(0)\nif os.wait()[1] == 0: print("ALL", flush=True)`,
  ),
  memory(
    'in pipes',
    `keep = []\nfor i in range(300):\n    r, w = os.pipe(); keep.append((r, w)); fcntl.fcntl(w, 1031, 1 << 20); os.set_blocking(w, False)\n    assert sum(os.write(w, b"x" * 65536) for j in range(16)) == 1 << 20${HOLD}`,
  ),
];

const crowd = entry('python', CROWD, ['processes', 'refusal']);
export const CROWDS: Greedy[] = [
  entry('bash', CROWD, ['processes', 'refusal'])(
    'of processes',
    'for i in $(seq 200); do sleep 2 >/dev/null & done; [ "$(jobs -pr | wc -l)" = 200 ] && sleep "${W_PAUSE:-0}" && echo ALL',
  ),
  crowd(
    'of orphans',
    `for i in range(200):\n    if os.fork() == 0:\n        os.setsid()\n        pid = os.fork()\n        if pid == 0: os.closerange(0, 9); time.sleep(2)\n        os._exit(0)\n    assert os.wait()[1] == 0\n${PAUSE}; print("ALL", flush=True)`,
  ),
  crowd(
    'of threads',
    `t = [threading.Thread(target=time.sleep, args=(9,), daemon=True) for i in range(200)]\nfor one in t: one.start()\n${PAUSE}; print("ALL", flush=True)`,
  ),
  crowd(
    'that doubles',
    `r, w = os.pipe()\nme = os.getpid()\nfor i in range(8): os.fork()\nos.write(w, b"x")\nif os.getpid() != me: os.closerange(0, 9); time.sleep(2); os._exit(0)\nn = 0\nwhile n < 256: n += len(os.read(r, 256))\n${PAUSE}; print("ALL", flush=True)`,
  ),
];

// Two seconds of a processor where one is given.
const BURN = 'def burn(s):\n    end = time.process_time() + s\n    while time.process_time() < end: pass\n';
const cpu = entry('python', CPU, ['CPU time']);
export const BURNERS: Greedy[] = [
  cpu('by one process', `${BURN}burn(1.9); print("ALL", flush=True)`),
  entry('node', CPU, ['CPU time'])(
    'by one node, deaf to the warning',
    'process.on("SIGXCPU", () => {}); const used = () => { for (let i = 0; i < 1e6; i += 1); const u = process.cpuUsage(); return u.user + u.system; }; while (used() < 1.9e6); fs.writeSync(1, "ALL\\n");',
  ),
  cpu(
    'by several at once',
    `${BURN}for i in range(4):\n    if os.fork() == 0: burn(0.5); os._exit(0)\nif all(os.wait()[1] == 0 for i in range(4)): print("ALL", flush=True)`,
  ),
  cpu(
    'by many that are short',
    `${BURN}for i in range(50):\n    if os.fork() == 0: burn(0.04); os._exit(0)\n    os.wait()\nprint("ALL", flush=True)`,
  ),
  cpu(
    'by many orphans',
    `${BURN}for i in range(50):\n    if os.fork() == 0:\n        if os.fork() == 0: burn(0.04); os._exit(0)\n        os._exit(0)\n    os.wait(); time.sleep(0.03)\ntime.sleep(0.5); print("ALL", flush=True)`,
  ),
  cpu(
    'by many that nobody waits for',
    `${BURN}signal.signal(signal.SIGCHLD, signal.SIG_IGN)\nfor i in range(40):\n    pid = os.fork()\n    if pid == 0: burn(0.1); os._exit(0)\n    try: os.waitpid(pid, 0)\n    except ChildProcessError: pass\nprint("ALL", flush=True)`,
  ),
];

const disk = entry('python', DISK, ['disk', 'file size', 'refusal']);
const everyPart = (write: string): string =>
  `os.chdir(E["W_WORK"]); os.mkdir("parts"); os.chdir("parts")\nfor i in range(16):\n${write}\n${PAUSE}; print("ALL", flush=True)`;
export const WRITERS: Greedy[] = [
  entry('bash', DISK, ['file size', 'disk'])(
    'in one file',
    'cd "$W_WORK" && dd if=/dev/zero of=big bs=1M count=64 && echo ALL',
  ),
  disk(
    'in one file that is mostly empty',
    'os.truncate(os.open(E["W_WORK"] + "/sparse", os.O_CREAT | os.O_RDWR), 64 << 20); print("ALL", flush=True)',
  ),
  disk('in many files', everyPart('    with open(str(i), "wb") as f: f.write(b"x" * (4 << 20))')),
  entry('bash', DISK, ['disk'])(
    'by many that are short',
    'mkdir -p "$W_WORK/parts" && cd "$W_WORK/parts" && for i in $(seq 64); do head -c 1048576 /dev/zero > $i || exit 1; done; sleep "${W_PAUSE:-0}"; echo ALL',
  ),
  disk(
    'by room that is only reserved',
    everyPart('    os.posix_fallocate(os.open(str(i), os.O_CREAT | os.O_RDWR), 0, 4 << 20)'),
  ),
  disk(
    'through memory',
    everyPart(
      '    f = os.open(str(i), os.O_CREAT | os.O_RDWR); os.ftruncate(f, 4 << 20); m = mmap.mmap(f, 4 << 20)\n    for at in range(0, 4 << 20, 4096): m[at] = 1',
    ),
  ),
  disk(
    'by orphans that nobody waits for',
    everyPart(
      '    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0: open(str(i), "wb").write(b"x" * (4 << 20)); os._exit(0)\n        os._exit(0)\n    os.wait()',
    ),
  ),
];

export const TIMES: Greedy[] = [
  entry(
    'bash',
    {},
    ['wall time'],
    700,
  )('deaf to every signal', "trap '' TERM INT HUP QUIT ALRM; sleep 1; sleep 1; echo ALL"),
  entry(
    'python',
    {},
    ['wall time'],
    700,
  )(
    'stopped',
    'pid = os.getpid()\nif os.fork() == 0: time.sleep(1.5); os.kill(pid, signal.SIGCONT); os._exit(0)\nos.kill(pid, signal.SIGSTOP); print("ALL", flush=True)',
  ),
];

export const GREEDY: [group: string, attacks: Greedy[]][] = [
  ['memory', MEMORIES],
  ['processes', CROWDS],
  ['CPU time', BURNERS],
  ['disk', WRITERS],
  ['wall time', TIMES],
];

/** Which limit ended a run, in the words above. */
export function endOf(ending: Ending): LimitName | 'refusal' | undefined {
  if (ending.kind === 'limit') return ending.limit;
  if (ending.kind === 'timeout') return 'wall time';
  return ending.kind === 'exited' ? 'refusal' : undefined;
}
