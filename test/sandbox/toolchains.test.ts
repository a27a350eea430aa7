import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { toolchains } from '../../src/node/sandbox/toolchains.ts';
import { cageEnvironment } from '../../src/node/sandbox/environment.ts';
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
  const path = ['/usr/bin', 'relative/bin', '', ...bins.map((name) => join(home, name))].join(':');
  const found = toolchains({ PATH: path }, home, [join(home, 'work')]);
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

test('managers and installations are where the account’s variables say, and of the version that it chose', async () => {
  const home = await temporaryFolder();
  await plant(home, {
    'c/bin/cargo': '',
    'r/toolchains/x': '',
    'py/shims/python': '',
    'jdks/21/bin/java': '',
    'jdks/21/lib/x': '',
    'keys/id': 'SECRET',
  });
  const at = (name: string): string => join(home, name);
  const account = {
    PATH: `${at('c/bin')}:/usr/lib:/usr/bin:${at('py/shims')}`,
    ...{ CARGO_HOME: at('c'), RUSTUP_HOME: at('r'), RUSTUP_TOOLCHAIN: 'nightly-2024-01-01' },
    ...{ PYENV_ROOT: `${at('py')}/`, PYENV_VERSION: 'x; y', JAVA_HOME: at('jdks/21'), GOROOT: at('keys') },
    M2_HOME: '/usr/share',
  };
  const found = toolchains(account, home, []);
  expect(found.flatMap(({ mounts }) => mounts)).toEqual(['c/bin', 'r', 'py/shims', 'py', 'jdks/21'].map(at));
  expect(Object.assign({}, ...found.map(({ variables }) => variables))).toEqual({
    ...{ RUSTUP_HOME: at('r'), RUSTUP_TOOLCHAIN: 'nightly-2024-01-01', PYENV_ROOT: at('py') },
    ...{ JAVA_HOME: at('jdks/21'), M2_HOME: '/usr/share' },
  });
  expect(cageEnvironment(account, [], found)['PATH']).toBe(
    `${at('c/bin')}:/usr/lib:/usr/bin:${at('py/shims')}:/usr/local/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin`,
  );
  // Nothing of that where no variable says so.
  expect(toolchains({ PATH: '/usr/bin' }, home, [])).toEqual([{ mounts: [], bin: '/usr/bin', variables: {} }]);
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
