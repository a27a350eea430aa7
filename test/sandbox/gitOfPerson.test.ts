import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { gitValues, gitValuesText, signsCommits } from '../../src/core/command/gitValues.ts';
import { readGitConfig, type ConfigEntry } from '../../src/core/command/gitConfig.ts';
import { entriesOfPerson } from '../../src/node/sandbox/gitOfPerson.ts';
import { runCli } from '../support/cli.ts';
import { makeRepository } from '../support/repository.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

function entriesOf(text: string): ConfigEntry[] {
  const read = readGitConfig(text);
  if ('badLine' in read) throw new Error(`line ${read.badLine}`);
  return read;
}

describe('of a configuration', () => {
  test('values are taken as they are, and read back the same', () => {
    const text =
      '[user]\n name = "D \\"e\\" v # ; é"\n email = d@example.org\n[init]\n defaultBranch = trunk\n[core]\n autocrlf = input\n quotepath\n[safe]\n directory = *\n directory = /a b/c\n[diff]\n algorithm = histogram\n[advice]\n detachedHead = false\n';
    const values = gitValues(entriesOf(text));
    expect(values.map(({ key, value }) => `${key}=${value ?? ''}`)).toEqual([
      'user.name=D "e" v # ; é',
      'user.email=d@example.org',
      'init.defaultbranch=trunk',
      'core.autocrlf=input',
      'core.quotepath=',
      'safe.directory=*',
      'safe.directory=/a b/c',
      'diff.algorithm=histogram',
      'advice.detachedhead=false',
    ]);
    const again = entriesOf(gitValuesText(values)).map(({ key, value }) => ({ key, value }));
    expect(again).toEqual(values.map(({ key, value }) => ({ key, value })));
  });

  test.each([
    ...[
      '[alias]\n st = !x',
      '[core]\n hooksPath = /x',
      '[core]\n pager = x',
      '[core]\n editor = x',
      '[core]\n fsmonitor = x',
    ],
    ...[
      '[core]\n sshCommand = x',
      '[core]\n attributesFile = x',
      '[filter "a"]\n clean = x',
      '[credential]\n helper = x',
    ],
    ...['[diff]\n external = x', '[diff "a"]\n textconv = x', '[diff "a"]\n command = x', '[gpg]\n program = x'],
    ...[
      '[url "ext::x"]\n insteadOf = y',
      '[include]\n path = x',
      '[init]\n templateDir = x',
      '[user]\n signingKey = x',
    ],
    ...['[user "a"]\n name = x', '[http]\n proxy = x', '[http]\n extraHeader = x', '[protocol]\n allow = always'],
    ...['[user]\n name = "a\\nb"', '[user]\n name = "a<b"', '[user]\n email', '[init]\n defaultBranch = "-x"'],
    ...[
      '[init]\n defaultBranch = "a b"',
      '[core]\n autocrlf = !x',
      '[diff]\n algorithm = "a;b"',
      '[safe]\n directory = x',
    ],
    ...['[pretty]\n a = "%G?"', '[log]\n showSignature = true', '[commit]\n gpgSign = true', '[merge]\n tool = x'],
    ...[
      '[constructor]\n name = x',
      '[diff]\n submodule = diff',
      '[sequence]\n editor = x',
      '[interactive]\n diffFilter = x',
    ],
  ])('nothing else is taken: %j', (text) => {
    expect(gitValues(entriesOf(text))).toEqual([]);
  });

  test('it is known whether commits are signed', () => {
    expect(signsCommits(entriesOf('[commit]\n gpgsign = true'))).toBe(true);
    expect(signsCommits(entriesOf('[commit]\n gpgsign'))).toBe(true);
    expect(signsCommits(entriesOf('[commit]\n gpgsign = true\n gpgsign = off'))).toBe(false);
    expect(signsCommits([])).toBe(false);
  });
});

test('included files count where their condition is met, and denied ones never', async () => {
  const base = await temporaryFolder();
  await plant(base, {
    'home/.gitconfig':
      '[user]\n name = A\n[include]\n path = more\n[includeIf "gitdir:~/job/"]\n path = job\n[includeIf "gitdir:elsewhere/"]\n path = elsewhere\n[includeIf "onbranch:main"]\n path = branch\n',
    'home/more': '[user]\n email = a@example.org\n',
    'home/job': '[user]\n email = a@job.example\n',
    'home/elsewhere': '[user]\n email = no@example.org\n',
    'home/branch': '[user]\n email = no@example.org\n',
  });
  const home = join(base, 'home');
  const emails = (folder: string, denied = ''): (string | undefined)[] =>
    entriesOfPerson({ home, environment: {}, folder, isDenied: (path) => path === denied })
      .filter(({ key }) => key === 'user.email')
      .map(({ value }) => value);
  expect(emails(join(home, 'job/x'))).toEqual(['a@example.org', 'a@job.example']);
  expect(emails(join(base, 'x'))).toEqual(['a@example.org']);
  expect(emails(join(base, 'x'), join(home, 'more'))).toEqual([]);
  expect(emails(join(base, 'x'), join(home, '.gitconfig'))).toEqual([]);
});

test('git in a cage commits under the person’s name, and runs nothing of theirs', async () => {
  const base = await temporaryFolder();
  await plant(base, {
    'home/.gitconfig':
      '[user]\n name = Dev\n email = dev@example.org\n[init]\n defaultBranch = trunk\n[alias]\n st = !echo ALIAS\n[core]\n pager = echo PAGER\n hooksPath = /hooks\n',
    'work/a.txt': '1\n',
  });
  makeRepository(join(base, 'work'));
  await plant(base, { 'work/a.txt': '2\n' });
  mkdirSync(join(base, 'work/sub'));
  const line =
    'git commit -qam two; git log -1 --format="%an <%ae> %s"; git st; git config --get core.hookspath; git init -q sub && git -C sub symbolic-ref HEAD';
  const { stdout, stderr } = await runCli(['sandbox', '--workspace', 'work', '--', '/bin/bash', '-c', line], { base });
  expect(stdout).toMatch(/^Dev <dev@example\.org> two$/m);
  expect(stdout).toMatch(/^refs\/heads\/trunk$/m);
  expect(stdout + stderr).not.toMatch(/ALIAS|PAGER|\/hooks/);
});
