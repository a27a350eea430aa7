"""Runs a command so that it can be ended in every way, and says how it ended. A pseudo-terminal is its controlling one
unless `streams` says otherwise.

usage: ending.py SPEC CMD…   SPEC: JSON
  wait: [a regular expression that must have come, a text that is sent then]…
  ready: a file that is there once the moment has come, or null (after the waits)
  how: "SIGTERM" and its kind | "close" (the terminal's other side) | "full" (standard output is /dev/full from the beginning)
       | "broken" (standard output is a pipe, whose reader ends) | "parent" (what started it ends, and nothing else does)
  streams: "terminal" | "output-pipe" (standard output is a pipe) | "none" (no terminal at all; output goes to `log`)
Prints {"output", "code", "failed"}; code is -N for signal N, null where the program is nobody's child here any more."""
import fcntl, json, os, pty, re, select, signal, struct, sys, termios, time

spec, cmd = json.loads(sys.argv[1]), sys.argv[2:]
LONG = 60
got, at, failed, code = b'', 0, None, None
how = spec['how']


def start_in_terminal(output):
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 50, 100, 0, 0))
        if output is not None:
            os.dup2(output, 1)
        os.execvp(cmd[0], cmd)
    return pid, fd


def take(source, seconds):
    global got
    try:
        if select.select([source], [], [], seconds)[0]:
            more = os.read(source, 65536)
            got += more
            return more != b''
    except (OSError, ValueError):
        return False
    return True


def until(test):
    end = time.time() + LONG
    while time.time() < end:
        if test():
            return True
        if not any([take(one, 0.05) for one in sources]):
            time.sleep(0.05)
            if not alive():
                return test()
    return False


def alive():
    global code
    if code is not None:
        return False
    done, status = os.waitpid(pid, os.WNOHANG)
    if done:
        code = os.waitstatus_to_exitcode(status)
    return not done


reader, middle = None, None
if how == 'broken':
    reader, writer = os.pipe()
    pid, terminal = start_in_terminal(writer)
    os.close(writer)
    sources = [reader, terminal]
elif how == 'full':
    pid, terminal = start_in_terminal(os.open('/dev/full', os.O_WRONLY))
    sources = [terminal]
elif how == 'parent':
    # A process between: it starts the program and waits; when it is killed, the program hears nothing of it.
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        child = os.fork()
        if child == 0:
            nothing = os.open('/dev/null', os.O_RDONLY)
            os.dup2(nothing, 0)
            for stream in (1, 2):
                os.dup2(writer, stream)
            os.execvp(cmd[0], cmd)
        os.write(writer, b'pid=%d\n' % child)
        os.close(writer)
        os.waitpid(child, 0)
        os._exit(0)
    os.close(writer)
    sources = [reader]
else:
    pid, terminal = start_in_terminal(None)
    sources = [terminal]

for pattern, text in spec['wait']:
    if not until(lambda: re.search(pattern.encode(), got[at:])):
        failed = f'{pattern!r} never came'
        break
    at += re.search(pattern.encode(), got[at:]).end()
    if text:
        os.write(terminal, text.encode())
if not failed and spec['ready'] and not until(lambda: os.path.exists(spec['ready'])):
    failed = f"{spec['ready']} never came"
if not failed:
    if how == 'close':
        os.close(terminal)
        sources = []
    elif how == 'broken':
        os.close(reader)
        sources = [terminal]
    elif how == 'parent':
        child = int(re.search(rb'pid=(\d+)', got).group(1))
        os.kill(pid, signal.SIGKILL)
    elif how != 'full':
        os.kill(pid, getattr(signal, how))
end = time.time() + (0.1 if failed else LONG)
if how == 'parent' and not failed:
    os.waitpid(pid, 0)
    code = 0
    gone = lambda: not os.path.exists(f'/proc/{child}') or open(f'/proc/{child}/stat').read().rpartition(')')[2].split()[0] == 'Z'
    while not gone() and time.time() < end:
        take(reader, 0.05)
    if not gone():
        failed = 'it did not end'
        os.kill(child, signal.SIGKILL)
    code = None
else:
    while alive() and time.time() < end:
        for one in sources:
            take(one, 0.05)
        if not sources:
            time.sleep(0.05)
    if alive():
        failed = failed or 'it did not end'
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
for one in sources:
    take(one, 0.05)
print(json.dumps({'output': got.decode('utf8', 'replace'), 'code': code, 'failed': failed}))
