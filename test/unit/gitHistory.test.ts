import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { namesInIndex } from '../../src/core/command/gitIndex.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import { commandWorld } from '../support/commandWorld.ts';
import { plant } from '../support/tree.ts';

function git(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
}

test.each([2, 3, 4])('git’s index of version %i is read as git reads it', async (version) => {
  const { folder } = await commandWorld();
  for (const name of ['a', 'ab', 'abc/defg', 'é ü', `long/${'x'.repeat(200)}`, 'x'.repeat(8)].map((one) => one))
    if (!name.includes('/')) writeFileSync(join(folder, name), '');
  git(folder, 'add', '-A');
  if (version === 3) git(folder, 'add', '-N', 'README.md');
  git(folder, 'update-index', '--index-version', String(version));
  const listed = git(folder, 'ls-files', '-z')
    .split('\0')
    .filter((name) => name !== '');
  expect(listed.length).toBeGreaterThan(15);
  expect(namesInIndex(readFileSync(join(folder, '.git/index')))).toEqual(listed);
});

test('bytes that are no index, or one that is cut off or changed, never throw', async () => {
  const { folder } = await commandWorld();
  const whole = readFileSync(join(folder, '.git/index'));
  fc.assert(
    fc.property(fc.nat(whole.length), fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255))), (end, changes) => {
      const bytes = new Uint8Array(whole.subarray(0, end));
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      namesInIndex(bytes);
    }),
  );
  expect(namesInIndex(whole.subarray(0, whole.length / 2))).toBeUndefined();
  expect(namesInIndex(new Uint8Array())).toBeUndefined();
});

test('git may show what it tracks: where that is denied, commands that show content ask', async () => {
  const { folder, policy } = await commandWorld();
  const decide = async (command: string): Promise<string> => {
    const parts = await decidingParts({ workspace: folder, environment: {}, userPolicy: policy });
    const trial = await composeEngine(parts).tryCall({ name: 'run_command', arguments: JSON.stringify({ command }) });
    return trial.decision.verdict;
  };
  const shows = [
    'git diff',
    'git log -p',
    'git show',
    'git blame README.md',
    'git grep x',
    'git -C src diff',
    'cd src && git diff',
  ];
  for (const command of [...shows, 'git status', 'git log']) expect(await decide(command), command).toBe('allow');
  git(folder, 'add', '-f', 'private/plan.txt');
  for (const command of shows) expect(await decide(command), command).toBe('ask');
  for (const command of ['git status', 'git ls-files', 'git branch'])
    expect(await decide(command), command).toBe('allow');
  writeFileSync(join(folder, '.git/index'), 'broken');
  for (const command of shows) expect(await decide(command), command).toBe('ask');
});

test('a repository in a folder counts for the commands that go there', async () => {
  const { folder, policy } = await commandWorld();
  await plant(folder, { 'work/private/plan.txt': 'x', 'work/a.txt': 'x' });
  git(join(folder, 'work'), 'init', '-q');
  git(join(folder, 'work'), 'add', '-f', 'private/plan.txt', 'a.txt');
  const parts = await decidingParts({ workspace: folder, environment: {}, userPolicy: policy });
  const engine = composeEngine(parts);
  for (const [command, verdict] of [
    ['git -C work show', 'ask'],
    ['cd work && git show', 'ask'],
    ['git show', 'allow'],
    [`git -C ${'x'.repeat(300)} show`, 'ask'],
  ] as const) {
    const call = { name: 'run_command', arguments: JSON.stringify({ command }) };
    expect((await engine.tryCall(call)).decision.verdict, command).toBe(verdict);
  }
});
