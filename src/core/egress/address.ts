/** The bytes of an address, 4 or 16 of them; undefined where it is none, or is of one interface alone (`fe80::1%eth0`). */
export function bytesOf(address: string): number[] | undefined {
  return address.includes(':') ? sixteen(address) : four(address);
}

/** An address in its usual spelling (RFC 5952), and one of IPv4 that is written as one of IPv6 as what it is. */
export function addressText(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join('.');
  if (isMapped(bytes)) return bytes.slice(12).join('.');
  // The URL standard's own serializer writes it as everybody does.
  const groups = Array.from({ length: 8 }, (_, at) => groupAt(bytes, at).toString(16));
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1);
}

/** `::ffff:0:0/96` (RFC 4291, 2.5.5.2): an address of IPv4. */
export function isMapped(bytes: readonly number[]): boolean {
  return bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && groupAt(bytes, 5) === 0xffff;
}

function groupAt(bytes: readonly number[], at: number): number {
  return (bytes[2 * at] ?? 0) * 256 + (bytes[2 * at + 1] ?? 0);
}

/** Decimal, four parts, nothing before them: `010.0.0.1` means different things to different programs, so it is none. */
function four(text: string): number[] | undefined {
  if (!/^(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})$/.test(text)) return undefined;
  const bytes = text.split('.').map(Number);
  return bytes.every((byte) => byte <= 255) ? bytes : undefined;
}

function sixteen(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half, index) => groupsOf(half, index === halves.length - 1));
  if (!head || (halves.length === 2 && !tail)) return undefined;
  if (!tail) return head.length === 16 ? head : undefined;
  const missing = 16 - head.length - tail.length;
  return missing < 2 ? undefined : [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** `isLast`: its last group may be an address of IPv4. */
function groupsOf(half: string, isLast: boolean): number[] | undefined {
  if (half === '') return [];
  const groups = half.split(':');
  const bytes = groups.flatMap((group, index) => {
    if (isLast && group.includes('.') && index === groups.length - 1) return four(group) ?? [NaN];
    if (!/^[0-9a-f]{1,4}$/i.test(group)) return [NaN];
    const value = parseInt(group, 16);
    return [value >> 8, value & 255];
  });
  return bytes.some(Number.isNaN) ? undefined : bytes;
}
