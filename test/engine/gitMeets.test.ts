import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { attempt } from '../support/attempt.ts';
import { git, makeRepository } from '../support/repository.ts';
import { plant } from '../support/tree.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

const SETTINGS = '.vscode/settings.json';

/** `other` differs in a protected file, `plain` does not. */
async function repository(): Promise<Workbench> {
  const bench = await workbench({ files: { 'a.txt': '1\n', 'z.txt': '1\n', [SETTINGS]: '{}\n' } });
  const { folder } = bench;
  makeRepository(folder);
  const branch = async (name: string, files: Record<string, string>): Promise<void> => {
    git(folder, 'checkout', '-q', '-b', name, 'main');
    await plant(folder, files);
    git(folder, 'commit', '-qam', name);
  };
  await branch('other', { 'a.txt': '2\n', 'z.txt': '2\n', [SETTINGS]: '{"a":1}\n' });
  await branch('plain', { 'a.txt': '3\n' });
  git(folder, 'checkout', '-q', 'main');
  return bench;
}

const held = ({ folder }: Workbench): string[] =>
  ['a.txt', 'z.txt', SETTINGS].map((name) => readFileSync(join(folder, name), 'utf8').trim());
const told = async (bench: Workbench, ...commands: string[]): Promise<{ outcome: string; text: string }[]> =>
  attempt(
    bench,
    commands.map((command) => ({ name: 'run_command', args: { command } })),
  );

test('a checkout that meets protected files is told before it starts, and leaves nothing half done', async () => {
  const bench = await repository();
  const lines = [
    'git checkout other',
    'git switch other',
    'git merge other',
    'git reset --hard other',
    'git cherry-pick other',
  ];
  for (const { outcome, text } of await told(bench, ...lines, 'cd . && git -C . checkout -q other')) {
    expect(text).toMatch(/^Not done: git .* would change \.vscode\/settings\.json, which commands cannot change/);
    expect(outcome).not.toBe('done');
  }
  expect(held(bench)).toEqual(['1', '1', '{}']);
  expect(git(bench.folder, 'status', '--porcelain')).toBe('');
  expect(git(bench.folder, 'symbolic-ref', '--short', 'HEAD').trim()).toBe('main');
  // The control: another branch, which has the same settings.
  expect((await told(bench, 'git checkout -q plain')).map(({ outcome }) => outcome)).toEqual(['done']);
  expect(held(bench)).toEqual(['3', '1', '{}']);
});

test('so is a stash; what leaves the protected file out works', async () => {
  const bench = await repository();
  await plant(bench.folder, { 'a.txt': 'mine\n', [SETTINGS]: '{"mine":1}\n' });
  const [whole] = await told(bench, 'git stash');
  expect(whole?.text).toMatch(/^Not done: git stash .*":\(exclude\)\.vscode\/settings\.json"/);
  expect(held(bench)).toEqual(['mine', '1', '{"mine":1}']);
  const [part] = await told(
    bench,
    'git -c user.name=t -c user.email=t@example.org stash push -- . ":(exclude).vscode/settings.json"',
  );
  expect(part?.outcome).toBe('done');
  expect(held(bench)).toEqual(['1', '1', '{"mine":1}']);
});

test('that commits are signed, and these are not, is said on the card with the two ways out', async () => {
  const bench = await repository();
  const config = '[user]\n name = D\n email = d@example.org\n[commit]\n gpgsign = true\n';
  await plant(join(dirname(bench.folder), 'home'), { '.gitconfig': config });
  const [made] = await told(bench, 'git commit -q --allow-empty -m x');
  expect(made?.outcome).toBe('done');
  expect(JSON.stringify(bench.asked.at(-1)?.card.blocks)).toMatch(
    /stays unsigned\. Sign it afterwards .* or commit yourself/,
  );
  await told(bench, 'git commit -q --allow-empty --no-gpg-sign -m y');
  expect(JSON.stringify(bench.asked.at(-1)?.card.blocks)).not.toContain('unsigned');
});
