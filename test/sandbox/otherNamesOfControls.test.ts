import { linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeRepository } from '../support/repository.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

// A hook that is kept in the repository and hard-linked into place is one file with two names.

async function withHook(): Promise<Caged> {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'scripts/hook.sh': '#!/bin/sh\n', 'scripts/other.sh': '#!/bin/sh\n' });
  makeRepository(cage.folder);
  mkdirSync(join(cage.folder, '.git/hooks'), { recursive: true });
  linkSync(join(cage.folder, 'scripts/hook.sh'), join(cage.folder, '.git/hooks/pre-commit'));
  mkdirSync(join(cage.folder, '.vscode'));
  writeFileSync(join(cage.folder, 'settings.json'), '{}');
  linkSync(join(cage.folder, 'settings.json'), join(cage.folder, '.vscode/settings.json'));
  return cage;
}

test.each(['scripts/hook.sh', 'settings.json'])(
  'a protected file is not written by its other name: %s',
  async (name) => {
    const cage = await withHook();
    const before = readFileSync(join(cage.folder, name), 'utf8');
    const result = await cage.run(
      `echo evil >> ${name}; chmod 777 ${name}; mv ${name} moved; mv scripts away; echo fine >> scripts/other.sh`,
    );
    expect(result.output.match(/Read-only file system|Device or resource busy/g)?.length).toBeGreaterThanOrEqual(3);
    for (const path of [name, '.git/hooks/pre-commit', '.vscode/settings.json'])
      expect(readFileSync(join(cage.folder, path), 'utf8')).not.toContain('evil');
    expect(readFileSync(join(cage.folder, name), 'utf8')).toBe(before);
    if (name === 'scripts/hook.sh')
      expect(readFileSync(join(cage.folder, 'scripts/other.sh'), 'utf8')).toContain('fine'); // the rest is as writable as ever
  },
);

test('control: a file with two names, of which none is protected, is written', async () => {
  const cage = await caged(await temporaryFolder());
  await plant(cage.folder, { 'a.sh': '\n' });
  linkSync(join(cage.folder, 'a.sh'), join(cage.folder, 'b.sh'));
  await cage.run('echo evil >> a.sh');
  expect(readFileSync(join(cage.folder, 'b.sh'), 'utf8')).toContain('evil');
});
