import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PROTECTED } from '../../src/core/policy/controlFiles.ts';
import { Scope } from '../../src/core/scope/scope.ts';
import { FolderWatch, Lost } from '../../src/node/sandbox/knownFolders/folderWatch.ts';
import { KnownFolders } from '../../src/node/sandbox/knownFolders/knownFolders.ts';
import { survey, type Survey } from '../../src/node/sandbox/survey.ts';
import { temporaryFolder } from '../support/tree.ts';

let base: string;
let work: string;
let known: KnownFolders;
let scope: Scope;

beforeEach(async () => {
  base = await temporaryFolder();
  work = join(base, 'work');
  for (const folder of ['src/a/b', 'src/c', 'node_modules/p/lib', 'secrets', '.git/hooks', 'tools/bare/refs'])
    mkdirSync(join(work, folder), { recursive: true });
  for (const file of ['src/a/one.ts', 'src/a/b/two.ts', 'node_modules/p/lib/x.js', 'secrets/key', '.git/HEAD'])
    writeFileSync(join(work, file), file);
  mkdirSync(join(base, 'data'));
  known = new KnownFolders(join(base, 'data'), 0);
  scope = new Scope({
    roots: [work],
    home: join(base, 'home'),
    allowed: [],
    denied: ['secrets', '*.key', 'src/c/private'].map((written) => ({ written, origin: { layer: 'user' } })),
    protected: PROTECTED,
    secrets: [],
  });
});

afterEach(() => known.close());

const rules = (of = scope) => ({
  key: of.placesKey,
  deniesInside: true,
  isHidden: (path: string) => of.isHidden(path),
  isProtected: (path: string) => of.isProtected(path),
  isAboveProtected: (path: string) => of.isAboveProtected(path),
});

const NOTHING_CLOSED = { closedBefore: new Set<string>(), deniedBefore: new Set<string>() };

function sorted(found: Survey): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(found).map(([name, value]) => [name, Array.isArray(value) ? (value as string[]).toSorted() : value]),
  );
}

const kept = async (when: 'before' | typeof NOTHING_CLOSED = 'before') =>
  sorted(await known.survey({ roots: [work], rules: rules(), when }));

/** What is kept is what is there: as the look that looks at everything finds it. */
async function asLookedAt(what: string): Promise<void> {
  expect(await kept(), `${what}, before`).toEqual(sorted(await survey([work], rules(), 'before')));
  expect(await kept(NOTHING_CLOSED), `${what}, after`).toEqual(sorted(await survey([work], rules(), NOTHING_CLOSED)));
}

const as = (path: string): string => join(work, path);

/** Each is done to the workspace by somebody else, between two commands or during one. */
const CHANGES: Record<string, () => void> = {
  'a file comes': () => writeFileSync(as('src/a/new.ts'), ''),
  'a denied file comes': () => writeFileSync(as('src/a/b/new.key'), ''),
  'a repository comes': () => mkdirSync(as('node_modules/p/.git/hooks'), { recursive: true }),
  'a control file comes deep': () => {
    mkdirSync(as('node_modules/q/deep/.vscode'), { recursive: true });
    writeFileSync(as('node_modules/q/deep/.vscode/tasks.json'), '{}');
  },
  'a folder becomes a bare repository': () => {
    writeFileSync(as('tools/bare/HEAD'), '');
    mkdirSync(as('tools/bare/objects'));
  },
  'and is none any more': () => rmSync(as('tools/bare/HEAD')),
  'a folder is renamed': () => renameSync(as('src/a'), as('src/moved')),
  'and changes under its new name': () => writeFileSync(as('src/moved/b/after.key'), ''),
  'and comes back': () => renameSync(as('src/moved'), as('src/a')),
  'two folders are exchanged': () => {
    renameSync(as('src/a'), as('src/x'));
    renameSync(as('src/c'), as('src/a'));
    renameSync(as('src/x'), as('src/c'));
  },
  'in what is called otherwise now something comes': () => mkdirSync(as('src/c/b/.git/hooks'), { recursive: true }),
  'another folder of that name stands there, with the same times': () => {
    const times = statSync(as('src/c'));
    const parent = statSync(as('src'));
    mkdirSync(join(base, 'other/.husky'), { recursive: true });
    writeFileSync(join(base, 'other/.husky/pre-commit'), '');
    renameSync(as('src/c'), join(base, 'gone'));
    renameSync(join(base, 'other'), as('src/c'));
    utimesSync(as('src/c'), times.atime, times.mtime);
    utimesSync(as('src'), parent.atime, parent.mtime);
  },
  'what was moved away changes, and is nobody’s business': () => writeFileSync(join(base, 'gone/x.key'), ''),
  'it is moved back in under another name': () => renameSync(join(base, 'gone'), as('src/back')),
  'a file is a folder now': () => {
    rmSync(as('node_modules/p/lib/x.js'));
    mkdirSync(as('node_modules/p/lib/x.js/.git'), { recursive: true });
  },
  'a folder is a link now': () => {
    renameSync(as('src/c'), join(base, 'elsewhere'));
    symlinkSync(join(base, 'elsewhere'), as('src/c'));
  },
  'there, beyond the link, something comes': () => writeFileSync(join(base, 'elsewhere/late.key'), ''),
  'the link is a folder again': () => {
    rmSync(as('src/c'));
    renameSync(join(base, 'elsewhere'), as('src/c'));
  },
  'made, taken away and made within one tick of the clock': () => {
    for (let turn = 0; turn < 20; turn += 1) {
      mkdirSync(as('src/tick/.git'), { recursive: true });
      if (turn < 19) rmSync(as('src/tick'), { recursive: true });
    }
  },
  'through a link to the workspace': () => {
    symlinkSync(work, join(base, 'link'));
    writeFileSync(join(base, 'link/src/through.key'), '');
  },
  'by another process': () => {
    execFileSync('/bin/sh', ['-c', 'mkdir -p "$1/src/by/.devcontainer" && : > "$1/src/by/x.key"', 'sh', work]);
  },
  'a second name of a denied file comes': () => linkSync(as('secrets/key'), as('src/second.txt')),
  'a second name comes in a denied folder': () => linkSync(as('src/through.key'), as('secrets/second')),
  'a visible file gets a name in a denied folder': () => {
    writeFileSync(as('src/open.txt'), '');
    linkSync(as('src/open.txt'), as('secrets/open'));
  },
  'the second name goes': () => rmSync(as('secrets/open')),
  'a protected file gets a second name': () => {
    writeFileSync(as('AGENTS.md'), '');
    linkSync(as('AGENTS.md'), as('src/twin.md'));
  },
  'everything below a folder goes': () => rmSync(as('node_modules'), { recursive: true }),
  'and comes again': () => mkdirSync(as('node_modules/p/lib/.git'), { recursive: true }),
};

test('what is kept is what is there, whatever is done in between', async () => {
  await asLookedAt('at first');
  for (const [what, change] of Object.entries(CHANGES)) {
    change();
    await asLookedAt(what);
    // Not because everything is looked at each time.
    const { watched, listed } = known.effort;
    expect(watched, what).toBeGreaterThan(10);
    await kept();
    expect(known.effort.listed - listed, what).toBe(0);
  }
});

test('names that rules are about are found as they are now, whatever is done in between', async () => {
  const looked = { ...rules(), key: 'names', isHidden: (path: string) => /\.key$|\/node_modules$/.test(path) };
  const names = async (): Promise<readonly string[] | undefined> => (await known.hidden([work], looked))?.toSorted();
  expect(await names()).toBeUndefined(); // nothing was looked at so far
  await kept();
  let found = 0;
  for (const [what, change] of Object.entries(CHANGES)) {
    change();
    const { deniedFiles, deniedFolders } = await survey([work], looked, NOTHING_CLOSED);
    expect(await names(), what).toEqual([...deniedFiles, ...deniedFolders].toSorted());
    found += deniedFiles.length;
  }
  expect(found).toBeGreaterThan(10);
  // The control: a folder that was passed over is not watched for this.
  const { listed } = known.effort;
  mkdirSync(as('node_modules/p/lib/deep'), { recursive: true });
  await names();
  expect(known.effort.listed - listed).toBeLessThan(4);
});

test('where little changed, little is looked at', async () => {
  for (let index = 0; index < 300; index += 1) mkdirSync(as(`node_modules/many${index}/lib`), { recursive: true });
  await kept(); // large enough to be watched from the next one on
  await kept();
  const { listed } = known.effort;
  writeFileSync(as('node_modules/many7/lib/x.key'), '');
  writeFileSync(as('src/a/one.ts'), 'other content');
  chmodSync(as('src/a/one.ts'), 0o600);
  const found = await kept();
  expect(found['deniedFiles']).toContain(as('node_modules/many7/lib/x.key'));
  expect(known.effort.listed - listed).toBe(1);
});

test('other rules find other things, and both are kept up to date', async () => {
  await kept();
  const strict = scope;
  const open = new Scope({ roots: [work], home: base, allowed: [], denied: [], protected: [], secrets: [] });
  for (const name of ['one', 'two', 'three']) {
    scope = open;
    await asLookedAt(`open, ${name}`);
    mkdirSync(as(`secrets/${name}`));
    renameSync(as('src/a'), as('src/z'));
    scope = strict;
    writeFileSync(as(`src/c/${name}.key`), '');
    await asLookedAt(`strict, ${name}`);
    renameSync(as('src/z'), as('src/a'));
  }
  expect(known.effort.watched).toBeGreaterThan(10);
});

test('another folder in the place of the workspace is looked at anew', async () => {
  await asLookedAt('at first');
  renameSync(work, join(base, 'before'));
  mkdirSync(join(work, '.git/hooks'), { recursive: true });
  await asLookedAt('another one');
  rmSync(work, { recursive: true });
  renameSync(join(base, 'before'), work);
  await asLookedAt('the first one again');
});

test.runIf(process.getuid?.() === 0)('what is mounted over a folder, and is gone again, is seen', async () => {
  await asLookedAt('at first');
  mkdirSync(join(base, 'below/.git/hooks'), { recursive: true });
  writeFileSync(join(base, 'below/x.key'), '');
  execFileSync('mount', ['--bind', join(base, 'below'), as('src/c')]);
  try {
    await asLookedAt('mounted');
    expect((await kept())['deniedFiles']).toContain(as('src/c/x.key'));
    writeFileSync(join(base, 'below/y.key'), '');
    await asLookedAt('changed beyond the mount');
  } finally {
    execFileSync('umount', [as('src/c')]);
  }
  await asLookedAt('unmounted');
  // The same folder under another name: the kernel tells of the folder, by whatever name it is reached.
  mkdirSync(join(base, 'window'));
  execFileSync('mount', ['--bind', as('src/a'), join(base, 'window')]);
  try {
    await kept();
    writeFileSync(join(base, 'window/through.key'), '');
    expect((await kept())['deniedFiles']).toContain(as('src/a/through.key'));
  } finally {
    execFileSync('umount', [join(base, 'window')]);
  }
});

const LIMITS = { queued: 16_384, folders: 1000 };

function watching(limits = LIMITS): FolderWatch {
  const watch = new FolderWatch([work], mkdtempSync(join(base, 'marks-')), limits);
  watch.list([{ path: as('src/c'), fresh: true }]);
  return watch;
}

test('every change is told, or it is said that some may be lost', async () => {
  const most = Number(execFileSync('cat', ['/proc/sys/fs/inotify/max_queued_events']));
  const few = watching({ ...LIMITS, queued: most });
  // Nobody fetches anything meanwhile: this thread is at work.
  for (let index = 0; index < 1000; index += 1) writeFileSync(as(`src/c/few${index}`), '');
  const changes = await few.changes();
  expect(changes.get(as('src/c'))?.size).toBe(1000);
  const many = watching({ ...LIMITS, queued: most });
  // Each is two changes.
  for (let index = 0; index <= most / 4; index += 1) {
    renameSync(as('src/c/few0'), as('src/c/other'));
    renameSync(as('src/c/other'), as('src/c/few0'));
  }
  // The queue was full, and the last one of all was dropped.
  mkdirSync(as('src/c/dropped'));
  await expect(many.changes()).rejects.toThrow(Lost);
  await expect(many.changes()).rejects.toThrow(Lost);
});

test('more folders than may be watched are not watched at all', () => {
  const watch = watching({ ...LIMITS, folders: 3 });
  expect(() => watch.list(['src', 'src/a', 'src/a/b'].map((path) => ({ path: as(path), fresh: true })))).toThrow(Lost);
});

test('of a file system that does not tell of changes nothing is kept', () => {
  const watch = watching();
  expect(() => watch.list([{ path: '/proc', fresh: true }])).toThrow(Lost);
  expect(watch.list([{ path: as('src'), fresh: true }])).toMatchObject([{ kinds: ['folder', 'folder'] }]);
});

test('after more changes than can be told all is looked at, and it goes on', async () => {
  await asLookedAt('at first');
  execFileSync('/bin/bash', [
    '-c',
    'cd "$1" && for i in {1..30000}; do : > f$((i % 50)); done; mkdir -p late/.git',
    'bash',
    as('src/c'),
  ]);
  await asLookedAt('after');
  writeFileSync(as('src/late.key'), '');
  await asLookedAt('later');
  expect(known.effort.watched).toBeGreaterThan(10);
});

test('sockets and odd names are seen as before', async () => {
  await asLookedAt('at first');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(as('src/a/socket'), resolve));
  try {
    writeFileSync(Buffer.from(`${as('src/a')}/ÿþ.key`, 'latin1'), '');
    mkdirSync(Buffer.from(`${as('src')}/é/.git`, 'latin1'), { recursive: true });
    await asLookedAt('with them');
    expect((await kept())['specials']).toEqual([as('src/a/socket')]);
  } finally {
    server.close();
  }
  await asLookedAt('without');
  expect(readdirSync(join(base, 'data/marks'))).toEqual([]);
});
