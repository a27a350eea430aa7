"""Runs a command with a pseudo-terminal as its controlling one, brings it to a moment, and ends it in some way.

usage: ending.py SPEC CMD…   SPEC, as JSON: "wait", a list of [what must have come (a regular expression), keys that are
sent then]; "ready", patterns of files that are there together once the moment has come; "then", [what must have come
after "broken" and "refused", keys that are sent then and bring the next output], or null; "how": a signal's name;
"closed", the other side of the terminal is; "broken", standard output is a pipe whose reader ends; "refused", standard
output is a file that takes no more; "full", standard output is a full device from the beginning; "parent", what started
it ends, and it has no terminal. Prints {"output", "code", "failed"}; a code of -N is signal N, null: it was nobody's
child any more."""
import fcntl, glob, json, os, pty, re, select, signal, struct, sys, termios, time

spec, cmd = json.loads(sys.argv[1]), sys.argv[2:]
how, LONG = spec['how'], 90
got, files, at, failed, code = b'', {}, 0, None, None
reader, terminal, child = None, None, None


def take(seconds):
    global got
    for number in [one for one in (reader, terminal) if one is not None]:
        try:
            if select.select([number], [], [], seconds)[0]:
                got += os.read(number, 65536)
        except OSError:
            pass
    if memory is not None:
        more = os.pread(memory, 1 << 20, files.get(memory, 0))
        files[memory] = files.get(memory, 0) + len(more)
        got += more
    if reader is None and terminal is None:
        time.sleep(seconds)


def ended():
    global code
    if child is not None:
        try:
            return open(f'/proc/{child}/stat').read().rpartition(')')[2].split()[0] in 'ZX'
        except OSError:
            return True
    if code is None:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            code = os.waitstatus_to_exitcode(status)
    return code is not None


def until(test, pause=0.05):
    end = time.time() + LONG
    while time.time() < end:
        if test():
            return True
        if ended():
            take(0.05)
            return bool(test())
        take(pause)
    return False


def ready():
    return all(glob.glob(one) for one in spec['ready'])


memory = os.memfd_create('output', os.MFD_ALLOW_SEALING) if how == 'refused' else None
output = memory if memory is not None else os.open('/dev/full', os.O_WRONLY) if how == 'full' else None
if how in ('broken', 'parent'):
    reader, output = os.pipe()
if how == 'parent':
    # In a session without a terminal: what is between starts the command and waits for it.
    pid = os.fork()
    if pid == 0:
        os.setsid()
        started = os.fork()
        if started == 0:
            os.dup2(os.open('/dev/null', os.O_RDONLY), 0)
            os.dup2(output, 1)
            os.dup2(output, 2)
            os.execvp(cmd[0], cmd)
        os.write(output, b'pid=%d\n' % started)
        os.close(output)
        os.waitpid(started, 0)
        os._exit(0)
else:
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 50, 100, 0, 0))
        if output is not None:
            os.dup2(output, 1)
        os.execvp(cmd[0], cmd)
if reader is not None:
    os.close(output)
for pattern, keys in spec['wait']:
    if not until(lambda: re.search(pattern.encode(), got[at:])):
        failed = f'{pattern!r} never came'
        break
    at += re.search(pattern.encode(), got[at:]).end()
    if keys:
        os.write(terminal, keys.encode())
if not failed and not until(ready, 0.0005):  # the middle of a write is short
    failed = f"{spec['ready']} never came"
if not failed and how != 'full':
    if how == 'closed':
        os.close(terminal)
        terminal = None
    elif how in ('broken', 'refused'):
        if how == 'broken':
            os.close(reader)
            reader = None
        else:
            fcntl.fcntl(memory, 1033, 4)  # F_ADD_SEALS, F_SEAL_GROW (fcntl(2))
    elif how == 'parent':
        child = int(re.search(rb'pid=(\d+)', got).group(1))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    else:
        os.kill(pid, getattr(signal, how))
then = spec['then'] if how in ('broken', 'refused') else None
end = time.time() + (0.1 if failed else LONG)
while not ended() and time.time() < end:
    take(0.05)
    if then and re.search(then[0].encode(), got[at:], re.DOTALL):
        os.write(terminal, then[1].encode())
        then = None
if not ended():
    failed = failed or 'it did not end'
    os.kill(child or pid, signal.SIGKILL)
take(0.05)
print(json.dumps({'output': got.decode('utf8', 'replace'), 'code': code, 'failed': failed}))
