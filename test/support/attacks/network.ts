import { AS_ROOT, bash, BARE, networkWith, node, python, rootWithin, type Attack } from './kinds.ts';

const route = (family: string, address: string): string =>
  `s = socket.socket(socket.${family}, socket.SOCK_DGRAM); s.connect(("${address}", 53))`;

export const NETWORK: Attack[] = [
  python('TCP to this machine', 'told(socket.create_connection(("127.0.0.1", int(E["W_TCP"])), 3))'),
  node(
    'TCP to this machine from node',
    'net.connect(+E.W_TCP, "127.0.0.1").on("data", () => process.exit(0)).on("error", () => process.exit(1))',
  ),
  bash(
    'TCP to this machine from bash',
    'exec 9<>"/dev/tcp/127.0.0.1/$W_TCP" && read -r -t 3 -n 6 -u 9 word && [ "$word" = SECRET ]',
  ),
  python('TCP to this machine over IPv6', 'told(socket.create_connection(("::1", int(E["W_TCP6"])), 3))'),
  python('TCP to this machine’s outer address', 'told(socket.create_connection((E["W_ADDRESS"], int(E["W_TCP"])), 3))'),
  python(
    'UDP',
    's = socket.socket(type=socket.SOCK_DGRAM); s.settimeout(2); s.connect(("127.0.0.1", int(E["W_UDP"]))); s.send(b"x"); told(s)',
  ),
  python(
    'UDP to this machine’s outer address',
    's = socket.socket(type=socket.SOCK_DGRAM); s.settimeout(2); s.sendto(b"x", (E["W_ADDRESS"], int(E["W_UDP"]))); told(s)',
  ),
  python('a name server', route('AF_INET', '192.0.2.53'), networkWith('192.0.2.53/32')),
  python('a name server over IPv6', route('AF_INET6', '2001:db8::53'), networkWith('2001:db8::53/128')),
  python('a cloud’s keys', route('AF_INET', '169.254.169.254'), networkWith('169.254.169.254/32')),
  node(
    'a cloud’s keys from node',
    'const s = require("dgram").createSocket("udp4"); s.on("error", () => process.exit(1)); s.connect(80, "169.254.169.254", (e) => process.exit(e ? 1 : 0))',
    networkWith('169.254.169.254/32'),
  ),
  python(
    'everybody near',
    's = socket.socket(type=socket.SOCK_DGRAM); s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1); s.sendto(b"x", ("192.0.2.255", 9))',
    networkWith('192.0.2.1/24 broadcast 192.0.2.255'),
  ),
  python('raw packets', 'socket.socket(socket.AF_PACKET, socket.SOCK_RAW)', AS_ROOT),
  python('raw packets of IP', 'socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)', AS_ROOT),
  python(
    'a ping',
    's = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1); s.settimeout(2); s.sendto(struct.pack("!BBHHH", 8, 0, 0xf7fd, 1, 1), ("127.0.0.1", 0)); s.recv(99)',
    AS_ROOT,
  ),
  python(
    'an interface changed',
    'fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 0x49))',
    rootWithin('unshare -n'),
  ),
  python(
    'an address added',
    'm = struct.pack("IHHIIBBBBI", 32, 20, 0x605, 1, 0, 2, 32, 0, 0, 1) + struct.pack("HHBBBB", 8, 2, 192, 0, 2, 9); s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0); s.send(m); assert struct.unpack_from("i", s.recv(999), 16)[0] == 0',
    rootWithin('unshare -n'),
  ),
  python(
    'the network of a process outside',
    'f = os.open(f"/proc/{E[\'W_VICTIM\']}/ns/net", os.O_RDONLY); done((308, 268), f, 0x40000000); told(socket.create_connection(("127.0.0.1", int(E["W_TCP"])), 3))',
    rootWithin('unshare -n'),
  ),
];

const opened = (family: number | string, type: number, protocol = 0): string =>
  `done((41, 198), ${family}, ${type}, ${protocol})`;

/** Sockets that stay on this machine. */
export const SOCKETS: Attack[] = [
  python('abstract', 's = socket.socket(socket.AF_UNIX); s.connect("\\0" + E["W_MARK"]); told(s)'),
  node(
    'abstract, from node',
    'net.connect("\\0" + E.W_MARK).on("data", () => process.exit(0)).on("error", () => process.exit(1))',
  ),
  python('in the workspace', 's = socket.socket(socket.AF_UNIX); os.chdir(E["W_WORK"]); s.connect("socket"); told(s)'),
  python(
    'in the workspace, by a second name',
    'os.chdir(E["W_WORK"]); os.link("socket", "own")\ntry: s = socket.socket(socket.AF_UNIX); s.connect("own"); told(s)\nfinally: os.remove("own")',
  ),
  node(
    'elsewhere',
    'net.connect(E.W_BASE + "/other/socket").on("data", () => process.exit(0)).on("error", () => process.exit(1))',
  ),
  python('of the agent that holds keys', 's = socket.socket(socket.AF_UNIX); s.connect(E["SSH_AUTH_SOCK"]); told(s)', {
    ...BARE,
    within: 'env SSH_AUTH_SOCK="$W_BASE/other/socket"',
  }),
  bash('a FIFO in the workspace', 'echo x > "$W_WORK/pipe"'),
  // Families that no network namespace holds, and parts of the kernel that have doors of their own.
  python('to the host of a virtual machine', opened(40, 1), AS_ROOT),
  python('to the host of a virtual machine, by a longer number', opened('(1 << 32) | 40', 1), AS_ROOT),
  python(
    'of any family that few use',
    'assert any(call((41, 198), f, t, 0)[0] >= 0 for f in range(3, 46) if f not in (10, 16, 17, 40) for t in (1, 2, 3, 5))',
    AS_ROOT,
  ),
  python('to the kernel’s events', opened(16, 3, 15)),
  python('to the kernel’s generic doors', opened(16, 3, 16)),
  python('to the kernel’s list of sockets', opened(16, 3, 4)),
  python('to the kernel’s packet filter', opened(16, 3, 12), AS_ROOT),
];
