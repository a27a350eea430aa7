import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { BlobCheckpoints } from '../../src/node/checkpoint/blobCheckpoints.ts';
import { KeptVersions } from '../../src/node/checkpoint/keptVersions.ts';
import { preImageAt } from '../../src/node/files/preImage.ts';
import { runCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/tree.ts';
import { placeIn } from '../support/places.ts';
import { workbench } from '../support/workbench.ts';

const DAY = 86_400_000;
const KB = 1000;
const FULL = { undo: 'whole', place: placeIn('/nowhere') } as const;

/** Versions as a run keeps them, as old as is said. */
async function kept(runs: Record<string, { days: number; files: string[] }>) {
  const data = await temporaryFolder();
  const checkpoints = new BlobCheckpoints(data);
  const now = Date.now();
  const path = join(data, 'file.txt');
  for (const [run, { days, files }] of Object.entries(runs)) {
    for (const [index, text] of files.entries()) {
      writeFileSync(path, text.repeat(KB));
      const before = [await preImageAt(path, path)];
      await checkpoints.begin({ run, action: `a${index}` }, { kind: 'paths', before }, FULL);
    }
    const at = new Date(now - days * DAY);
    utimesSync(join(data, 'checkpoints', run), at, at);
    for (const blob of blobsIn(data)) if (statSync(blob).mtimeMs > now - DAY) utimesSync(blob, at, at);
  }
  const isWhole = async (run: string, action: string): Promise<boolean> =>
    (await checkpoints.content({ run, action }, path)) !== undefined;
  return { data, versions: new KeptVersions(data), isWhole };
}

function blobsIn(data: string): string[] {
  const folder = join(data, 'blobs');
  return readdirSync(folder).flatMap((start) =>
    readdirSync(join(folder, start)).map((rest) => join(folder, start, rest)),
  );
}

const RUNS = {
  oldest: { days: 9, files: ['a', 'b'] },
  older: { days: 5, files: ['b', 'c'] },
  now: { days: 0, files: ['c', 'd', 'e'] },
};

test('what is too old goes, and what others keep as well stays', async () => {
  const { data, versions, isWhole } = await kept(RUNS);
  expect(await versions.count()).toMatchObject({ runs: 3, bytes: 5 * KB });
  expect(await versions.prune({ days: 7, bytes: 100 * KB })).toEqual({ runs: 1, bytes: KB });
  expect(await isWhole('oldest', 'a0')).toBe(false);
  for (const [run, action] of [
    ['older', 'a0'],
    ['older', 'a1'],
    ['now', 'a0'],
    ['now', 'a2'],
  ] as const)
    expect(await isWhole(run, action)).toBe(true);
  expect(existsSync(join(data, 'blobs', 'trash'))).toBe(false);
});

test('of too much the oldest goes first, and never what a run at work has just kept', async () => {
  const { versions, isWhole } = await kept(RUNS);
  expect(await versions.prune({ days: null, bytes: 4 * KB })).toEqual({ runs: 1, bytes: KB });
  expect(await versions.prune({ days: null, bytes: 1 })).toEqual({ runs: 1, bytes: KB });
  expect(await versions.count()).toMatchObject({ runs: 1, bytes: 3 * KB });
  for (const action of ['a0', 'a1', 'a2']) expect(await isWhole('now', action)).toBe(true);
});

test('a content that is put in place again while it is swept stays', async () => {
  const { data, versions, isWhole } = await kept({ one: { days: 9, files: ['a'] } });
  const path = join(data, 'file.txt');
  const checkpoints = new BlobCheckpoints(data);
  const [, again] = await Promise.all([
    versions.prune({ days: 1, bytes: 1 }),
    (async () => {
      const before = [await preImageAt(path, path)];
      return checkpoints.begin({ run: 'two', action: 'a0' }, { kind: 'paths', before }, FULL);
    })(),
  ]);
  expect(again.kept?.files).toBe(1);
  expect(await isWhole('two', 'a0')).toBe(true);
});

test('what was left half written and damaged manifests are no hindrance, and no name leads elsewhere', async () => {
  const { data, versions } = await kept({ one: { days: 9, files: ['a'] } });
  writeFileSync(join(data, 'blobs', 'x.tmp'), 'half');
  utimesSync(join(data, 'blobs', 'x.tmp'), new Date(0), new Date(0));
  mkdirSync(join(data, 'checkpoints', 'two'));
  writeFileSync(join(data, 'checkpoints', 'two', 'a.json'), '{');
  writeFileSync(join(data, 'audit.db'), 'log');
  expect(await versions.erase(['..', '../..', '', 'one'])).toMatchObject({ runs: 1, bytes: KB });
  expect(existsSync(join(data, 'audit.db'))).toBe(true);
  expect(existsSync(join(data, 'blobs', 'x.tmp'))).toBe(false);
});

test('doctor counts them, and erasing a run takes its own', async () => {
  const bench = await workbench({ files: { 'a.txt': 'x'.repeat(5000) }, userPolicy: 'confirm_actions: false\n' });
  const [event] = await bench.run([{ calls: [{ name: 'write_file', args: { path: 'a.txt', content: 'new\n' } }] }]);
  const { stdout } = await runCli(['doctor', '--workspace', bench.folder], { base: dirname(bench.folder) });
  expect(stdout).toContain('kept versions: earlier versions of files that 1 run changed take 5 KiB');
  expect(stdout).toContain('over undo.size (audit.retention.size, or 2.0 GiB, where it says none)');
  await bench.engine.stop('the test ended');
  const old = new Date(Date.now() - 2 * 3_600_000);
  for (const blob of blobsIn(bench.data)) utimesSync(blob, old, old);
  const erased = await bench.node.audit.erase({ scope: 'run', run: event?.run ?? '' });
  expect(erased.runs).toEqual([event?.run]);
  expect(await bench.node.keptVersions.erase(erased.runs)).toMatchObject({ runs: 1 });
  expect(await bench.node.keptVersions.count()).toEqual({ runs: 0, bytes: 0, trees: { workspaces: 0, bytes: 0 } });
});

test('what commands changed and the copy of the workspace are counted, told, and go with the run', async () => {
  const bench = await workbench({ files: { 'a.txt': randomBytes(50_000).toString('hex') } });
  const [event] = await bench.run([{ calls: [{ name: 'run_command', args: { command: 'rm a.txt' } }] }]);
  const { stdout } = await runCli(['doctor', '--workspace', bench.folder], { base: dirname(bench.folder) });
  expect(stdout).toMatch(/undo of commands: copies of 1 workspace take \d+ KiB/);
  const count = await bench.node.keptVersions.count();
  for (const bytes of [count.bytes, count.trees.bytes]) expect(bytes).toBeGreaterThan(50_000);
  await bench.engine.stop('the test ended');
  const { runs } = await bench.node.audit.erase({ scope: 'run', run: event?.run ?? '' });
  expect(await bench.node.keptVersions.erase(runs)).toMatchObject({ runs: 1, bytes: count.bytes });
  expect(await bench.node.keptVersions.count()).toEqual({ runs: 0, bytes: 0, trees: { workspaces: 0, bytes: 0 } });
});

test('a copy of a workspace that nobody used for long goes, and the oldest when they are too much', async () => {
  const data = await temporaryFolder();
  const tree = (name: string, days: number): string => {
    const folder = join(data, 'trees', name);
    mkdirSync(folder, { recursive: true });
    const at = new Date(Date.now() - days * DAY);
    for (const file of ['entries.jsonl', 'pack']) {
      writeFileSync(join(folder, file), 'x'.repeat(KB));
      utimesSync(join(folder, file), at, at);
    }
    return folder;
  };
  const [unused, older, newer, now] = [tree('a', 40), tree('b', 9), tree('c', 5), tree('d', 0)];
  const versions = new KeptVersions(data);
  await versions.prune({ days: null, bytes: 100 * KB });
  expect([unused, older, newer, now].map((folder) => existsSync(folder))).toEqual([false, true, true, true]);
  await versions.prune({ days: null, bytes: 4 * KB });
  expect([older, newer, now].map((folder) => existsSync(folder))).toEqual([false, true, true]);
  await versions.prune({ days: null, bytes: 1 });
  expect([newer, now].map((folder) => existsSync(folder))).toEqual([false, true]);
});
