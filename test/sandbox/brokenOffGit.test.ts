import { spawn } from 'node:child_process';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BrokenOff } from '../../src/core/sandbox/port.ts';
import { within } from '../support/processes.ts';
import { git, makeRepository } from '../support/repository.ts';
import type { ChildJob } from '../support/sandboxChild.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const BLOB = 'b=$(printf evil | git hash-object -w --stdin)';
const AS = 'git -c user.name=t -c user.email=t@e';
const staged = (name: string): string => `${BLOB}; git update-index --add --cacheinfo 100644,$b,${name}`;
const committed = (name: string): string =>
  `${staged(name)}; ${AS} commit -qm x; git branch feature; git reset -q HEAD~; rm -f ${name}`;
const PROTECTED = 'sub/.vscode/tasks.json';

/** A command of a process that is killed while it runs, in a repository; what whoever starts next finds there. */
async function killedIn(line: string, meanwhile?: (cage: Caged) => void): Promise<{ cage: Caged; found: BrokenOff[] }> {
  const base = await temporaryFolder();
  const cage = await caged(base);
  await plant(cage.folder, { 'a.txt': 'a\n', 'sub/b.txt': 'b\n' });
  makeRepository(cage.folder);
  const job = join(base, 'job.json');
  const commands = [`${line}; touch ready; sleep 60`];
  writeFileSync(job, JSON.stringify({ base, commands } satisfies ChildJob));
  const child = spawn(process.execPath, [join(import.meta.dirname, '../support/sandboxChild.ts'), job], {
    stdio: 'ignore',
  });
  const closed = new Promise((resolve) => child.once('close', resolve));
  expect(await within(30_000, () => existsSync(join(cage.folder, 'ready')))).toBe(true);
  child.kill('SIGKILL');
  await closed;
  meanwhile?.(cage);
  const spec = await cage.spec(['true']);
  const found = await cage.sandbox.finishBrokenOff(() => Promise.resolve(spec));
  expect(readdirSync(join(cage.data, 'surveys')).filter((name) => name !== 'lock')).toEqual([]);
  return { cage, found };
}

function held({ folder }: Caged): string {
  return git(folder, 'ls-files') + git(folder, 'log', '--all', '--name-only', '--format=');
}

test.each([
  ['staged', staged(PROTECTED)],
  ['committed, on a branch', committed(PROTECTED)],
])('what a killed command had %s that would run later is put back', async (_name, line) => {
  const { cage, found } = await killedIn(line);
  expect(found).toMatchObject([{ left: [] }]);
  expect(found[0]?.quarantined).toEqual([
    expect.stringMatching(/sub\/\.vscode\/tasks\.json is protected, .*were put back as they were before/),
  ]);
  expect(held(cage)).not.toContain('tasks.json');
});

test('the control: what runs nothing stays staged and committed', async () => {
  const { cage, found } = await killedIn(committed('sub/plain.json'));
  expect(found).toMatchObject([{ quarantined: [], left: [] }]);
  expect(git(cage.folder, 'log', '--all', '--name-only', '--format=')).toContain('sub/plain.json');
});

test('where git was at work since, nothing is put back, and it is named', async () => {
  const { cage, found } = await killedIn(staged(PROTECTED), ({ data, folder }) => {
    const [survey = ''] = readdirSync(join(data, 'surveys')).filter((name) => name.endsWith('.json'));
    const last = new Date(Date.now() - 10_000);
    utimesSync(join(data, 'surveys', survey), last, last); // its last sign of life
    writeFileSync(join(folder, 'mine.txt'), 'x');
    git(folder, 'add', 'mine.txt');
  });
  expect(found).toMatchObject([{ quarantined: [], left: [expect.stringContaining('git has been at work in')] }]);
  expect(git(cage.folder, 'ls-files')).toContain('mine.txt');
});

test('what git holds because it was ended in the middle is named', async () => {
  const locks = ['index.lock', 'config.lock', 'shallow.lock', 'refs/heads/main.lock'];
  const { cage, found } = await killedIn(locks.map((name) => `touch .git/${name}`).join('; '));
  expect(found).toMatchObject([{ quarantined: [] }]);
  const [said] = found;
  for (const name of locks)
    expect(said?.left).toContainEqual(expect.stringMatching(new RegExp(`/\\.git/${name} is there since .* remove it`)));
  expect(said?.left).toHaveLength(locks.length);
  expect(existsSync(join(cage.folder, '.git/index.lock'))).toBe(true); // it may be a git of the person's
});

test('after a command that came to its end the result names them, and not those of before', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.txt': 'a\n' });
  makeRepository(cage.folder);
  expect((await cage.run('touch .git/index.lock')).notes.join('\n')).toMatch(/index\.lock is there since/);
  expect((await cage.run('true')).notes.join('\n')).not.toContain('index.lock');
});
