"""Runs a command in a real pseudo-terminal and plays steps into it; prints what the terminal got, and how it ended.

usage: terminal.py STEPS COLUMNS CMD…   STEPS: JSON, a list of [wait, action, value]
wait: what must have come since the last step (a regular expression) or null. Actions: "send" a text as keys;
"hold" a key for some seconds: [key, seconds], as a keyboard repeats it; "pause" some seconds; "sh": a shell command
in which $PID is the process in the terminal's foreground."""
import fcntl, json, os, pty, re, select, struct, subprocess, sys, termios, time

steps, columns, cmd = json.loads(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
pid, fd = pty.fork()
if pid == 0:
    # Before the command looks: it finds one size, and keeps it.
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 50, columns, 0, 0))
    os.execvp(cmd[0], cmd)
got, at, closed, failed = b'', 0, False, None

def take(seconds):
    global got, closed
    if closed:
        return time.sleep(seconds)
    if select.select([fd], [], [], seconds)[0]:
        try:
            more = os.read(fd, 65536)
        except OSError:
            more = b''
        closed = more == b''
        got += more

for number, (wait, action, value) in enumerate(steps):
    end = time.time() + 30
    found = None
    while wait is not None and not found and time.time() < end and not closed:
        take(0.05)
        found = re.search(wait.encode(), got[at:])
    if wait is not None:
        found = found or re.search(wait.encode(), got[at:])
        if not found:
            failed = f'step {number}: {wait!r} never came'
            break
        at += found.end()
    if action == 'send':
        os.write(fd, value.encode())
    elif action == 'hold':
        until = time.time() + value[1]
        os.write(fd, value[0].encode())
        pause = time.time() + 0.5
        while time.time() < pause:
            take(0.03)
        while time.time() < until:
            os.write(fd, value[0].encode())
            take(0.03)
    elif action == 'pause':
        until = time.time() + value
        while time.time() < until:
            take(0.05)
    elif action == 'sh':
        subprocess.run(['sh', '-c', value], env={**os.environ, 'PID': str(os.tcgetpgrp(fd))})
end = time.time() + (0.1 if failed else 30)
while not closed and time.time() < end:
    take(0.1)
if not closed:
    failed = failed or 'it did not end'
    os.kill(pid, 9)
_, status = os.waitpid(pid, 0)
code = os.waitstatus_to_exitcode(status)
print(json.dumps({'output': got.decode('utf8', 'replace'), 'code': code, 'failed': failed}))
