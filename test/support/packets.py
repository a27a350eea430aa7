"""`unshare --user --map-root-user --net --mount python3 packets.py REPORT COMMAND...`: runs the command in a network with
a way out, and writes to REPORT as JSON how many packets were sent in it, by interface, protocol and ends.

The way out is real: a default route for both families over `out0` to another namespace, where 10.99.0.9 answers that no
port is open, and whose 10.99.0.53 is the name server. Whatever the command sends there is sent, and counted.
"""

import ctypes
import json
import os
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time

OUTGOING = 4  # <linux/if_packet.h>: each packet once, where it is sent
CLONE_NEWNET = 0x40000000


def ip(*words):
    subprocess.run(["ip", *words], check=True)


def neighbour():
    """A process in a namespace of its own, which has the other end."""
    made, moved = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG: it ends with whoever counts
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET) != 0:
            os._exit(1)
        os.write(made[1], b".")
        os.read(moved[0], 1)
        ip("link", "set", "lo", "up")
        for address in ("10.99.0.9/24", "10.99.0.53/24", "fd99::9/64"):
            ip("addr", "add", address, "dev", "out1", *(["nodad"] if ":" in address else []))
        ip("link", "set", "out1", "up")
        os.write(made[1], b".")
        time.sleep(3600)
        os._exit(0)
    os.read(made[0], 1)
    ip("link", "set", "out1", "netns", str(child))
    os.write(moved[1], b".")
    os.read(made[0], 1)
    return child


def network():
    ip("link", "set", "lo", "up")
    ip("link", "add", "out0", "type", "veth", "peer", "name", "out1")
    child = neighbour()
    ip("link", "set", "out0", "addrgenmode", "none")
    ip("addr", "add", "10.99.0.1/24", "dev", "out0")
    ip("link", "set", "out0", "up")
    try:
        ip("addr", "add", "fd99::1/64", "dev", "out0", "nodad")
        ip("-6", "route", "add", "default", "via", "fd99::9")
    except subprocess.CalledProcessError:
        pass  # a kernel without IPv6
    ip("route", "add", "default", "via", "10.99.0.9")
    with tempfile.NamedTemporaryFile("w", delete=False) as names:
        names.write("nameserver 10.99.0.53\noptions timeout:1 attempts:1\n")
    os.chmod(names.name, 0o644)
    subprocess.run(["mount", "--bind", names.name, os.path.realpath("/etc/resolv.conf")], check=True)
    return child


def ends(frame, protocol):
    """What a packet is: its protocol and both ends."""
    if protocol == 0x0800:
        head, kind = (frame[0] & 15) * 4, frame[9]
        source, target = (socket.inet_ntop(socket.AF_INET, frame[at : at + 4]) for at in (12, 16))
    elif protocol == 0x86DD:
        head, kind = 40, frame[6]
        source, target = (socket.inet_ntop(socket.AF_INET6, frame[at : at + 16]) for at in (8, 24))
    else:
        return f"ether {protocol:04x}", "", ""
    if kind in (6, 17):
        ports = struct.unpack("!HH", frame[head : head + 4])
        return {6: "tcp", 17: "udp"}[kind], f"{source}:{ports[0]}", f"{target}:{ports[1]}"
    return f"ip {kind}", source, target


def main():
    report, command = sys.argv[1], sys.argv[2:]
    child = network()
    # SOCK_DGRAM: without the link's own header, on every interface that there is or comes.
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024 * 1024)  # as much as there may be

    # What the kernel says of a new interface is over before anything is counted.
    quiet = time.time() + 1.5
    while time.time() < quiet:
        if select.select([wire], [], [], 0.2)[0]:
            wire.recv(65536)
            quiet = max(quiet, time.time() + 1.5)

    counts, seen = {}, 0

    def take(seconds):
        nonlocal seen
        if not select.select([wire], [], [], seconds)[0]:
            return False
        frame, (name, protocol, kind, *_) = wire.recvfrom(65536)
        if kind == OUTGOING:
            seen += 1
            key = (name, *ends(frame, protocol))
            counts[key] = counts.get(key, 0) + 1
        return True

    running = subprocess.Popen(command)
    while running.poll() is None:
        take(0.2)
    last = time.time() + 1
    while time.time() < last:
        take(0.1)
    _, dropped = struct.unpack("II", wire.getsockopt(263, 6, 8))  # SOL_PACKET, PACKET_STATISTICS
    os.kill(child, 9)
    packets = [dict(zip(("on", "protocol", "from", "to"), key), count=count) for key, count in counts.items()]
    with open(report, "w") as file:
        json.dump({"code": running.returncode, "seen": seen, "missed": dropped, "packets": packets}, file)


main()
