import { BlockList, isIP, isIPv6 } from 'node:net';

const NEAR = new BlockList();
// RFC 1918, RFC 6598 (carriers' and overlay networks), RFC 4193; this machine's own are near too.
for (const [net, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
] as const)
  NEAR.addSubnet(net, bits, 'ipv4');
NEAR.addSubnet('fc00::', 7, 'ipv6');
NEAR.addAddress('::1', 'ipv6');

/** Whether an address is of a private network: nothing of the internet, no metadata service, nobody's. */
export function isNearAddress(address: string): boolean {
  return isIP(address) !== 0 && NEAR.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
