/**
 * Keeps what only the kernel's calls can make: System V shared memory, semaphores and messages under one key, a
 * message queue under a name. Says its file's handle when it is ready; takes all of it away when its input ends.
 */
export const KEEPER = `import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
key, name, folder, secret = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3], sys.argv[4].encode()
make = 0o1000 | 0o666
shm, sem, msg = libc.shmget(key, 4096, make), libc.semget(key, 1, make), libc.msgget(key, make)
x64 = os.uname().machine == "x86_64"
os.umask(0)
assert libc.syscall(ctypes.c_long(240 if x64 else 180), name, os.O_CREAT | os.O_RDWR, 0o666, None) >= 0
handle = ctypes.create_string_buffer(struct.pack("Ii", 128, 0), 136)
mount = ctypes.c_int()
assert libc.syscall(ctypes.c_long(303 if x64 else 264), -100, secret, handle, ctypes.byref(mount), 0) == 0
print(handle.raw[:8 + struct.unpack_from("I", handle.raw)[0]].hex(), flush=True)
sys.stdin.read()
libc.shmctl(shm, 0, None); libc.semctl(sem, 0, 0); libc.msgctl(msg, 0, None)
libc.syscall(ctypes.c_long(241 if x64 else 181), name)
`;
