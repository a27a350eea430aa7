import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { Scope } from '../../src/core/scope/scope.ts';
import { RootedFiles } from '../../src/node/files/rootedFiles.ts';
import { UnfinishedWrites } from '../../src/node/files/unfinishedWrites.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const SRC = join(import.meta.dirname, '../../src');

/** Writes a file as tools do; `kills`: the process ends as the new one stands beside it. */
function child({ data, folder, kills }: { data: string; folder: string; kills: boolean }): NodeJS.Signals | null {
  const script = `
    import { RootedFiles } from ${JSON.stringify(join(SRC, 'node/files/rootedFiles.ts'))};
    import { UnfinishedWrites } from ${JSON.stringify(join(SRC, 'node/files/unfinishedWrites.ts'))};
    import { Scope } from ${JSON.stringify(join(SRC, 'core/scope/scope.ts'))};
    import fs from 'node:fs/promises';
    const folder = ${JSON.stringify(folder)};
    const scope = new Scope({ roots: [folder], home: '/nonexistent', allowed: [], denied: [], protected: [], secrets: [] });
    const unfinished = new UnfinishedWrites(${JSON.stringify(data)});
    const files = new RootedFiles(() => scope, [], { isStandIn: () => false, unfinished });
    const path = folder + '/a.txt';
    const before = await files.preImage(path);
    if (${kills}) {
      const probe = await fs.open(path);
      Object.getPrototypeOf(probe).sync = () => process.kill(process.pid, 'SIGKILL');
    }
    await files.write(path, Buffer.from('new'), before);
  `;
  const { signal, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  if (signal === null && status !== 0) throw new Error(String(stderr));
  return signal;
}

test('what a killed process was writing goes at the next start, and does not stand in the workspace', async () => {
  const [data, folder] = [await temporaryFolder(), await temporaryFolder()];
  await plant(folder, { 'a.txt': 'old' });
  expect(child({ data, folder, kills: false })).toBe(null); // the control
  expect(readdirSync(folder)).toEqual(['a.txt']);
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('new');
  expect(readdirSync(join(data, 'writes'))).toEqual([]);
  expect(child({ data, folder, kills: true })).toBe('SIGKILL');
  expect(readdirSync(folder)).toEqual(['a.txt']);
  expect(readdirSync(join(data, 'written'))).toHaveLength(1);
  new UnfinishedWrites(data).recover();
  expect(readdirSync(join(data, 'written'))).toEqual([]);
  expect(readdirSync(join(data, 'writes'))).toEqual([]);
});

const MEMORY = '/dev/shm';
const hasAnother = existsSync(MEMORY) && statSync(MEMORY).dev !== statSync(tmpdir()).dev;

test.runIf(hasAnother)(
  'so it does where the data folder is on another file system, and a file is made beside',
  async () => {
    const folder = await temporaryFolder();
    const data = mkdtempSync(join(MEMORY, 'oversign-data-'));
    try {
      await plant(folder, { 'a.txt': 'old' });
      expect(child({ data, folder, kills: false })).toBe(null);
      expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('new');
      expect(child({ data, folder, kills: true })).toBe('SIGKILL');
      expect(readdirSync(folder)).toHaveLength(2);
      new UnfinishedWrites(data).recover();
      expect(readdirSync(folder)).toEqual(['a.txt']);
      expect(readdirSync(join(data, 'writes'))).toEqual([]);
    } finally {
      rmSync(data, { recursive: true });
    }
  },
);

test('whoever watches the folder sees the one name change, and what the file was it is still', async () => {
  const [data, folder] = [await temporaryFolder(), await temporaryFolder()];
  await plant(folder, { 'a.txt': 'old', 'sub/b.txt': 'old' });
  chmodSync(join(folder, 'a.txt'), 0o640);
  const scope = new Scope({
    roots: [folder],
    home: '/nonexistent',
    allowed: [],
    denied: [],
    protected: [],
    secrets: [],
  });
  const seen = new Set<string>();
  const watcher = watch(folder, { recursive: true }, (_, name) => seen.add(String(name)));
  const unfinished = new UnfinishedWrites(data);
  const files = new RootedFiles(() => scope, [], { isStandIn: () => false, unfinished });
  const write = async (name: string): Promise<void> => {
    const path = join(folder, name);
    await files.write(path, Buffer.from('new'), await files.preImage(path));
  };
  const told = (name: string): Promise<void> => vi.waitFor(() => expect(seen).toContain(name), 10_000);
  await write('a.txt');
  await write('sub/b.txt');
  await told('a.txt');
  await told('sub/b.txt');
  writeFileSync(join(folder, 'last'), '');
  await told('last'); // so everything before it was told
  expect([...seen].filter((name) => name.includes('oversign'))).toEqual([]);
  expect(statSync(join(folder, 'a.txt')).mode & 0o777).toBe(0o640);
  expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('new');
  // The control: a new file, which takes what its folder gives it, is made there.
  await write('c.txt');
  await told('c.txt');
  expect([...seen].filter((name) => name.includes('oversign'))).toHaveLength(1);
  watcher.close();
});

test.runIf(process.getuid?.() === 0)(
  'where it cannot be moved from there it is made beside: another mount of the same file system',
  async () => {
    const base = await temporaryFolder();
    const [data, folder, mounted] = ['data', 'folder', 'mounted'].map((name) => join(base, name)) as [
      string,
      string,
      string,
    ];
    await plant(base, { 'folder/a.txt': 'old', 'data/x': '', 'mounted/x': '' });
    execFileSync('mount', ['--bind', folder, mounted]);
    try {
      expect(statSync(mounted).dev).toBe(statSync(data).dev);
      expect(child({ data, folder: mounted, kills: false })).toBe(null);
      expect(readdirSync(folder)).toEqual(['a.txt']);
      expect(readFileSync(join(folder, 'a.txt'), 'utf8')).toBe('new');
      expect([readdirSync(join(data, 'written')), readdirSync(join(data, 'writes'))]).toEqual([[], []]);
    } finally {
      execFileSync('umount', [mounted]);
    }
  },
);

test('what a process that is alive writes stays, and so does what is none of ours', async () => {
  const [data, folder] = [await temporaryFolder(), await temporaryFolder()];
  const writes = new UnfinishedWrites(data);
  const { name, end } = writes.begin(folder);
  writeFileSync(join(folder, name), 'half');
  new UnfinishedWrites(data).recover();
  expect(existsSync(join(folder, name))).toBe(true);
  end();
  const gone = { pid: 4_194_000, start: '1', boot: '' };
  await plant(data, {
    'writes/x.json': JSON.stringify({ owner: gone, path: join(folder, name.replace('tmp', 'txt')) }),
  });
  await plant(folder, { [name.replace('tmp', 'txt')]: 'mine' });
  new UnfinishedWrites(data).recover();
  expect(readdirSync(folder)).toHaveLength(2);
  expect(readdirSync(join(data, 'writes'))).toEqual([]);
});

test('what is on a drive that is not there goes once it is there again; half a note goes after a while', async () => {
  const [data, base] = [await temporaryFolder(), await temporaryFolder()];
  const folder = join(base, 'drive');
  const id = '0f9619ff-8b86-4d01-b42d-00cf4fc964ff';
  const left = join(folder, `.oversign-${id}.tmp`);
  const note = { owner: { pid: 4_194_000, start: '1', boot: '' }, path: left };
  await plant(base, { 'away/a.txt': 'mine', [`away/.oversign-${id}.tmp`]: 'half' });
  await plant(data, {
    [`writes/${id}.json`]: JSON.stringify(note),
    'writes/late.json.new': '{',
    'writes/now.json.new': '{',
    'writes/forgotten.json': JSON.stringify({ ...note, path: join(base, 'never/.oversign-x.tmp').replace('x', id) }),
  });
  const ago = (days: number): Date => new Date(Date.now() - days * 86_400_000);
  utimesSync(join(data, 'writes/late.json.new'), ago(1), ago(1));
  utimesSync(join(data, 'writes/forgotten.json'), ago(31), ago(31));
  new UnfinishedWrites(data).recover();
  expect(readdirSync(join(data, 'writes')).toSorted()).toEqual([`${id}.json`, 'now.json.new']);
  renameSync(join(base, 'away'), folder);
  new UnfinishedWrites(data).recover();
  expect(readdirSync(join(data, 'writes'))).toEqual(['now.json.new']);
  expect(readdirSync(folder)).toEqual(['a.txt']);
});
