import { describe, expect, test } from 'vitest';
import { TABLES, type Architecture } from '../../src/core/sandbox/systemCalls.ts';
import { callsOn, type Verdict } from '../support/classicBpf.ts';

const EPERM = 1;
const EAFNOSUPPORT = 97;
const ARCHITECTURES: Architecture[] = ['x64', 'arm64'];

/** The kernel takes an int of a register: what stands in its other half must not matter. */
const HIGH = 0xdead_beef_0000_0000n;
const withHigh = (value: number): bigint => HIGH | BigInt(value);

describe.each(ARCHITECTURES)('arguments on %s', (architecture) => {
  const call = callsOn(architecture);
  const has = (name: string): boolean => TABLES[architecture].numbers[name] !== undefined;

  test('clone and unshare make no namespace of any kind', () => {
    const spaces = [0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000];
    const threads = 0x3d0f00; // what pthread_create(3) passes
    for (const space of spaces) {
      expect(call('clone', space | 17), space.toString(16)).toBe(EPERM);
      expect(call('clone', withHigh(space | threads)), space.toString(16)).toBe(EPERM);
      expect(call('unshare', space), space.toString(16)).toBe(EPERM);
    }
    expect(call('unshare', 0x80)).toBe(EPERM); // CLONE_NEWTIME
    for (const flags of [17, threads, 0x4111, 0x01200011])
      expect(call('clone', flags), flags.toString(16)).toBe('allowed');
    expect(call('clone', 0x80 | 17)).toBe('allowed'); // there it is a part of the signal
    for (const flags of [0, 0x200, 0x400]) expect(call('unshare', flags)).toBe('allowed'); // CLONE_FS, CLONE_FILES
  });

  test('sockets are of this machine, IP, or the list of its interfaces', () => {
    for (let family = 0; family < 50; family += 1) {
      const isAllowed = [1, 2, 10].includes(family);
      if (family !== 16)
        expect(call('socket', family, 1, 0), String(family)).toBe(isAllowed ? 'allowed' : EAFNOSUPPORT);
      expect(call('socketpair', family, 1, 0), String(family)).toBe(isAllowed ? 'allowed' : EAFNOSUPPORT);
    }
    for (let protocol = 0; protocol < 32; protocol += 1)
      expect(call('socket', 16, 3, protocol), String(protocol)).toBe(protocol === 0 ? 'allowed' : EAFNOSUPPORT);
    expect(call('socket', withHigh(40), 1, 0)).toBe(EAFNOSUPPORT); // AF_VSOCK
    expect(call('socket', withHigh(1), 1, 0)).toBe('allowed');
    expect(call('socket', 16, 3, withHigh(0))).toBe('allowed');
    expect(call('socket', 16, 3, withHigh(9))).toBe(EAFNOSUPPORT); // NETLINK_AUDIT
  });

  test('terminals keep their words to themselves', () => {
    for (const request of [0x5412, 0x541c, 0x5423]) {
      expect(call('ioctl', 0, request), request.toString(16)).toBe(EPERM);
      expect(call('ioctl', 0, withHigh(request)), request.toString(16)).toBe(EPERM);
      expect(call('ioctl', request, 0), 'only the request counts').toBe('allowed');
    }
    for (const request of [0x5401, 0x5413, 0x541b, 0x5421, 0x5411, 0x541d, 0x5422])
      expect(call('ioctl', 0, request), request.toString(16)).toBe('allowed');
  });

  test('the signal of a parent’s death and being dumpable are not changed, and the calls seem to work', () => {
    for (const option of [1, 4]) {
      expect(call('prctl', option, 0)).toBe(0);
      expect(call('prctl', withHigh(option), 9)).toBe(0);
    }
    for (const option of [0, 2, 3, 5, 15, 22, 38]) expect(call('prctl', option), String(option)).toBe('allowed');
  });

  test('nothing becomes set-user-id or set-group-id', () => {
    const PLACE: Record<string, (mode: number | bigint) => (number | bigint)[]> = {
      chmod: (mode) => [0, mode],
      fchmod: (mode) => [3, mode],
      fchmodat: (mode) => [3, 0, mode],
      fchmodat2: (mode) => [3, 0, mode, 0],
      creat: (mode) => [0, mode],
      mknod: (mode) => [0, mode, 0],
      mknodat: (mode) => [3, 0, mode, 0],
      open: (mode) => [0, 0o101, mode],
      openat: (mode) => [3, 0, 0o101, mode],
    };
    for (const [name, args] of Object.entries(PLACE)) {
      const expected = (verdict: Verdict): Verdict | 'none' => (has(name) ? verdict : 'none');
      for (const mode of [0o4000, 0o2000, 0o6755, 0o4755, 0o2711, 0o107777]) {
        expect(call(name, ...args(mode)), `${name} ${mode.toString(8)}`).toBe(expected(EPERM));
        expect(call(name, ...args(withHigh(mode))), `${name} ${mode.toString(8)}`).toBe(expected(EPERM));
      }
      for (const mode of [0, 0o644, 0o755, 0o1777, 0o100644])
        expect(call(name, ...args(mode)), `${name} ${mode.toString(8)}`).toBe(expected('allowed'));
    }
  });

  test('opening has a mode only where it makes a file', () => {
    const TMPFILE = 0x400000;
    for (const flags of [0, 1, 2, 0o2000, 0o100000, 0o2000000, 0o200000]) {
      expect(call('openat', 3, 0, flags, 0o6777), flags.toString(8)).toBe('allowed');
      expect(['allowed', 'none']).toContain(call('open', 0, flags, 0o6777));
    }
    for (const flags of [0o100, 0o102, 0o301, TMPFILE | 2, TMPFILE | 0o200000 | 2]) {
      expect(call('openat', 3, 0, flags, 0o4755), flags.toString(8)).toBe(EPERM);
      expect([EPERM, 'none']).toContain(call('open', 0, flags, 0o4755));
      expect(call('openat', 3, 0, withHigh(flags), 0o755), flags.toString(8)).toBe('allowed');
    }
  });
});
