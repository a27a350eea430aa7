import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { attempt } from '../support/attempt.ts';
import { runCli } from '../support/cli.ts';
import { makeRepository } from '../support/repository.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

const touch = async (bench: Workbench): Promise<{ outcome: string; text: string } | undefined> =>
  (await attempt(bench, [{ name: 'run_command', args: { command: 'touch new.txt' } }]))[0];
const doctor = async ({ folder }: Workbench): Promise<string> =>
  (await runCli(['doctor', '--workspace', folder], { base: dirname(folder) })).stdout;

/** A repository whose hooks are a link that leads outside. */
async function linkedHooks(): Promise<{ bench: Workbench; hooks: string }> {
  const bench = await workbench();
  makeRepository(bench.folder);
  const hooks = join(bench.folder, '.git/hooks');
  rmSync(hooks, { recursive: true, force: true });
  mkdirSync(join(bench.home, 'hooks'));
  symlinkSync(join(bench.home, 'hooks'), hooks);
  return { bench, hooks };
}

test('what keeps every command from starting is said before one is asked about, and by doctor', async () => {
  const { bench, hooks } = await linkedHooks();
  const refused = await touch(bench);
  expect(refused?.text).toMatch(/^Not done: .*\.git\/hooks: a protected path is a link, and a link cannot be held/);
  expect(bench.asked).toEqual([]);
  expect(await doctor(bench)).toMatch(/^FAIL {2}in the workspace: .*\.git\/hooks: a protected path is a link/m);
  // The control: without the link it is asked about, and runs.
  rmSync(hooks);
  expect((await touch(bench))?.outcome).toBe('done');
  expect(bench.asked).toHaveLength(1);
  expect(existsSync(join(bench.folder, 'new.txt'))).toBe(true);
  expect(await doctor(bench)).not.toMatch(/^\w+ +in the workspace:/m);
});

test('a link at a protected name does not stop commands; card and doctor say what is held', async () => {
  const bench = await workbench({ files: { '.agents/settings.json': '{}\n' } });
  symlinkSync('.agents', join(bench.folder, '.claude'));
  symlinkSync('/nowhere/at-all', join(bench.folder, '.cursor'));
  expect((await touch(bench))?.outcome).toBe('done');
  const card = JSON.stringify(bench.asked[0]?.card);
  expect(card).toMatch(
    /\.claude is a link at a protected place: no command can replace it, nor change [^"]*\.agents\./,
  );
  expect(card).toMatch(/\.cursor is a link .*; it leads outside, to \/nowhere\/at-all, which commands do not see\./);
  expect(await doctor(bench)).toMatch(/^ok {4}in the workspace: .*\.claude is a link at a protected place/m);
});

test('an obstacle that comes later in a run ends one command, and is said before the next', async () => {
  const bench = await workbench();
  makeRepository(bench.folder);
  expect((await touch(bench))?.outcome).toBe('done');
  rmSync(join(bench.folder, '.git/hooks'), { recursive: true, force: true });
  symlinkSync(bench.home, join(bench.folder, '.git/hooks'));
  expect((await touch(bench))?.text).toMatch(/a protected path is a link/);
  expect(bench.asked).toHaveLength(1);
});
