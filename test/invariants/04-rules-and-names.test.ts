import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { globMatcher } from '../../src/core/scope/glob.ts';
import { Scope, type ScopeSpec } from '../../src/core/scope/scope.ts';
import { attempt, unseen } from '../support/attempt.ts';
import { temporaryFolder } from '../support/tree.ts';
import { workbench } from '../support/workbench.ts';

const rule = (written: string): ScopeSpec['denied'][number] => ({ written, origin: { layer: 'user' } });
const denying = (...written: string[]): Scope =>
  new Scope({
    roots: ['/home/u/app'],
    home: '/home/u',
    allowed: [],
    denied: written.map(rule),
    protected: [],
    secrets: [],
  });
const allowing = (...written: string[]): Scope =>
  new Scope({
    roots: ['/home/u/app', '/home/u/app-secrets'],
    home: '/home/u',
    allowed: [{ rules: written.map(rule) }],
    denied: [],
    protected: [],
    secrets: [],
  });

test('a folder grants and denies nothing beside it that merely starts alike', () => {
  expect(allowing('~/app').standing('/home/u/app/x', 'read').kind).toBe('free');
  expect(allowing('~/app').standing('/home/u/app-secrets/x', 'read').kind).toBe('outside');
  expect(allowing('~/app/').standing('/home/u/app-secrets', 'list').kind).toBe('outside');
  expect(allowing('/home/u/app/src').standing('/home/u/app/src-old/x', 'read').kind).toBe('outside');
  expect(denying('/home/u/app/src').isDenied('/home/u/app/src-old/x')).toBe(false);
  expect(denying('/home/u/app/src').isDenied('/home/u/app/src/x')).toBe(true);
  expect(denying().standing('/home/u/app-secrets/x', 'read').kind).toBe('outside');
});

test.each([
  ['.env', '/home/u/app/a\nb/.env'],
  ['*.pem', '/home/u/app/a\u2028b\r/x.pem'],
  ['conf/**/key', '/home/u/app/conf/x\ny/key'],
  ['[id].ts', '/home/u/app/pages/[id].ts'],
  ['notes\uff3b1\uff3d.txt', '/home/u/app/notes\uff3b1\uff3d.txt'],
  ['s*t', '/home/u/app/s\uff0ft'],
  ['Straße', '/home/u/app/STRASSE/x'],
  ['ΣΑΣ', '/home/u/app/σας/x'],
  ['.env', '/home/u/app/.e\u200cnv'],
  ['conf', '/home/u/app/CONF. /x'],
  ['~/app/{a,b}/c', '/home/u/app/b/c/d'],
  ['conf/', '/home/u/app/conf'],
  ['.', '/home/u/app/x'],
  ['/', '/home/u/app'],
])('the rule %j binds %j', (written, path) => {
  expect(denying(written).isDenied(path)).toBe(true);
});

test('property: what a rule names letter by letter is denied, whatever the letters, and so is everything below it', () => {
  const segment = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((text) => !/[/\0]/.test(text) && text.isWellFormed() && !['.', '..', '~'].includes(text));
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 4 }), segment, (path, below) => {
      const scope = denying(`/home/u/app/${path.join('/')}`);
      expect(scope.isDenied(`/home/u/app/${path.join('/')}`)).toBe(true);
      expect(scope.isDenied(`/home/u/app/${path.join('/')}/${below}`)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('no glob takes more than a moment, and braces without measure are refused', () => {
  const worst = globMatcher(`/**/${'*a'.repeat(100)}*b`);
  expect(worst(`/ws/${'a'.repeat(255)}`)).toBe(false); // for a backtracking expression this would not end
  expect(() => globMatcher('{a,b}'.repeat(12))).toThrow(RangeError);
});

test('nothing that an editor or git runs can be written below a folder with a line break in its name', async () => {
  const bench = await workbench({ userPolicy: 'confirm_actions: false\n' });
  const results = await attempt(bench, [
    { name: 'write_file', args: { path: 'a\nb/.git/hooks/post-checkout', content: 'x' } },
    { name: 'write_file', args: { path: 'a\nb/.vscode/tasks.json', content: 'x' } },
    { name: 'write_file', args: { path: 'a\u2028b/.OverSign./policy.yaml', content: 'x' } },
    { name: 'write_file', args: { path: 'a\nb/plain.txt', content: 'x' } },
  ]);
  expect(results.map(({ outcome }) => outcome)).toEqual([...Array<string>(3).fill('denied:protected_paths'), 'done']);
});

test('another name of a file that is denied outside the workspace is denied inside', async () => {
  const bench = await workbench({
    userPolicy: 'tools: {file_system: {denied_paths: ["~/.ssh", "/nowhere/at/all"]}}\n',
  });
  mkdirSync(join(bench.home, '.ssh'));
  writeFileSync(join(bench.home, '.ssh', 'id'), 'PRIVATE-77\n');
  linkSync(join(bench.home, '.ssh', 'id'), join(bench.folder, 'notes.txt'));
  writeFileSync(join(bench.folder, 'a.txt'), 'open\n');
  linkSync(join(bench.folder, 'a.txt'), join(bench.folder, 'b.txt'));
  const results = await attempt(bench, [
    { name: 'read_file', args: { path: 'notes.txt' } },
    { name: 'search_files', args: { pattern: 'PRIVATE' } },
    { name: 'write_file', args: { path: 'notes.txt', content: 'x' } },
    { name: 'delete_path', args: { path: 'notes.txt' } },
    { name: 'read_file', args: { path: 'b.txt' } }, // a link count alone means nothing
  ]);
  expect(results.map(({ outcome }) => outcome)).toEqual([
    'denied',
    'done',
    'denied:denied_paths',
    'denied:denied_paths',
    'done',
  ]);
  expect(JSON.stringify(results)).not.toContain('PRIVATE-77');
  expect(readFileSync(join(bench.home, '.ssh', 'id'), 'utf8')).toBe('PRIVATE-77\n');
});

test('denied files below names that are not UTF-8 are neither removed with their folder nor read by another name', async () => {
  const bench = await workbench({
    files: { 'd/x': '' },
    userPolicy: 'tools: {file_system: {denied_paths: [vault]}}\n',
  });
  const odd = Buffer.concat([Buffer.from(join(bench.folder, 'd/')), Buffer.of(0xff)]);
  mkdirSync(Buffer.concat([odd, Buffer.from('/vault')]), { recursive: true });
  const key = Buffer.concat([odd, Buffer.from('/vault/key')]);
  writeFileSync(key, 'PRIVATE-78');
  linkSync(key, join(bench.folder, 'notes.txt'));
  const results = await attempt(bench, [
    { name: 'delete_path', args: { path: 'd' } },
    { name: 'move_path', args: { from: 'd', to: 'e' } },
    { name: 'read_file', args: { path: 'notes.txt' } },
    { name: 'run_command', args: { command: 'cat notes.txt d/*/vault/key; rm -rf d' } },
  ]);
  for (const { outcome } of results.slice(0, 3)) expect(outcome).toMatch(/^(denied(:(?!person).*)?|failed(:.*)?)$/);
  expect(JSON.stringify(results)).not.toContain('PRIVATE-78');
  expect(readFileSync(key, 'utf8')).toBe('PRIVATE-78');
});

test('a rule that is written through a link binds what the link leads to', async () => {
  const elsewhere = await temporaryFolder();
  const bench = await workbench({
    files: { 'real/x.txt': 'HIDDEN-5\n', 'src/x.txt': 'open\n', 'out/x.txt': 'other\n' },
  });
  symlinkSync(bench.folder, join(elsewhere, 'project'));
  symlinkSync('real', join(bench.folder, 'conf'));
  const policy = (text: string): void => {
    mkdirSync(bench.config, { recursive: true });
    writeFileSync(bench.node.userPolicy, text);
  };
  const read = async (path: string): Promise<string> =>
    (await attempt(bench, [{ name: 'read_file', args: { path } }]))[0]?.outcome ?? '';
  policy(`tools: {file_system: {denied_paths: ["${elsewhere}/project/real"]}}\n`);
  expect([await read('real/x.txt'), await read('src/x.txt')]).toEqual(['denied:denied_paths', 'done']);
  policy('tools: {file_system: {denied_paths: [conf]}}\n');
  expect([await read('real/x.txt'), await read('conf/x.txt'), await read('src/x.txt')]).toEqual([
    'denied:denied_paths',
    'denied:denied_paths',
    'done',
  ]);
  policy(`tools: {file_system: {allowed_paths: ["${elsewhere}/project/src"]}}\n`);
  expect([await read('src/x.txt'), await read('out/x.txt')]).toEqual(['done', 'denied:scope']);
});

test('what allowed_paths leaves out is out of reach for commands too', async () => {
  const bench = await workbench({
    files: { 'src/x.txt': 'open\n', 'private/x.txt': 'LEFT-OUT\n', 'top.txt': 'LEFT-OUT\n' },
    userPolicy: 'tools: {file_system: {allowed_paths: [src]}}\n',
  });
  const results = await attempt(bench, [
    {
      name: 'run_command',
      args: { command: unseen('cat src/x.txt; cat top.txt private/x.txt; grep -r LEFT .; echo x > private/x.txt') },
    },
    { name: 'run_command', args: { command: 'ls', folder: 'private' } },
    { name: 'list_directory', args: {} },
  ]);
  expect(results[0]?.text).toContain('open');
  expect(results[0]?.text).not.toContain('LEFT-OUT');
  expect(results[1]?.outcome).toBe('denied:scope');
  expect(results[2]?.text).toBe('src/');
  expect(readFileSync(join(bench.folder, 'private/x.txt'), 'utf8')).toBe('LEFT-OUT\n');
});

test('a likely secret is not read by moving it, nor by trying edits on it', async () => {
  const bench = await workbench({
    files: { '.env': 'KEY=abc\nKEY=def\n', '.ssh/config': 'Host x\n' },
    userPolicy: 'confirm_actions: false\n',
    answer: () => ({ choice: 'deny' }),
  });
  const results = await attempt(bench, [
    { name: 'move_path', args: { from: '.env', to: 'env.txt' } },
    { name: 'move_path', args: { from: '.ssh', to: 'ssh' } },
    { name: 'edit_file', args: { path: '.env', old_text: 'KEY=a', new_text: 'KEY=b' } },
    { name: 'edit_file', args: { path: '.env', old_text: 'KEY=', new_text: 'K=' } },
    { name: 'edit_file', args: { path: '.env', old_text: 'NONE=', new_text: 'K=' } },
  ]);
  // Whether an edit would fit is not told before a person has said that it may be known.
  expect(results.map(({ outcome }) => outcome)).toEqual(Array<string>(5).fill('denied:person'));
  expect(bench.asked.map(({ decision }) => decision.rule)).toEqual(Array(5).fill('likely-secret'));
  expect(new Set(results.slice(2).map(({ text }) => text)).size).toBe(1);
});
