import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'vitest';
import type { SandboxResult } from '../../src/core/sandbox/port.ts';
import { git, makeRepository } from '../support/repository.ts';
import { within } from '../support/processes.ts';
import { caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

/** What a command does until it is told to go on: nothing at all, or never nothing. */
const UNTIL = new Map([
  ['waits', 'touch begun; sleep 5'],
  ['works', 'touch begun; until [ -e go ]; do :; done'],
]);

/** Somebody works in the folder while a command runs there, which then tries what it must not. */
async function beside(
  { onTestFinished, expect }: TestContext,
  how: string,
  [act, then]: [(folder: string) => void, string],
): Promise<{ result: SandboxResult; folder: string }> {
  const cage = await caged(await temporaryFolder(onTestFinished));
  await plant(cage.folder, { 'a.txt': 'a\n', 'old.key': 'SECRET one\n' });
  makeRepository(cage.folder);
  const running = cage.run(`${UNTIL.get(how) ?? how}; ${then}; echo ended`, { denied: ['*.key'] });
  expect(await within(20_000, () => existsSync(join(cage.folder, 'begun')))).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 700)); // the folders are watched by then
  act(cage.folder);
  if (how === 'works') {
    await new Promise((resolve) => setTimeout(resolve, 1500)); // time to be noticed, and covered
    writeFileSync(join(cage.folder, 'go'), '');
  }
  return { result: await running, folder: cage.folder };
}

const WRITES =
  '(echo evil >> .git/config) 2>/dev/null && echo WROTE; (mv .git/config .git/x) 2>/dev/null && echo MOVED';

function replace(path: string, content: string): void {
  writeFileSync(`${path}~`, content);
  renameSync(`${path}~`, path);
}

describe('a command goes on, and what it must not touch stays out of its reach', () => {
  test.concurrent.for(['waits', 'works'] as const)('git’s settings changed while it %s', async (how, context) => {
    const change = (folder: string): void => {
      for (const name of ['one', 'two', 'three']) git(folder, 'config', 'user.name', name);
    };
    const { result, folder } = await beside(context, how, [change, WRITES]);
    context.expect(result).toMatchObject({ ending: { kind: 'exited', code: 0 }, output: 'ended\n', quarantined: [] });
    context.expect(result.notes.join('\n')).toContain(`${join(folder, '.git/config')} was replaced or appeared`);
    context.expect(readFileSync(join(folder, '.git/config'), 'utf8')).toMatch(/name = three\n$/);
  });

  test.concurrent('a hidden file replaced as editors do, and a new one, while it waits', async (context) => {
    const change = (folder: string): void => {
      replace(join(folder, 'old.key'), 'SECRET two\n');
      writeFileSync(join(folder, 'new.key'), 'SECRET three\n');
    };
    const { result } = await beside(context, 'waits', [change, 'cat *.key 2>/dev/null; rm -f *.key 2>/dev/null']);
    context.expect(result).toMatchObject({ ending: { kind: 'exited', code: 0 }, output: 'ended\n' });
  });
});

test.concurrent('what should have been hidden from a command that works ends it', async (context) => {
  const change = (folder: string): void => replace(join(folder, 'old.key'), 'SECRET two\n');
  const { result } = await beside(context, 'works', [change, 'cat *.key']);
  context.expect(result).toMatchObject({ ending: { kind: 'violation' }, output: '' });
});

test.concurrent('a stand-in that the person replaces: one that waits goes on', async (context) => {
  const change = (folder: string): void => {
    rmdirSync(join(folder, '.vscode'));
    mkdirSync(join(folder, '.vscode'));
    writeFileSync(join(folder, '.vscode/mine.json'), '{}');
  };
  const then = '(echo evil > .vscode/tasks.json) 2>/dev/null && echo WROTE';
  const { result, folder } = await beside(context, 'waits', [change, then]);
  context.expect(result).toMatchObject({ ending: { kind: 'exited', code: 0 }, output: 'ended\n', quarantined: [] });
  context.expect(readdirSync(join(folder, '.vscode'))).toEqual(['mine.json']);
});

test.concurrent('and one that works, which may have made it, ends, and nothing of it stays', async (context) => {
  const change = (folder: string): void => rmdirSync(join(folder, '.vscode'));
  const works = 'touch begun; until mkdir .vscode && echo evil > .vscode/tasks.json; do :; done 2>/dev/null; sleep 20';
  const { result, folder } = await beside(context, works, [change, 'true']);
  context.expect(result).toMatchObject({ ending: { kind: 'violation' }, output: '' });
  context.expect(existsSync(join(folder, '.vscode'))).toBe(false);
});

test.concurrent('a link in the place of what is protected ends it', async (context) => {
  const change = (folder: string): void => {
    symlinkSync(join(folder, 'a.txt'), join(folder, '.git/config~'));
    renameSync(join(folder, '.git/config~'), join(folder, '.git/config'));
  };
  const { result } = await beside(context, 'waits', [change, WRITES]);
  context.expect(result).toMatchObject({ ending: { kind: 'violation' }, output: '' });
});
