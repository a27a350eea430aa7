import { describe, expect, test } from 'vitest';
import { Scope } from '../../src/core/scope/scope.ts';
import { isScratch, scratchWords } from '../../src/core/tools/command/scratchPaths.ts';

function scopeOf(root: string, denied: readonly string[] = []): Scope {
  return new Scope({
    roots: [root],
    home: '/home/me',
    allowed: [],
    denied: denied.map((written) => ({ written, origin: { layer: 'user' } })),
    protected: [],
    secrets: [{ written: '*.pem', origin: { layer: 'built-in' } }],
  });
}

const at = (spelling: string, isPattern = false, access: 'read' | 'list' | 'write' = 'write') => ({
  spelling,
  isPattern,
  access,
});

describe('what is scratch', () => {
  test.each(['/tmp/x', '/tmp/a/b', '~/x', '~/a/.b'])('%s', (spelling) => {
    expect(isScratch(at(spelling), scopeOf('/srv/work'))).toBe(true);
    expect(isScratch(at(spelling, true), scopeOf('/srv/work'))).toBe(true);
  });

  test.each([
    ['/tmpx/a', '/srv/work'],
    ['tmp/a', '/srv/work'],
    ['/tmp/../etc/passwd', '/srv/work'],
    ['/tmp/link/../x', '/srv/work'],
    ['~/../other', '/srv/work'],
    ['~root/x', '/srv/work'],
    ['/home/me/x', '/srv/work'],
    ['~/.bashrc', '/srv/work'],
    ['~//.bashrc', '/srv/work'],
    ['/tmp/key.pem', '/srv/work'],
    ['/tmp/work/a', '/tmp/work'],
    ['/tmp/work', '/tmp/work'],
    ['/tmp/above', '/tmp/above/work'],
    ['/tmp', '/tmp/work'],
    ['~/work/a', '/home/me/work'],
    ['/var/tmp/x', '/srv/work'],
    ['~', '/srv/work'],
    ['/tmp', '/srv/work'],
  ])('%s is not, with the workspace %s', (spelling, root) => {
    expect(isScratch(at(spelling), scopeOf(root))).toBe(false);
  });

  test('a pattern may fit the workspace, and names above it may only be listed', () => {
    const scope = scopeOf('/tmp/work');
    expect(isScratch(at('/tmp/*/a', true), scope)).toBe(false);
    expect(isScratch(at('/tmp', false, 'list'), scope)).toBe(true);
    expect(isScratch(at('/tmp', false, 'read'), scope)).toBe(false);
    expect(isScratch(at('/tmp/other'), scope)).toBe(true);
  });

  test('what a rule denies is not', () => {
    expect(isScratch(at('/tmp/x'), scopeOf('/srv/work', ['/tmp']))).toBe(false);
    expect(isScratch(at('~/x'), scopeOf('/srv/work', ['~']))).toBe(false);
  });
});

test.each([
  ['ls ~', true, 1],
  ['cat "$HOME/x"', true, 1],
  ['cat /tmp/x', false, 1],
  ['cat /tmp/x', true, 0],
  ['git show HEAD~1', true, 0],
  ['cat a~', false, 0],
])('%s: said beside the result', (command, ok, count) => {
  expect(scratchWords(command, ok)).toHaveLength(count);
});
