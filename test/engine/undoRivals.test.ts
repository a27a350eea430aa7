import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { turnsOf, type ActionNode } from '../../src/core/audit/tree.ts';
import { BlobCheckpoints } from '../../src/node/checkpoint/blobCheckpoints.ts';
import { SCAN_LIMITS } from '../../src/node/checkpoint/tree/scan.ts';
import { treeState } from '../support/treeState.ts';
import { workbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

// What undo has broken elsewhere, one test for each: the numbers are those of the reports.

const FREE = 'sandbox: false\n';

async function scene(options: WorkbenchOptions = {}): Promise<Workbench> {
  return workbench({ userPolicy: FREE, files: { 'a.txt': 'one\n', 'b.txt': 'two\n' }, ...options });
}

async function ran(bench: Workbench, ...commands: string[]): Promise<{ run: string; actions: ActionNode[] }> {
  const calls = commands.map((command) => ({ name: 'run_command', args: { command } }));
  const events = await bench.run([{ calls }]);
  return { run: bench.engine.view().run?.id ?? '', actions: turnsOf(events).flatMap(({ actions }) => actions) };
}

function shown(bench: Workbench): string {
  return JSON.stringify(bench.asked.at(-1)?.card.blocks ?? []);
}

function git(folder: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=n', '-c', 'user.email=e@example.com'];
  return execFileSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8' });
}

function committed(folder: string): void {
  git(folder, 'init', '-q');
  git(folder, 'add', '-A');
  git(folder, 'commit', '-qm', 'one');
}

test('a restore that deletes (gemini-cli#13331, cline#1213, Roo-Code#6209, copilot-cli#1675): what nobody changed stays', async () => {
  const bench = await scene({ files: { 'a.txt': 'one\n', '.gitignore': 'data/\n', 'data/big.bin': 'only read\n' } });
  committed(bench.folder);
  const { run } = await ran(bench, 'cat data/big.bin > copy; echo x > a.txt');
  writeFileSync(join(bench.folder, 'mine.txt'), 'untracked\n');
  expect(await bench.engine.revertRun(run)).toMatchObject({ status: 'done' });
  expect(readFileSync(join(bench.folder, 'data/big.bin'), 'utf8')).toBe('only read\n');
  expect(readFileSync(join(bench.folder, 'mine.txt'), 'utf8')).toBe('untracked\n');
  expect([existsSync(join(bench.folder, 'copy')), readFileSync(join(bench.folder, 'a.txt'), 'utf8')]).toEqual([
    false,
    'one\n',
  ]);
});

test('an uncommitted .gitignore that is reverted (cline#14367): what it protected stays', async () => {
  const bench = await scene();
  committed(bench.folder);
  writeFileSync(join(bench.folder, '.gitignore'), 'secret/\n');
  mkdirSync(join(bench.folder, 'secret'));
  writeFileSync(join(bench.folder, 'secret/key'), 'k\n');
  const before = treeState(bench.folder);
  const { run } = await ran(bench, 'git reset -q --hard; rm .gitignore; git clean -fdq');
  expect(existsSync(join(bench.folder, 'secret'))).toBe(false);
  expect(await bench.engine.revertRun(run)).toMatchObject({ status: 'done' });
  expect(treeState(bench.folder)).toEqual(before);
});

test('the user’s repository (cline#4388, codex#8214, #29388): nothing is ever written into .git', async () => {
  const bench = await scene();
  committed(bench.folder);
  const before = treeState(join(bench.folder, '.git'), []);
  const { run } = await ran(bench, 'echo x > a.txt; rm b.txt; mkdir n; echo y > n/m');
  expect(await bench.engine.revertRun(run)).toMatchObject({ status: 'done' });
  expect(treeState(join(bench.folder, '.git'), [])).toEqual(before);
});

test('nested repositories, submodules and links (Roo-Code#4509, #8164, #11340): folders like others, no link followed', async () => {
  const bench = await scene({ files: { 'a.txt': 'one\n', 'inner/x.txt': 'x\n', 'sub/y.txt': 'y\n' } });
  committed(join(bench.folder, 'inner'));
  writeFileSync(join(bench.folder, 'sub/.git'), 'gitdir: ../inner/.git\n');
  const outside = join(dirname(bench.folder), 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'theirs.txt'), 'theirs\n');
  symlinkSync(outside, join(bench.folder, 'out'));
  const before = treeState(bench.folder, []);
  const { run, actions } = await ran(bench, 'echo z > inner/x.txt; rm sub/y.txt');
  expect(actions[0]?.changed?.paths.map(({ path }) => path.slice(bench.folder.length + 1))).toEqual([
    'inner/x.txt',
    'sub/y.txt',
  ]);
  expect(await bench.engine.revertRun(run)).toMatchObject({ status: 'done' });
  expect(treeState(bench.folder, [])).toEqual(before);
  expect(readFileSync(join(outside, 'theirs.txt'), 'utf8')).toBe('theirs\n');
  expect(bench.asked[0]?.undo).toContain('what it does outside the workspace');
});

test('silent absence (gemini-cli#4115, #11243, claude-code#14002, #15403, #18771): commands are covered, the rest is named', async () => {
  const bench = await scene({
    files: { 'a.txt': 'one\n', 'node_modules/m/i.js': '1\n' },
    change: ({ parts, folders }) => {
      const limits = { ...SCAN_LIMITS, fileBytes: 1000 };
      parts.checkpoints = new BlobCheckpoints(folders.data, undefined, { limits });
    },
  });
  writeFileSync(join(bench.folder, 'large.bin'), 'x'.repeat(2000));
  const before = treeState(bench.folder);
  const { run } = await ran(bench, 'rm -r node_modules; echo over > large.bin; echo x > a.txt');
  const named = ['node_modules', 'large.bin'];
  for (const name of named) expect(bench.asked[0]?.undo).toContain(`\`${name}\``);
  const { text } = await bench.engine.revertRun(run);
  expect(text).toContain('Reverted.');
  for (const name of named) expect(shown(bench)).toContain(join(bench.folder, name));
  const now = treeState(bench.folder);
  const otherwise = Object.keys({ ...before, ...now }).filter((path) => before[path] !== now[path]);
  expect(otherwise.filter((path) => !named.some((name) => path.startsWith(name)))).toEqual([]);
});

test('one corrupt store disables all (cline#9631): one damaged object loses one object, and that is said', async () => {
  const bench = await scene({ files: { 'a.txt': 'one\n'.repeat(100), 'b.txt': 'two\n'.repeat(100) } });
  const { run, actions } = await ran(bench, 'rm a.txt b.txt');
  const folder = join(bench.data, 'checkpoints', run);
  const manifest = JSON.parse(readFileSync(join(folder, `${actions[0]?.id ?? ''}.json`), 'utf8')) as {
    kept: { path: string; at?: { offset: number; length: number } }[];
  };
  const at = manifest.kept.find(({ path }) => path.endsWith('a.txt'))?.at;
  const pack = await open(join(folder, `${actions[0]?.id ?? ''}.pack`), 'r+');
  await pack.write(Buffer.alloc(at?.length ?? 0), 0, at?.length ?? 0, at?.offset ?? 0); // null bytes, as after a crash
  await pack.close();
  const result = await bench.engine.revertRun(run);
  expect(result).toMatchObject({ status: 'failed' });
  expect(result.text).toContain('What stood at a.txt is not kept any more.');
  expect(existsSync(join(bench.folder, 'a.txt'))).toBe(false);
  expect(readFileSync(join(bench.folder, 'b.txt'), 'utf8')).toBe('two\n'.repeat(100));
});

test('a store with null bytes at its end, or in its middle, is gone on with', async () => {
  const bench = await scene();
  await ran(bench, 'echo x > a.txt');
  const [tree = ''] = readdirSync(join(bench.data, 'trees'));
  const entries = join(bench.data, 'trees', tree, 'entries.jsonl');
  const lines = readFileSync(entries, 'utf8').split('\n');
  const damaged = lines.map((line) => (line.includes('"b.txt"') ? '\0'.repeat(line.length) : line));
  writeFileSync(entries, damaged.join('\n'));
  appendFileSync(entries, `["c.txt",{"kind":${'\0'.repeat(100)}`);
  const before = treeState(bench.folder);
  const { run } = await ran(bench, 'rm a.txt b.txt; echo c > c.txt');
  expect(await bench.engine.revertRun(run)).toMatchObject({ status: 'done', text: 'Reverted.' });
  expect(treeState(bench.folder)).toEqual(before);
});

test('growth (cline#4388): above its cap nothing is kept, and the card says so; the same content is kept once', async () => {
  const bench = await scene({
    change: ({ parts, folders }) => {
      const limits = { ...SCAN_LIMITS, bytes: 100_000 };
      parts.checkpoints = new BlobCheckpoints(folders.data, undefined, { limits });
    },
  });
  const text = Array.from({ length: 5000 }, (_, line) => `${line * 7919}`).join('\n');
  for (const name of ['x1', 'x2']) writeFileSync(join(bench.folder, name), text);
  await ran(bench, 'echo x > a.txt');
  const once = (await bench.node.keptVersions.count()).trees.bytes;
  expect(once).toBeLessThan(text.length);
  writeFileSync(join(bench.folder, 'huge'), 'x'.repeat(100_000));
  const { run } = await ran(bench, 'echo y > a.txt');
  expect(bench.asked.at(-1)).toMatchObject({ undoState: 'none' });
  expect((await bench.node.keptVersions.count()).trees.bytes).toBeLessThan(once * 1.5);
  await expect(bench.engine.revertRun(run)).resolves.toMatchObject({ status: 'failed' });
});

test('what a person changed while a command ran is in the list, and the card says that it may be theirs', async () => {
  const bench = await scene();
  const running = ran(bench, 'echo x > a.txt; sleep 2');
  await expect.poll(() => readFileSync(join(bench.folder, 'a.txt'), 'utf8'), { timeout: 90_000 }).toBe('x\n');
  writeFileSync(join(bench.folder, 'b.txt'), 'a person’s\n');
  const { run, actions } = await running;
  expect(actions[0]?.changed).toMatchObject({ seen: 1 });
  expect(actions[0]?.changed?.paths.map(({ path }) => path)).toContain(join(bench.folder, 'b.txt'));
  await bench.engine.revertRun(run, { only: [join(bench.folder, 'a.txt')] });
  expect(shown(bench)).toContain('A command ran meanwhile');
  expect(readFileSync(join(bench.folder, 'a.txt'), 'utf8')).toBe('one\n');
  expect(readFileSync(join(bench.folder, 'b.txt'), 'utf8')).toBe('a person’s\n');
});

test('what is denied is neither kept nor listed', async () => {
  const bench = await workbench({
    userPolicy: 'tools: {file_system: {denied_paths: [private]}}\n',
    files: { 'a.txt': 'one\n', 'private/p.txt': 'nobody reads this\n' },
  });
  const { actions } = await ran(bench, 'echo x > a.txt');
  expect(actions[0]?.changed?.paths.map(({ path }) => path)).toEqual([join(bench.folder, 'a.txt')]);
  const [tree = ''] = readdirSync(join(bench.data, 'trees'));
  expect(readFileSync(join(bench.data, 'trees', tree, 'pack'), 'utf8')).toContain('one');
  expect(readFileSync(join(bench.data, 'trees', tree, 'pack'), 'utf8')).not.toContain('nobody reads');
});
