import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '../../src/core/outcome.ts';
import { pastOf } from '../../src/core/agent/past.ts';
import { NamedFiles } from '../../src/extension/namedFiles.ts';
import { workbench } from '../support/workbench.ts';

const POLICY = 'tools:\n  file_system:\n    denied_paths: ["secrets/"]\n';

async function world() {
  const bench = await workbench({
    files: { 'src/a.ts': 'a\n', 'secrets/key.pem': 'x\n', 'a b.md': 'x\n' },
    userPolicy: POLICY,
  });
  const outside = join(bench.home, 'outside.txt');
  writeFileSync(outside, 'x\n');
  symlinkSync(outside, join(bench.folder, 'link.txt'));
  symlinkSync('src', join(bench.folder, 'also'));
  symlinkSync('loop', join(bench.folder, 'loop'));
  mkdirSync(join(bench.folder, 'folder.d'));
  return { ...bench, outside, files: new NamedFiles(bench.engine, bench.node) };
}

test('of the paths that words name, files of the workspace are there, and nothing else is', async () => {
  const { files, folder, outside } = await world();
  const there = ['src/a.ts', './src/a.ts', 'src/../src/a.ts', 'also/a.ts', 'a b.md', join(folder, 'src/a.ts')];
  const absent = [
    ...['no.ts', 'src', 'folder.d', 'src/a.ts/b', 'loop', 'a\u0000b', 'x'.repeat(1000)],
    ...['secrets/key.pem', 'src/../secrets/key.pem'],
    ...['link.txt', outside, `../../home/outside.txt`, '/etc/passwd', '~/outside.txt', '//host/share/x', '\\\\host\\x'],
  ];
  expect(await files.find([...there, ...absent])).toEqual({ there, absent });
});

test.each([
  ['src/none.ts', /not there/],
  ['src', /no file/],
  ['../../home/outside.txt', /outside the workspace/],
  ['link.txt', /outside the workspace/],
  ['/etc/passwd', /outside the workspace/],
  ['//host/share/x', /outside the workspace/],
  ['secrets/key.pem', /denied by your policy/],
])('%s is not opened, and it is said why', async (path, words) => {
  const { files } = await world();
  await expect(files.opened(path)).rejects.toThrow(words);
  await expect(files.opened(path)).rejects.toThrow(Failure);
});

test('control: what is opened is the file itself, whatever links lead there', async () => {
  const { files, folder } = await world();
  expect(await files.opened('also/a.ts')).toBe(join(folder, 'src/a.ts'));
});

test('a look says where it looked, while it runs and as the log has it', async () => {
  const bench = await world();
  const { engine, folder } = bench;
  const events = await bench.run([
    {
      calls: [
        { name: 'read_file', args: { path: 'also/a.ts' } },
        { name: 'list_directory', args: { path: 'src' } },
        { name: 'search_files', args: { pattern: 'a', path: '.' } },
        { name: 'write_file', args: { path: 'new.txt', content: 'x' } },
      ],
    },
  ]);
  const looks = (engine.view().run?.entries ?? []).flatMap((entry) => (entry.kind === 'action' ? [entry.looks] : []));
  expect(looks).toEqual([
    { effect: 'read', places: [join(folder, 'src/a.ts')] },
    { effect: 'list', places: [join(folder, 'src')] },
    { effect: 'search', places: [folder] },
    undefined,
  ]);
  const past = pastOf(events).entries.flatMap((entry) => (entry.kind === 'action' ? [entry.looks] : []));
  expect(past).toEqual(looks);
});

test('a task is offered no file that is kept from the agent, and none at all where the policy is broken', async () => {
  const { files, folder, config } = await world();
  const paths = ['src/a.ts', 'secrets/key.pem', 'a b.md'].map((path) => join(folder, path));
  expect(await files.offered(paths)).toEqual([paths[0], paths[2]]);
  expect(await files.offered([join(folder, '../elsewhere.txt')])).toEqual([]);
  writeFileSync(join(config, 'policy.yaml'), 'tols: {}\n');
  expect(await files.offered(paths)).toEqual([]);
});
