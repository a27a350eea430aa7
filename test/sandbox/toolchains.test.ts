import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolchains } from '../../src/node/sandbox/toolchains.ts';
import { caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

test('an installation is mounted whole; what only has a bin is mounted by it alone', async () => {
  const home = await temporaryFolder();
  await plant(home, {
    '.nvm/v24/bin/node': '',
    '.nvm/v24/lib/npm': '',
    '.pyenv/shims/python': '',
    '.pyenv/versions/3/x': '',
    '.cargo/bin/rustc': '',
    '.cargo/credentials.toml': 'SECRET',
    '.docker/bin/docker': '',
    '.docker/config.json': 'SECRET',
    '.fly/bin/fly': '',
    '.local/bin/tool': '',
    '.local/lib/x': '',
    'bin/mine': '',
    'work/node_modules/.bin/x': '',
    'work/bin/x': '',
  });
  const bins = [
    '.nvm/v24/bin',
    '.pyenv/shims',
    '.cargo/bin',
    '.docker/bin',
    '.fly/bin',
    '.local/bin',
    'bin',
    'work/node_modules/.bin',
    'work/bin',
    'absent/bin',
    '.',
  ];
  const found = toolchains(['/usr/bin', 'relative/bin', '', ...bins.map((name) => join(home, name))].join(':'), home, [
    join(home, 'work'),
  ]);
  expect(found.flatMap(({ mounts }) => mounts).map((mount) => mount.slice(home.length + 1))).toEqual([
    '.nvm/v24',
    '.pyenv',
    '.cargo/bin',
    '.docker/bin',
    '.fly/bin',
    '.local/bin',
    'bin',
  ]);
});

test('a toolchain is readable, its neighbours are not, and a denied one is not there', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'home/.fly/bin/fly': 'TOOL', 'home/.fly/config.yml': 'SECRET' });
  mkdirSync(join(base, 'work'));
  const cage = await caged(base, `${base}/home/.fly/bin:/usr/bin:/bin`);
  const look = `cat ${base}/home/.fly/bin/fly; cat ${base}/home/.fly/config.yml 2>/dev/null; echo x > ${base}/home/.fly/bin/fly`;
  expect((await cage.run(look)).output).toMatch(/^TOOL.*Read-only file system/s);
  expect((await cage.run(look, { denied: [join(base, 'home/.fly')] })).output).not.toMatch(/TOOL|SECRET/);
});
