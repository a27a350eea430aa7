import { renameSync, symlinkSync } from 'node:fs';
import { opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { git } from '../support/repository.ts';
import { plant } from '../support/tree.ts';
import { attempt } from '../support/attempt.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

// Git's store is there for a line with git in it. Nothing else in that line may come to it, by whatever names.

const CANARY = 'canary-4711-beside';
const DENY = 'tools: {file_system: {denied_paths: ["private/"]}}\n';
const HEAD = "(printf '\\037\\213\\010\\0\\0\\0\\0\\0\\0\\003';";
const INFLATE = "| tail -c +3) | cat | gzip -dc 2>/dev/null | tr -d '\\0'";

async function repository(policy: string): Promise<{ bench: Workbench; loose: string }> {
  const bench = await workbench({
    userPolicy: policy,
    files: { 'src/a.js': 'let a = 1;\n', 'private/plan.txt': `${CANARY}\n` },
    answer: () => ({ choice: 'deny' }),
  });
  git(bench.folder, 'init', '-q', '-b', 'main');
  git(bench.folder, 'add', '-A');
  git(bench.folder, 'commit', '-q', '-m', 'one');
  const blob = git(bench.folder, 'rev-parse', 'HEAD:private/plan.txt').trim();
  return { bench, loose: `objects/${blob.slice(0, 2)}/${blob.slice(2)}` };
}

async function told(bench: Workbench, command: string): Promise<string> {
  const [only] = await attempt(bench, [{ name: 'run_command', args: { command } }]);
  return only?.text ?? '';
}

/** A glob is followed in the file system's own order: by age, or by chance. */
async function manyBefore(folder: string, loose: string): Promise<void> {
  renameSync(join(folder, '.git'), join(folder, '.away'));
  for (let index = 0; index < 60; index += 1) await plant(folder, { [`.m${index}/objects/00/x`]: '' });
  renameSync(join(folder, '.away'), join(folder, '.git'));
  const names: string[] = [];
  for await (const { name } of await opendir(folder)) names.push(name);
  const before = names.slice(0, names.indexOf('.git')).find((name) => name.startsWith('.m'));
  expect(before).toBeDefined();
  for (let index = 0; index < 120; index += 1)
    await plant(folder, { [`${before ?? ''}/objects/00/${loose.slice(11, 14)}${index}`]: '' });
}

const WAYS: [name: string, prepare: (folder: string, loose: string) => unknown, line: (loose: string) => string][] = [
  [
    'names that xargs takes apart in another way than they were listed',
    (folder, loose) => plant(folder, { [`.g'i't/${loose.replace('objects', "o'b'jects")}`]: 'x' }),
    () => `${HEAD} git ls-files -o | grep -v README | xargs cat ${INFLATE}`,
  ],
  [
    'a link in a folder that is searched',
    (folder) => {
      symlinkSync('../.git/objects', join(folder, 'src/z'));
    },
    (loose) => `git status --short; ${HEAD} grep -aRh --include=${loose.slice('objects/xx/'.length)} '' src ${INFLATE}`,
  ],
  [
    'a glob that fits more than is looked at',
    manyBefore,
    (loose) => `git status --short | wc -l; ${HEAD} cat .[gm]*/objects/*/${loose.slice(11, 14)}* ${INFLATE}`,
  ],
];

test.each(WAYS)('%s', async (_name, prepare, line) => {
  const held = await repository(DENY);
  await prepare(held.bench.folder, held.loose);
  expect(await told(held.bench, line(held.loose))).not.toContain(CANARY);
  // Where nothing is denied the same line shows it, unasked.
  const open = await repository('{}');
  await prepare(open.bench.folder, open.loose);
  expect(await told(open.bench, line(open.loose))).toContain(CANARY);
  expect(open.bench.asked).toEqual([]);
});
