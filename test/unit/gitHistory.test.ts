import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import { heldInIndex, pickedFromIndex } from '../../src/node/sandbox/indexEntries.ts';
import { commandWorld } from '../support/commandWorld.ts';
import { plant } from '../support/tree.ts';

function git(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' });
}

function namesInIndex(bytes: Uint8Array): Promise<string[] | undefined> {
  return pickedFromIndex(bytes, ({ name }) => name);
}

/** An index of version 4: a name of so many bytes, and then so many that each repeat the one before and a letter. */
function repeating(length: number, count: number): Uint8Array {
  const head = Buffer.alloc(12);
  head.write('DIRC');
  head.writeUInt32BE(4, 4);
  head.writeUInt32BE(count, 8);
  const entries = Array.from({ length: count }, (_, at) => {
    const entry = Buffer.alloc(63);
    entry.writeUInt16BE(Math.min(length + at, 0xfff), 60);
    return Buffer.concat([entry, Buffer.alloc(at === 0 ? length : 1, 'a'), Buffer.alloc(1)]);
  });
  return Buffer.concat([head, ...entries, Buffer.alloc(20)]);
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
  expect(await namesInIndex(readFileSync(join(folder, '.git/index')))).toEqual(listed);
});

test('bytes that are no index, or one that is cut off or changed, never throw', async () => {
  const { folder } = await commandWorld();
  const whole = readFileSync(join(folder, '.git/index'));
  await fc.assert(
    fc.asyncProperty(
      fc.nat(whole.length),
      fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255))),
      async (end, changes) => {
        const bytes = new Uint8Array(whole.subarray(0, end));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        await namesInIndex(bytes);
      },
    ),
  );
  expect(await namesInIndex(whole.subarray(0, whole.length / 2))).toBeUndefined();
  expect(await namesInIndex(new Uint8Array())).toBeUndefined();
});

test('names that repeat each other are no more than files can have, however few bytes the index takes', async () => {
  // Eight megabytes of index that stand for 100 GB of names.
  const bomb = repeating(1_000_000, 100_000);
  expect(await heldInIndex(bomb, () => false)).toEqual({ kind: 'unknown' });
  expect(await heldInIndex(repeating(200, 3800), () => false)).toEqual({ kind: 'none' });
  // As long as names may be, and too many of them.
  const long = repeating(4095, 1);
  expect(await heldInIndex(long, (name) => name.length === 4095)).toMatchObject({ kind: 'held' });
  expect(await heldInIndex(repeating(4097, 1), () => true)).toEqual({ kind: 'unknown' });
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
