import { spawn } from 'node:child_process';
import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openPlace } from '../../src/node/files/openTree.ts';
import { removeTree } from '../../src/node/files/removeTree.ts';
import { attempt, type Call } from '../support/attempt.ts';
import { blocksOf } from '../support/cards.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

const OUTSIDE = 'OUTSIDE-CONTENT-41';

/** A folder outside the workspace whose files must be neither read nor changed. */
async function outsideFolder(): Promise<string> {
  const outside = await temporaryFolder();
  await plant(outside, { 'a.txt': OUTSIDE, 'deep/b.txt': OUTSIDE });
  return outside;
}

function expectUntouched(outside: string): void {
  expect(readdirSync(outside).sort()).toEqual(['a.txt', 'deep']);
  expect(readdirSync(join(outside, 'deep'))).toEqual(['b.txt']);
  for (const name of ['a.txt', 'deep/b.txt']) expect(readFileSync(join(outside, name), 'utf8')).toBe(OUTSIDE);
}

/** A bench where something happens on disk between the first question and its approval. */
async function swapping(
  files: Record<string, string>,
  swap: (bench: Workbench) => void,
  userPolicy?: string,
): Promise<Workbench> {
  let swapped = false;
  const bench: Workbench = await workbench({
    files,
    ...(userPolicy !== undefined && { userPolicy }),
    answer: () => {
      if (!swapped) {
        swapped = true;
        swap(bench);
        return { choice: 'approve' };
      }
      return { choice: 'deny' }; // asked again: this is not what was approved
    },
  });
  return bench;
}

function replaceByLink(path: string, target: string): void {
  rmSync(path, { recursive: true });
  symlinkSync(target, path);
}

const WRITE: Call = { name: 'write_file', args: { path: 'd/a.txt', content: 'new' } };
const FILES = { 'd/a.txt': 'old', 'e/a.txt': 'old', 'keep.txt': 'old' };

test.each<[string, Call]>([
  ['write', WRITE],
  ['create', { name: 'write_file', args: { path: 'd/fresh/new.txt', content: 'new' } }],
  ['edit', { name: 'edit_file', args: { path: 'd/a.txt', old_text: 'old', new_text: 'new' } }],
  ['delete', { name: 'delete_path', args: { path: 'd/a.txt' } }],
  ['move from', { name: 'move_path', args: { from: 'd/a.txt', to: 'e/b.txt' } }],
  ['move to', { name: 'move_path', args: { from: 'e/a.txt', to: 'd/b.txt' } }],
  ['command', { name: 'run_command', args: { command: 'echo new > a.txt', folder: 'd' } }],
])('%s: the folder becomes a link out of the workspace after the approval was asked for', async (_name, call) => {
  const outside = await outsideFolder();
  const bench = await swapping(FILES, ({ folder }) => {
    replaceByLink(join(folder, 'd'), outside);
  });
  const [result] = await attempt(bench, [call]);
  expect(bench.asked).toHaveLength(1);
  expect(result?.outcome).toBe('denied:scope');
  expectUntouched(outside);
  expect(readFileSync(join(bench.folder, 'e/a.txt'), 'utf8')).toBe('old');
});

test('a file that becomes a link out of the workspace is not written through', async () => {
  const outside = await outsideFolder();
  const bench = await swapping(FILES, ({ folder }) => {
    replaceByLink(join(folder, 'd/a.txt'), join(outside, 'a.txt'));
  });
  expect((await attempt(bench, [WRITE]))[0]?.outcome).toBe('denied:scope');
  expectUntouched(outside);
});

test('a folder that becomes a link within the workspace is asked about again, as what it is now', async () => {
  const bench = await swapping(FILES, ({ folder }) => {
    replaceByLink(join(folder, 'd'), 'e');
  });
  expect((await attempt(bench, [WRITE]))[0]?.outcome).toBe('denied:person');
  expect(bench.asked.map(({ card }) => blocksOf(card, 'diff')[0]?.path)).toEqual(['d/a.txt', 'e/a.txt']);
  expect(readFileSync(join(bench.folder, 'e/a.txt'), 'utf8')).toBe('old');
});

test('a file that becomes another name of a denied one is denied', async () => {
  const denied = 'tools: {file_system: {denied_paths: [vault]}}\n';
  const bench = await swapping(
    { ...FILES, 'vault/key': 'KEY' },
    ({ folder }) => {
      rmSync(join(folder, 'd/a.txt'));
      linkSync(join(folder, 'vault/key'), join(folder, 'd/a.txt'));
    },
    denied,
  );
  expect((await attempt(bench, [WRITE]))[0]?.outcome).toBe('denied:denied_paths');
  expect(readFileSync(join(bench.folder, 'vault/key'), 'utf8')).toBe('KEY');
});

test('a folder that gains a file before it is deleted is asked about again', async () => {
  const bench = await swapping(FILES, ({ folder }) => {
    writeFileSync(join(folder, 'd/precious.txt'), 'mine');
  });
  const [result] = await attempt(bench, [{ name: 'delete_path', args: { path: 'd' } }]);
  expect(result?.outcome).toBe('denied:person');
  expect(existsSync(join(bench.folder, 'd/precious.txt'))).toBe(true);
});

test('writing through links that were there all along stays inside', async () => {
  const outside = await outsideFolder();
  const bench = await workbench({ files: FILES });
  symlinkSync(outside, join(bench.folder, 'out'));
  symlinkSync(join(outside, 'new.txt'), join(bench.folder, 'dangling'));
  symlinkSync('missing.txt', join(bench.folder, 'dangling-inside'));
  symlinkSync('e', join(bench.folder, 'inside'));
  const hidden = Buffer.from('echo x > out/a.txt; echo x > dangling; rm -rf out/deep; false').toString('base64');
  const results = await attempt(bench, [
    { name: 'write_file', args: { path: 'out/a.txt', content: 'x' } },
    { name: 'write_file', args: { path: 'out/new/x.txt', content: 'x' } },
    { name: 'write_file', args: { path: 'dangling', content: 'x' } },
    { name: 'write_file', args: { path: 'dangling-inside', content: 'x' } },
    { name: 'move_path', args: { from: 'keep.txt', to: 'out/keep.txt' } },
    { name: 'move_path', args: { from: 'keep.txt', to: 'dangling' } },
    // Names in a here-document are looked up, and would be denied: these are for the sandbox alone.
    { name: 'run_command', args: { command: `echo ${hidden} | base64 -d | bash` } },
    { name: 'run_command', args: { command: 'echo x > out/a.txt' } },
    { name: 'write_file', args: { path: 'inside/n.txt', content: 'x' } },
  ]);
  expect(results.map(({ outcome }) => outcome)).toEqual([
    'denied:scope',
    'denied:scope',
    'denied:scope',
    'failed:not-possible',
    'denied:scope',
    'failed:not-possible',
    'failed',
    'denied:scope',
    'done',
  ]);
  expect(readFileSync(join(bench.folder, 'e/n.txt'), 'utf8')).toBe('x');
  expect(existsSync(join(bench.folder, 'missing.txt'))).toBe(false);
  expectUntouched(outside);
});

/** Another process that keeps swapping a folder for a link to `target`, until the test ends. */
function startSwapping(folder: string, target: string): void {
  const script = `const { renameSync, symlinkSync, unlinkSync } = require('node:fs');
    const [folder, target] = process.argv.slice(1);
    for (;;) try {
      renameSync(folder, folder + '.aside'); symlinkSync(target, folder); unlinkSync(folder); renameSync(folder + '.aside', folder);
    } catch { try { unlinkSync(folder) } catch {} try { renameSync(folder + '.aside', folder) } catch {} }`;
  const child = spawn(process.execPath, ['-e', script, folder, target], { stdio: 'ignore' });
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        child.once('exit', () => {
          resolve();
        });
        child.kill('SIGKILL');
      }),
  );
}

test('while a folder flickers between itself and a link out, nothing outside is read or written', async () => {
  const outside = await outsideFolder();
  const bench = await workbench({ files: FILES, userPolicy: 'confirm_actions: false\n' });
  startSwapping(join(bench.folder, 'd'), outside);
  const calls = Array.from(
    { length: 200 },
    (_, index): Call =>
      [
        { name: 'read_file', args: { path: 'd/a.txt' } },
        { name: 'write_file', args: { path: `d/n${index}.txt`, content: 'mine' } },
        { name: 'list_directory', args: { path: 'd' } },
        { name: 'search_files', args: { path: 'd', pattern: 'OUTSIDE' } },
      ][index % 4] as Call,
  );
  const results = await attempt(bench, calls);
  expectUntouched(outside);
  for (const { text } of results) {
    expect(text).not.toContain(OUTSIDE);
    expect(text).not.toContain('deep');
  }
  expect(new Set(results.map(({ outcome }) => outcome)).size).toBeGreaterThan(1); // it did flicker
}, 180_000); // two hundred calls, each recorded durably

test('a folder that becomes a link in the middle of its removal takes nothing outside with it', async () => {
  const outside = await outsideFolder();
  const root = await temporaryFolder();
  await plant(root, { 'tree/sub/a.txt': 'mine', 'tree/sub/deep/b.txt': 'mine' });
  const sub = join(root, 'tree', 'sub');
  using place = await openPlace(root, join(root, 'tree'));
  const removed = removeTree(place, join(root, 'tree'), (path) => {
    if (path !== join(sub, 'a.txt')) return;
    renameSync(sub, join(root, 'aside'));
    symlinkSync(outside, sub);
  });
  await expect(removed).rejects.toThrow('ENOTDIR'); // the link itself is not what was to go
  expectUntouched(outside);
  expect(existsSync(join(root, 'aside', 'a.txt'))).toBe(false); // it was this one
});
