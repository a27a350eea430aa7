import { addressText, bytesOf, isMapped } from './address.ts';

/** What an address is for. Whatever is not `public` is refused, unless the policy names it. */
export type AddressKind =
  | 'public'
  | 'this machine'
  | 'private network'
  | 'link-local'
  | 'metadata'
  | 'translated'
  | 'multicast'
  | 'documentation'
  | 'special';

/** Where machines in clouds find their credentials; some of these lie in networks that look ordinary. */
const METADATA = new Set([
  '169.254.169.254', // Amazon, Google, Microsoft, DigitalOcean, OpenStack, Oracle
  '169.254.169.253', // Amazon, names
  '169.254.169.123', // Amazon, time
  '169.254.170.2', // Amazon, credentials of tasks
  '169.254.170.23', // Amazon, credentials of pods
  '169.254.0.23', // Tencent
  '169.254.42.42', // Scaleway
  '168.63.129.16', // Microsoft: looks public, and is its own host
  '100.100.100.200', // Alibaba
  '192.0.0.192', // Oracle, earlier
  'fd00:ec2::254', // Amazon
  'fd00:ec2::23', // Amazon, credentials of pods
  'fd00:ec2::253', // Amazon, names
  'fd20:ce::254', // Google
  'fd00:42::42', // Scaleway
]);

type Net = readonly [net: string, bits: number, kind: Exclude<AddressKind, 'public'>];

/** https://www.iana.org/assignments/iana-ipv4-special-registry, and multicast (RFC 5771) and class E (RFC 1112). */
const FOUR: readonly Net[] = [
  ['0.0.0.0', 8, 'this machine'], // "this network": systems take it for themselves
  ['127.0.0.0', 8, 'this machine'],
  ['10.0.0.0', 8, 'private network'],
  ['172.16.0.0', 12, 'private network'],
  ['192.168.0.0', 16, 'private network'],
  ['100.64.0.0', 10, 'private network'], // carriers, overlay networks, clouds (RFC 6598)
  ['169.254.0.0', 16, 'link-local'],
  ['192.0.2.0', 24, 'documentation'],
  ['198.51.100.0', 24, 'documentation'],
  ['203.0.113.0', 24, 'documentation'],
  ['192.88.99.0', 24, 'translated'], // 6to4's relays (RFC 7526)
  ['192.0.0.0', 24, 'special'],
  ['192.31.196.0', 24, 'special'],
  ['192.52.193.0', 24, 'special'],
  ['192.175.48.0', 24, 'special'],
  ['198.18.0.0', 15, 'special'], // measuring; also what some proxies answer names with
  ['224.0.0.0', 4, 'multicast'],
  ['240.0.0.0', 4, 'special'],
];

/** https://www.iana.org/assignments/iana-ipv6-special-registry. What is in none of these and not in 2000::/3 is not given out. */
const SIX: readonly Net[] = [
  ['::1', 128, 'this machine'],
  ['::', 128, 'this machine'],
  ['::', 96, 'translated'], // an address of IPv4 written the old way (RFC 4291, 2.5.5.1)
  ['::ffff:0:0:0', 96, 'translated'], // RFC 2765
  ['64:ff9b::', 96, 'translated'], // NAT64 (RFC 6052)
  ['64:ff9b:1::', 48, 'translated'], // NAT64, local (RFC 8215)
  ['2002::', 16, 'translated'], // 6to4
  ['2001::', 32, 'translated'], // Teredo
  ['2001:db8::', 32, 'documentation'],
  ['3fff::', 20, 'documentation'], // RFC 9637
  ['2001::', 23, 'special'], // the IETF's own
  ['2620:4f:8000::', 48, 'special'],
  ['fc00::', 7, 'private network'],
  ['fe80::', 10, 'link-local'],
  ['fec0::', 10, 'private network'], // site-local, given up (RFC 3879), and still used
  ['ff00::', 8, 'multicast'],
];

const GLOBAL: Net = ['2000::', 3, 'special'];

/** What an address is for; undefined where it is none. */
export function kindOfAddress(address: string): AddressKind | undefined {
  const written = bytesOf(address);
  if (!written) return undefined;
  const bytes = isMapped(written) ? written.slice(12) : written;
  if (METADATA.has(addressText(bytes))) return 'metadata';
  const found = (bytes.length === 4 ? FOUR : SIX).find((net) => isIn(bytes, net));
  if (found) return found[2];
  if (bytes.length === 4) return 'public';
  if (!isIn(bytes, GLOBAL)) return 'special';
  return isIsatap(bytes) ? 'translated' : 'public';
}

function isIn(bytes: readonly number[], [net, bits]: Net): boolean {
  const other = bytesOf(net);
  return (
    other !== undefined &&
    bytes.every((byte, at) => (byte & mask(bits - 8 * at)) === ((other[at] ?? 0) & mask(bits - 8 * at)))
  );
}

/** The first so many bits of one byte. */
function mask(bits: number): number {
  return bits >= 8 ? 255 : bits <= 0 ? 0 : (255 << (8 - bits)) & 255;
}

/** An address of IPv4 in the last bytes, which a tunnel would reach (RFC 5214, 6.1). */
function isIsatap(bytes: readonly number[]): boolean {
  return [0, 2].includes(bytes[8] ?? 1) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
}
