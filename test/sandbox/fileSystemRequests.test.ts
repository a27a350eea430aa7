import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { caged } from '../support/sandboxRun.ts';
import { ordinaryAccount, type OrdinaryAccount } from '../support/ordinaryAccount.ts';
import { temporaryFolder } from '../support/tree.ts';

// Requests of ioctl(2) that show once more what a mount hides, on a real btrfs; and those that any file system knows.

const isRoot = process.getuid?.() === 0;
const mkfs = ['/usr/sbin/mkfs.btrfs', '/sbin/mkfs.btrfs', '/usr/bin/mkfs.btrfs'].find((path) => existsSync(path));

const BEGIN = `import ctypes, fcntl, os, struct, sys
print("began", flush=True)
libc = ctypes.CDLL(None, use_errno=True)
def ask(fd, request, argument):
    if libc.ioctl(fd, ctypes.c_ulong(request), argument) < 0: raise OSError(ctypes.get_errno(), "refused")
here = os.open(".", os.O_RDONLY)
def shown(path): print(open(path).read(), flush=True)
`;

/** Each shows what is in secret.key, which is masked, without opening that name. */
const ATTACKS: [name: string, code: string][] = [
  ['a snapshot', 'ask(here, 0x50009401, struct.pack("q4088s", here, b"snap")); shown("snap/secret.key")'],
  [
    'a snapshot, by the newer call',
    'ask(here, 0x50009417, struct.pack("qQQ32s4040s", here, 0, 0, b"", b"snap")); shown("snap/secret.key")',
  ],
  [
    'a snapshot, by a longer number',
    `libc.syscall.restype = ctypes.c_long
n = 16 if os.uname().machine == "x86_64" else 29
assert libc.syscall(ctypes.c_long(n), ctypes.c_long(here), ctypes.c_ulong(0xdeadbeef50009401), struct.pack("q4088s", here, b"snap")) == 0
shown("snap/secret.key")`,
  ],
];

/** What lasts, or looks around: no content, but refused all the same. The words come from the kernel where it is asked. */
const REQUESTS: [name: string, code: string][] = [
  ['a subvolume', 'ask(here, 0x5000940e, struct.pack("q4088s", 0, b"volume"))'],
  ['the names of inodes', 'ask(here, 0xd0009412, struct.pack("QQ4080s", 0, 256, b""))'],
  ['an entry that stays', 'f = os.open("f", os.O_CREAT | os.O_RDWR); ask(f, 0x40086602, struct.pack("l", 0x40))'],
];

const python = (code: string): string[] => ['/usr/bin/python3', '-c', BEGIN + code];

/** The same mask, and no filter. */
function unfiltered(folder: string, argv: readonly string[], user?: string): string {
  const cage = [
    ...['bwrap', '--dev-bind', '/', '/', '--ro-bind', '/dev/null', join(folder, 'secret.key'), '--chdir', folder],
    ...argv,
  ];
  const [file = '', ...args] =
    user === undefined ? cage : ['su', '-s', '/bin/bash', user, '-c', 'exec "$0" "$@"', '--', ...cage];
  return spawnSync(file, args, { encoding: 'utf8' }).stdout;
}

describe('requests on any file system', () => {
  // What nobody answers to is refused in other words than where nobody was asked.
  const said = (request: string): string[] =>
    python(`try: ask(here, ${request}, bytes(4096))\nexcept OSError as e: print(e.errno)`);

  test.each([
    ['BTRFS_IOC_SNAP_CREATE_V2', '0x50009417', '25'],
    ['BCH_IOCTL_SUBVOLUME_CREATE', '0x4030bc10', '25'],
    ['OCFS2_IOC_REFLINK', '0x40186f04', '25'],
    ['XFS_IOC_OPEN_BY_HANDLE', '0x4038586b', '25'],
  ])('%s is refused before the file system is asked', async (_name, request, control) => {
    const cage = await caged(await temporaryFolder());
    expect((await cage.run(said(request))).output).toBe('began\n1\n');
    writeFileSync(join(cage.folder, 'secret.key'), '');
    expect(unfiltered(cage.folder, said(request))).toBe(`began\n${control}\n`);
  });

  test('what everyday programs ask is answered', async () => {
    const cage = await caged(await temporaryFolder());
    const result = await cage.run(
      [
        'echo content > a && cp --reflink=auto a b && cat b',
        // The size of a block is there on every file system.
        `python3 -c 'import fcntl, struct; print(struct.unpack("i", fcntl.ioctl(open("a"), 2, bytes(4)))[0] > 0)'`,
        `python3 -c 'import os; m, s = os.openpty(); print(os.isatty(s), os.get_terminal_size(s).lines)'`,
        `python3 -c 'import array, fcntl, os, termios; r, w = os.pipe(); os.write(w, b"123"); n = array.array("i", [0]); fcntl.ioctl(r, termios.FIONREAD, n); print(n[0])'`,
        'cp -a a c && cp -p a d && install -m 755 a e && sed -i s/content/changed/ d && cat c d',
      ].join(' && '),
    );
    expect(result.output).toBe('content\nTrue\nTrue 0\n3\ncontent\nchanged\n');
  });
});

const missing = !isRoot ? 'needs root' : mkfs === undefined ? 'needs mkfs.btrfs (package btrfs-progs)' : undefined;
let place: string | undefined;
let trouble = missing;
if (mkfs !== undefined && missing === undefined) {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'oversign-btrfs-')));
  try {
    const image = join(place, 'image');
    execFileSync('truncate', ['-s', '256M', image]);
    execFileSync(mkfs, ['-q', image]);
    mkdirSync(join(place, 'mounted'));
    execFileSync('mount', ['-o', 'loop', image, join(place, 'mounted')], { stdio: 'pipe' });
  } catch (error) {
    trouble = `a btrfs cannot be mounted here: ${error instanceof Error ? error.message.trim() : ''}`;
  }
}

describe.skipIf(trouble !== undefined)(`${trouble === undefined ? '' : `(skipped: ${trouble}) `}on btrfs`, () => {
  const mounted = join(place ?? '', 'mounted');
  let account: OrdinaryAccount;
  const prepared = (folder: string): void => {
    writeFileSync(join(folder, 'secret.key'), 'SECRET');
  };
  /** Snapshots are removed as what they are. */
  const tidied = (folder: string): void => {
    for (const name of ['snap', 'volume'])
      if (existsSync(join(folder, name)))
        execFileSync('/usr/bin/env', ['btrfs', 'subvolume', 'delete', join(folder, name)], { stdio: 'pipe' });
    spawnSync('chattr', ['-i', join(folder, 'f')]);
    rmSync(join(folder, 'f'), { force: true });
  };
  beforeAll(async () => {
    account = await ordinaryAccount('oversign-btrfs');
    mkdirSync(join(mounted, 'root'));
    for (const at of ['root/work', 'account']) execFileSync('btrfs', ['subvolume', 'create', join(mounted, at)]);
    mkdirSync(join(account.folder, 'work'));
    prepared(join(mounted, 'root/work'));
    // The account's workspace is a subvolume of its own.
    execFileSync('mount', ['--bind', join(mounted, 'account'), join(account.folder, 'work')], {
      stdio: 'pipe',
    });
    prepared(join(account.folder, 'work'));
    account.own();
  });
  afterAll(async () => {
    spawnSync('umount', [join(account.folder, 'work')]);
    await account.close();
    execFileSync('umount', [mounted]);
    rmSync(place ?? '', { recursive: true, force: true });
  });

  test.each(ATTACKS)('%s does not show what is hidden, to root', async (_name, code) => {
    const cage = await caged(join(mounted, 'root'));
    const { output } = await cage.run(python(code), { denied: ['*.key'] });
    expect(output).toMatch(/^began/);
    expect(output).not.toContain('SECRET');
    expect(existsSync(join(cage.folder, 'snap'))).toBe(false);
    expect(unfiltered(cage.folder, python(code))).toBe('began\nSECRET\n');
    tidied(cage.folder);
  });

  test('nor to an ordinary user', async () => {
    const folder = join(account.folder, 'work');
    const results = await account.run(
      [...ATTACKS, ...REQUESTS].map(([, code]) => python(code)),
      { denied: ['*.key'] },
    );
    for (const { output } of results) {
      expect(output).toMatch(/^began[^]*refused|^began[^]*AssertionError/);
      expect(output).not.toContain('SECRET');
    }
    for (const [name, code] of ATTACKS) {
      expect(unfiltered(folder, python(code), 'oversign-btrfs'), name).toBe('began\nSECRET\n');
      tidied(folder);
    }
  });

  test.each(REQUESTS)('%s is refused', async (_name, code) => {
    const cage = await caged(join(mounted, 'root'));
    expect((await cage.run(python(`${code}; print("done")`))).output).toContain('[Errno 1]');
    expect(unfiltered(cage.folder, python(`${code}; print("done")`))).toBe('began\ndone\n');
    tidied(cage.folder);
  });

  test('a reflink is still made, and of what is hidden there is none', async () => {
    const cage = await caged(join(mounted, 'root'));
    const command =
      'echo content > a; cp --reflink=always a b && cat b; cp --reflink=always secret.key c || echo no; rm -f a b c';
    const result = await cage.run(command, { denied: ['*.key'] });
    expect(result.output).toMatch(/^content\n/);
    // What cp says of it comes through another pipe, and may come before or after.
    expect(result.output).toMatch(/^no$/m);
    expect(result.output).not.toContain('SECRET');
  });
});
