/** A piece of hostile code. The variables W_… that it looks at come from `attackWorld`. */
export interface Hostile {
  name: string;
  language: 'bash' | 'python' | 'node';
  code: string;
}

/** How it is shown that code does harm where a protection is missing. */
export interface Control {
  /** Some of it needs root outside as well. */
  as: 'anyone' | 'root';
  /**
   * The start of a command line that the code is run by: a weaker cage, with something to be thrown away where the
   * code would write. Empty: it is run on this machine as it is.
   */
  within: string;
}

/** One way out of the sandbox. Exit code 0 means that it worked. */
export interface Attack extends Hostile {
  control: Control;
}

export const BARE: Control = { as: 'anyone', within: '' };
export const AS_ROOT: Control = { as: 'root', within: '' };
export const rootWithin = (within: string): Control => ({ as: 'root', within });

/** The machine as it is and read-only, with these options of bubblewrap besides. Root keeps its capabilities. */
export const cageWith = (options: string): Control =>
  rootWithin(`bwrap --cap-add ALL --ro-bind / / --dev-bind /dev /dev --proc /proc ${options}`);

/** Mounts of its own, so that nothing is taken from the machine's. */
export const OWN_MOUNTS = rootWithin('unshare -m');

/** A network of its own in which these addresses are there. */
export const networkWith = (...addresses: string[]): Control => {
  const add = addresses.map((one) => `ip address add ${one} dev lo nodad 2>/dev/null || ip address add ${one} dev lo`);
  return rootWithin(`unshare -n /bin/bash -c 'ip link set lo up; ${add.join('; ')}; exec "$@"' network`);
};

/** What Python attacks have at hand. System calls are named by their numbers, for x86_64 and for the others. */
const PYTHON = `import ctypes, errno, fcntl, mmap, os, signal, socket, stat, struct, subprocess, sys, threading, time
print("began", flush=True)
E = os.environ
libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = libc.ptrace.restype = libc.mmap.restype = ctypes.c_long
def call(number, *arguments):
    if isinstance(number, tuple): number = number[0 if os.uname().machine == "x86_64" else 1]
    result = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    return result, ctypes.get_errno() if result < 0 else 0
def done(number, *arguments): # the kernel did it
    assert call(number, *arguments)[0] >= 0
def taken(number, *arguments): # the kernel did it, or found fault with the arguments only
    result, error = call(number, *arguments)
    assert result >= 0 or error not in (errno.EPERM, errno.EACCES, errno.ENOSYS)
def reached(number, *arguments): # nobody but the kernel itself answered, and be it that it was built without that
    result, error = call(number, *arguments)
    assert result >= 0 or error not in (errno.EPERM, errno.EACCES)
def told(s): assert s.recv(9) == b"SECRET"
`;

const NODE = `require('fs').writeSync(1, 'began\\n');
Object.assign(globalThis, { E: process.env, cp: require('child_process') });
`;

const BEGINNING = { bash: 'echo began\n', python: PYTHON, node: NODE };
const PROGRAM = { bash: '/bin/bash -c', python: '/usr/bin/python3 -c', node: 'node -e' };

const maker =
  (language: Hostile['language']) =>
  (name: string, code: string, control: Control = BARE): Attack => ({ name, language, code, control });

export const bash = maker('bash');
export const python = maker('python');
export const node = maker('node');

export const group = <T extends Hostile>(name: string, attacks: T[]): T[] =>
  attacks.map((attack) => ({ ...attack, name: `${name}: ${attack.name}` }));

/** The code as an argv; it says "began" first, which shows that its interpreter is there. */
export function argvOf({ language, code }: Hostile): string[] {
  return [...PROGRAM[language].split(' '), BEGINNING[language] + code];
}

/** An argv that tries an attack and says HELD or ESCAPED, or BROKEN if its first line was not reached. */
export function attempt(attack: Hostile & { control?: unknown }, within = ''): string[] {
  const script = `said=$(${within} timeout -k 1 10 ${PROGRAM[attack.language]} "$1" 2>/dev/null); code=$?
case $said in
  began*) if [ $code = 0 ]; then echo ESCAPED; else echo HELD; fi ;;
  *) echo "BROKEN: exit code $code" ;;
esac`;
  return ['/bin/bash', '-c', script, 'attempt', BEGINNING[attack.language] + attack.code];
}
