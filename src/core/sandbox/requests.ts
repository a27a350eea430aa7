/**
 * Requests of ioctl(2) that have a place in a cage; all others are refused. A list of what may be asked, because what
 * file systems answer to is many lists (linux/fs.h, btrfs.h, fscrypt.h, xfs_fs.h, …) that grow: a snapshot or a
 * subvolume shows what a mount hides, some requests name their file by path or number, and some make files that nobody
 * can remove. The numbers are the same on both architectures (asm-generic/ioctl.h), and the kernel takes an unsigned
 * int of the register.
 */

/** Where a request keeps whose it is: asm-generic/ioctl.h, _IOC_TYPE. */
export const FAMILY = 0xff00;

/** Terminals, with what every descriptor knows (FIONREAD, FIOCLEX, …): asm-generic/ioctls.h. And sockets: linux/sockios.h. */
export const ALLOWED_FAMILIES = [0x5400, 0x8900];

/** Terminal calls that put words into another's mouth: TIOCSTI, TIOCLINUX; and TIOCSETD, which loads drivers. */
export const REFUSED_REQUESTS = [0x5412, 0x541c, 0x5423];

/** Copies that share their blocks (both files are open), and looking: linux/fs.h, linux/fiemap.h, linux/random.h. */
export const ALLOWED_REQUESTS = [
  0x40049409, // FICLONE
  0x4020940d, // FICLONERANGE
  0x00000002, // FIGETBSZ
  0x80086601, // FS_IOC_GETFLAGS
  0x80087601, // FS_IOC_GETVERSION
  0x801c581f, // FS_IOC_FSGETXATTR
  0xc020660b, // FS_IOC_FIEMAP
  0x80045200, // RNDGETENTCNT
];

/**
 * Families of file systems, where a refusal is called one: general and ext4 (`f`), general and XFS (`X`), versions
 * (`v`), btrfs, bcachefs, f2fs, OCFS2 (`o`), FAT (`r`), Ceph, CIFS, and the general one without a letter. Anything
 * else gets the answer of a file that does not know the request: programs try such, and go on.
 */
export const FILE_SYSTEM_FAMILIES = [
  ...[0x6600, 0x5800, 0x7600, 0x9400, 0xbc00, 0xf500, 0x6f00, 0x7200, 0x9700, 0xcf00],
  ...[0x0000, 0x1500],
];
