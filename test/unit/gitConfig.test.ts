import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readGitConfig } from '../../src/core/command/gitConfig.ts';
import { meaningOf, namedIn } from '../../src/core/command/gitPrograms.ts';
import { textOfName } from '../../src/node/files/rawPath.ts';
import { temporaryFolder } from '../support/tree.ts';

/** Before git 2.45 white space inside a value became spaces; that alone may differ from the git that is installed. */
const evened = (text: string): string => text.replace(/[\t\r ]/g, ' ');

/** What git itself reads: `key\nvalue` or `key`, or that it refuses. */
function byGit(file: string, bytes: Buffer): string[] | 'refused' {
  writeFileSync(file, bytes);
  const { status, stdout } = spawnSync('git', ['config', '--no-includes', '--list', '-z', '--file', file], {
    env: { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' },
  });
  if (status !== 0) return 'refused';
  return textOfName(stdout).split('\0').slice(0, -1).map(evened);
}

function byUs(bytes: Buffer): string[] | 'refused' {
  const read = readGitConfig(textOfName(bytes));
  if ('badLine' in read) return 'refused';
  return read.map(({ key, value }) => evened(value === undefined ? key : `${key}\n${value}`));
}

const FILES: string[] = [
  '',
  '\n\n# only a comment\n; and another',
  '[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n',
  '[remote "origin"]\n\turl = https://example.org/a.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n',
  '[core]\n\thooksPath = .husky/_\n[branch "main"]\n\tremote = origin\n\tmerge = refs/heads/main\n',
  '[filter "lfs"]\n\tclean = git-lfs clean -- %f\n\tsmudge = git-lfs smudge -- %f\n\tprocess = git-lfs filter-process\n\trequired = true\n',
  '[alias]\n  x = "!f() { git log \\"$@\\"; }; f"\n  y = !sh -c \'echo a; b\' # rest\n',
  '[includeIf "gitdir:~/work/"]\n path = ~/work/.gitconfig\n[include] path = a b',
  '[a]b=1',
  '[a] b = 1',
  '[a]\nb',
  '[a]\nb ',
  '[a]\nb ;x',
  '[a]\nb #x',
  '[A.B.C]\nD-e9 = 1',
  '[A.B "C.D e"]\nF = x',
  '[ "x"]\nb = 1',
  '[]\nb = 1',
  '[a b]\nc = 1',
  '[a "x\\y\\"z\\\\"]\nc = 1',
  '[a "x" ]\nc = 1',
  '[a "x\n"]\nc = 1',
  '[a "x',
  '[a',
  '[a]\n9b = 1',
  '[a]\nb_c = 1',
  '[a]\nb.c = 1',
  '[a]\nb = "x  \\\n y" z # q\\\nc = 2',
  '[a]\nb = x \\\n\n c = 1',
  '[a]\nb = x \\',
  '[a]\nb = x\\',
  '[a]\nb = \\\n x',
  '[a]\nb = a\tb  c\t ',
  '[a]\nb = a " " "" \nc = " "  ',
  '[a]\nb = ""\nc =\nd = # x\n',
  '[a]\nb = x\\q',
  '[a]\nb = "x',
  '[a]\nb = "x\ny"',
  '[a]\nb = "x#;y" ;z"',
  '[a]\nb = \\t\\n\\b\\\\\\"',
  '[a]\nb = 1\r\nc = 2\r\n\r\n[d]\r\ne = f\\\r\ng\r',
  '[a]\rb = 1\rc\n',
  '[a]\nb\r= 1',
  '[a]\nb = x\vy\f\n',
  '\vx',
  '\uFEFF[a]\nb = ü 日本',
  '\uFEFF\uFEFF[a]\nb = 1',
  '[ä]\nb = 1',
  '[a]\nbä = 1',
  'b = 1\n[a]\nc = 2',
  '[a]]\nb = 1',
  '[a] [b] c = 1 [d]',
  '[a]\n= 1',
  '[a]\nb == =c=',
  '[core]\n\tsshCommand = ssh -i "C:\\\\keys\\\\id" -F /dev/null\n',
  '[url "git@example.org:"]\n\tinsteadOf = "https://example.org/"\n',
];

test('as git reads it: files', async () => {
  const file = join(await temporaryFolder(), 'config');
  expect(FILES.length).toBeGreaterThanOrEqual(40);
  for (const text of FILES)
    expect(byUs(Buffer.from(text)), JSON.stringify(text)).toEqual(byGit(file, Buffer.from(text)));
  expect(FILES.filter((text) => byUs(Buffer.from(text)) === 'refused').length).toBeGreaterThan(10);
});

const PIECES = [
  ...['[', ']', '"', '\\', '=', '#', ';', ' ', '\t', '\n', '\n', '\r', '\r\n', '.', '-', '\\\n', '\\"', '\\n', '\\x'],
  ...[
    '[a]\n',
    '[b "c"]\n',
    '[d.e]',
    '\nkey = ',
    'Key',
    'x',
    '9',
    'v w',
    ' = ',
    '"q  r"',
    'ü',
    '\u00a0',
    '\v',
    '!sh -c',
  ],
].map((piece) => Buffer.from(piece));
const BROKEN = [Buffer.of(0xff), Buffer.of(0xc3)];

test('as git reads it: whatever a generator makes up', { timeout: 120_000 }, async () => {
  const file = join(await temporaryFolder(), 'config');
  let understood = 0;
  fc.assert(
    fc.property(
      fc.constantFrom('', '[a]\n', '[core]\nx = '),
      fc.array(fc.constantFrom(...PIECES, ...BROKEN), { maxLength: 14 }),
      (start, pieces) => {
        const bytes = Buffer.concat([Buffer.from(start), ...pieces]);
        const mine = byUs(bytes);
        expect(mine).toEqual(byGit(file, bytes));
        if (mine !== 'refused' && mine.length > 0) understood += 1;
      },
    ),
    { seed: 20261122, numRuns: 2500 },
  );
  expect(understood).toBeGreaterThan(300);
});

test('white space in a value stays; a NUL and a bad line are refusals that name the line', () => {
  expect(readGitConfig('[a]\nb = c\td  e \t\n')).toEqual([{ key: 'a.b', value: 'c\td  e', line: 2 }]);
  expect(readGitConfig('[a]\nb = c\0d\n')).toEqual({ badLine: 2 });
  expect(readGitConfig('[a]\nb = 1\n\nc ; d\n')).toEqual({ badLine: 4 });
});

describe('what a setting does', () => {
  test.each([
    ['core.hookspath', 'hooks'],
    ['init.templatedir', 'templates'],
    ['include.path', 'include'],
    ['includeif.gitdir:~/x/.path', 'include'],
    ['core.attributesfile', 'file'],
    ['commit.template', 'file'],
    ['core.fsmonitor', 'command'],
    ['core.sshcommand', 'command'],
    ['core.editor', 'command'],
    ['core.pager', 'command'],
    ['pager.log', 'command'],
    ['sequence.editor', 'command'],
    ['diff.a.b.command', 'command'],
    ['diff.external', 'command'],
    ['diff.x.textconv', 'command'],
    ['merge.x.driver', 'command'],
    ['filter.x.clean', 'command'],
    ['filter.x.smudge', 'command'],
    ['filter.x.process', 'command'],
    ['credential.helper', 'command'],
    ['credential.https://x.y.helper', 'command'],
    ['gpg.program', 'command'],
    ['gpg.ssh.program', 'command'],
    ['gpg.ssh.defaultkeycommand', 'command'],
    ['remote.origin.uploadpack', 'command'],
    ['uploadpack.packobjectshook', 'command'],
    ['mergetool.x.path', 'command'],
    ['hook.x.command', 'command'],
    ['alias.x', 'alias'],
    ['branch.main.merge', undefined],
    ['remote.origin.url', undefined],
    ['core.worktree', undefined],
    ['init.defaultbranch', undefined],
    ['user.name', undefined],
    ['submodule.lib.active', undefined],
    ['clean.requireforce', undefined],
    ['safe.directory', undefined],
  ])('%s: %s', (key, meaning) => {
    expect(meaningOf({ key, value: 'x', line: 1 })).toBe(meaning);
  });

  test('addresses that are command lines', () => {
    expect(meaningOf({ key: 'remote.origin.url', value: 'ext::sh x.sh', line: 1 })).toBe('command');
    expect(meaningOf({ key: 'url.ext::sh x.sh .insteadof', value: 'x', line: 1 })).toBe('command');
  });
});

describe('what a command line names', () => {
  const files = (line: string): string[] => namedIn(line, false, '/home/me').map(({ text }) => text);
  const folders = (line: string): string[] =>
    namedIn(line, true, '/home/me').flatMap(({ text, asFolder }) => (asFolder ? [text] : []));

  test.each([
    ['python clean.py %f', 'clean.py'],
    ['./tools/x.sh --wait', './tools/x.sh'],
    ['"tools dir/x.sh" -a', 'tools dir/x.sh'],
    ['sh -c \'tools/x.sh "$1"\' -', 'tools/x.sh'],
    ['!f() { ./x.sh "$@"; }; f', './x.sh'],
    ['A=1 --config=tools/c.json run', 'tools/c.json'],
    ['$HOME/w/x.sh', '/home/me/w/x.sh'],
    ['"${HOME}/w/x.sh" y', '/home/me/w/x.sh'],
    ['~/w/x.sh', '~/w/x.sh'],
    ['awk -ftools/x.awk', 'tools/x.awk'],
    ['tools\\ dir/x.sh', 'tools dir/x.sh'],
    ['for f in hooks.d/*.sh; do sh $f; done', 'hooks.d/'],
    ['$(git rev-parse --show-toplevel)/tools/x', '/tools/x'],
    ['ext::sh x.sh', 'x.sh'],
  ])('%s names %s', (line, named) => {
    expect(files(line)).toContain(named);
  });

  test('the first word is looked up on PATH', () => {
    expect(files('code --wait')).not.toContain('code');
  });

  test('an alias makes a folder count only where it goes into it', () => {
    expect(folders('!git log -- src')).toEqual([]);
    expect(folders('!cd tools && ./x.sh')).toContain('tools');
    expect(folders('!make -C build')).toContain('build');
    expect(folders('!python tools')).toContain('tools');
  });
});
