import { linkSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Scope } from '../../src/core/scope/scope.ts';
import { RootedFiles } from '../../src/node/files/rootedFiles.ts';
import { UnfinishedWrites } from '../../src/node/files/unfinishedWrites.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const NO_RULES = { home: '/nonexistent', allowed: [], denied: [], protected: [], secrets: [] };

async function write(files: RootedFiles, path: string): Promise<void> {
  await files.write(path, new TextEncoder().encode('two\n'), await files.preImage(path));
}

test.each([
  ['the outer first', ['ws', 'ws/sub']],
  ['the inner first', ['ws/sub', 'ws']],
  ['one given twice', ['ws', 'ws']],
])('a name that two workspace folders hold, one in the other, counts once: %s', async (_what, folders) => {
  const base = await temporaryFolder();
  await plant(base, { 'ws/sub/a': 'one\n', 'ws/sub/b': 'one\n', 'out/.keep': '' });
  const at = (path: string): string => join(base, path);
  linkSync(at('ws/sub/a'), at('out/a'));
  linkSync(at('ws/sub/b'), at('ws/b'));
  const scope = new Scope({ ...NO_RULES, roots: folders.map(at) });
  const files = new RootedFiles(() => scope, [], {
    isStandIn: () => false,
    unfinished: new UnfinishedWrites(at('data')),
  });
  expect(await files.otherNames(at('ws/sub/a'))).toEqual({ kind: 'elsewhere' });
  await write(files, at('ws/sub/a'));
  expect(readFileSync(at('out/a'), 'utf8')).toBe('one\n');
  // The control: all its names lie in the workspace.
  expect(await files.otherNames(at('ws/sub/b'))).toEqual({ kind: 'all', names: [at('ws/b')] });
  await write(files, at('ws/sub/b'));
  expect(readFileSync(at('ws/b'), 'utf8')).toBe('two\n');
  expect(statSync(at('ws/b')).nlink).toBe(2);
});
