/** An address that a connection is made to. */
export interface Address {
  address: string;
  family: 4 | 6;
}

// Tried in this order: a local server that listens on one of the two is found either way.
const OWN: Address[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/**
 * Where a host lies on this machine, without asking anybody; undefined where it is not known to. `host` is a URL's
 * hostname, so every spelling of an IPv4 address (127.1, 0x7f000001, 2130706433) is its usual one already. `localhost`
 * and names below it mean this machine whatever the name service says (RFC 6761, section 6.3); addresses of loopback
 * are RFC 1122, 3.2.1.3 and RFC 4291, 2.5.3. Other names are not this machine, wherever they lead.
 */
export function loopbackAddresses(host: string): Address[] | undefined {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return OWN;
  if (/^127\.\d+\.\d+\.\d+$/.test(name) && name === host.toLowerCase()) return [{ address: name, family: 4 }];
  if (name === '[::1]') return [{ address: '::1', family: 6 }];
  // An IPv4 address written as one of IPv6 (RFC 4291, 2.5.5.2): the bytes 7f 00 00 01 are 7f00:1.
  const mapped = /^\[::ffff:7f([0-9a-f]{2}):([0-9a-f]{1,4})\]$/.exec(name);
  if (!mapped) return undefined;
  const [second, rest] = [parseInt(mapped[1] ?? '', 16), parseInt(mapped[2] ?? '', 16)];
  return [{ address: `127.${second}.${rest >> 8}.${rest & 0xff}`, family: 4 }];
}

export function isLoopback(host: string): boolean {
  return loopbackAddresses(host) !== undefined;
}

/** Addresses that name no machine (RFC 1122, 3.2.1.3; RFC 4291, 2.5.2); systems take them for some of their own. */
export function namesNoMachine(host: string): boolean {
  return (
    /^0\.\d+\.\d+\.\d+$/.test(host) || host === '[::]' || /^\[::ffff:0{0,2}[0-9a-f]{0,2}:[0-9a-f]{1,4}\]$/.test(host)
  );
}
