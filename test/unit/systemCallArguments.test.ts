import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TABLES, type Architecture } from '../../src/core/sandbox/systemCalls.ts';
import { callsOn, type Verdict } from '../support/classicBpf.ts';

const EPERM = 1;
const ENOTTY = 25;
const EAFNOSUPPORT = 97;
const ARCHITECTURES: Architecture[] = ['x64', 'arm64'];

/** What shows once more what a mount hides: linux/btrfs.h; fs/bcachefs/bcachefs_ioctl.h; fs/ocfs2/ocfs2_ioctl.h. */
const SNAPSHOTS = {
  BTRFS_IOC_SNAP_CREATE: 0x50009401,
  BTRFS_IOC_SNAP_CREATE_V2: 0x50009417,
  BTRFS_IOC_SUBVOL_CREATE: 0x5000940e,
  BTRFS_IOC_SUBVOL_CREATE_V2: 0x50009418,
  BTRFS_IOC_SNAP_DESTROY: 0x5000940f,
  BTRFS_IOC_SNAP_DESTROY_V2: 0x5000943f,
  BTRFS_IOC_SUBVOL_SETFLAGS: 0x4008941a,
  BTRFS_IOC_SEND: 0x40489426,
  BTRFS_IOC_CLONE_WITHOUT_SIZE: 0x00009409,
  BCH_IOCTL_SUBVOLUME_CREATE: 0x4030bc10,
  BCH_IOCTL_SUBVOLUME_DESTROY: 0x4030bc11,
  OCFS2_IOC_REFLINK: 0x40186f04,
};
/** What finds or reads by number what has no name in the cage: also linux/fs.h, fs/xfs/libxfs/xfs_fs.h. */
const SEARCHES = {
  BTRFS_IOC_TREE_SEARCH: 0xd0009411,
  BTRFS_IOC_TREE_SEARCH_V2: 0xc0709411,
  BTRFS_IOC_INO_LOOKUP: 0xd0009412,
  BTRFS_IOC_INO_LOOKUP_USER: 0xd000943e,
  BTRFS_IOC_INO_PATHS: 0xc0389423,
  BTRFS_IOC_LOGICAL_INO: 0xc0389424,
  BTRFS_IOC_LOGICAL_INO_V2: 0xc038943b,
  BTRFS_IOC_ENCODED_READ: 0x80809440,
  FIDEDUPERANGE: 0xc0189436,
  FS_IOC_GETFSMAP: 0xc0c0583b,
  XFS_IOC_OPEN_BY_HANDLE: 0x4038586b,
  XFS_IOC_READLINK_BY_HANDLE: 0x4038586c,
  XFS_IOC_FSBULKSTAT: 0xc0205865,
  XFS_IOC_BULKSTAT: 0x8040587f,
  FS_IOC_GETFSSYSFSPATH: 0x80811501,
  VFAT_IOCTL_READDIR_BOTH: 0x82307201,
};
/** What lasts: entries that cannot be removed, encryption, file systems that stand still. */
const LASTING = {
  FS_IOC_SETFLAGS: 0x40086602,
  FS_IOC_SETVERSION: 0x40087602,
  FS_IOC_FSSETXATTR: 0x401c5820,
  FS_IOC_SET_ENCRYPTION_POLICY: 0x800c6613,
  FS_IOC_ADD_ENCRYPTION_KEY: 0xc0506617,
  FS_IOC_ENABLE_VERITY: 0x40806685,
  EXT4_IOC_MOVE_EXT: 0xc028660f,
  EXT4_IOC_SWAP_BOOT: 0x6611,
  FIFREEZE: 0xc0045877,
  FITHAW: 0xc0045878,
  FITRIM: 0xc0185879,
  FIBMAP: 0x1,
  F2FS_IOC_START_ATOMIC_WRITE: 0xf501,
};
/** linux/fs.h, linux/fiemap.h, linux/random.h, asm-generic/ioctls.h, linux/sockios.h. */
const INNOCENT = {
  FICLONE: 0x40049409,
  FICLONERANGE: 0x4020940d,
  FIGETBSZ: 0x2,
  FS_IOC_GETFLAGS: 0x80086601,
  FS_IOC_GETVERSION: 0x80087601,
  FS_IOC_FSGETXATTR: 0x801c581f,
  FS_IOC_FIEMAP: 0xc020660b,
  RNDGETENTCNT: 0x80045200,
  TCGETS: 0x5401,
  TCGETS2: 0x802c542a,
  TIOCGWINSZ: 0x5413,
  TIOCGPTN: 0x80045430,
  TIOCSPTLCK: 0x40045431,
  FIONREAD: 0x541b,
  FIONBIO: 0x5421,
  FIOCLEX: 0x5451,
  SIOCGIFCONF: 0x8912,
  SIOCGIFINDEX: 0x8933,
};

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
      expect(call('ioctl', request, 0x5401), 'only the request counts').toBe('allowed');
    }
    for (const request of [0x5401, 0x5413, 0x541b, 0x5421, 0x5411, 0x541d, 0x5422])
      expect(call('ioctl', 0, request), request.toString(16)).toBe('allowed');
  });

  test('what file systems do beside reading and writing is left out, reflinks and looking are not', () => {
    for (const [name, request] of Object.entries({ ...SNAPSHOTS, ...SEARCHES, ...LASTING })) {
      expect(call('ioctl', 3, request), name).toBe(EPERM);
      expect(call('ioctl', 3, withHigh(request)), name).toBe(EPERM);
    }
    for (const [name, request] of Object.entries(INNOCENT)) {
      expect(call('ioctl', 3, request), name).toBe('allowed');
      expect(call('ioctl', 3, withHigh(request)), name).toBe('allowed');
    }
  });

  test('any request that nobody has looked at is refused, whatever its direction and size', () => {
    const request = fc
      .record({
        head: fc.integer({ min: 0, max: 0xffff }),
        family: fc.integer({ min: 0, max: 255 }),
        number: fc.nat(255),
      })
      .map(({ head, family, number }) => head * 0x10000 + family * 0x100 + number)
      .filter((one) => !Object.values(INNOCENT).includes(one) && ![0x54, 0x89].includes((one >>> 8) & 255));
    fc.assert(
      fc.property(request, (one) => {
        expect([EPERM, ENOTTY], one.toString(16)).toContain(call('ioctl', 3, one));
      }),
      { numRuns: 2000 },
    );
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
