import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { carriesCredential, scriptCarriesCredential } from '../../src/core/redaction/carriesCredential.ts';
import { KeptFindings } from '../../src/node/sandbox/keptFindings.ts';
import { stampOf } from '../../src/node/sandbox/places/near.ts';
import { caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

const CANARY = 'Zx81kfQ02mVb77LrTTe5';

/** Every place below an installation that may hold a token, with the token in it. */
const PLACES: Record<string, string> = {
  'etc/npmrc': `//registry/:_authToken=${CANARY}\n`,
  'lib/node_modules/npm/npmrc': `_auth = ${CANARY}\n`,
  'pip.conf': `[global]\nindex-url = https://u:${CANARY}@host/simple\n`,
  '.condarc': `channels:\n  - https://host/t/x\nproxy_servers:\n  http: http://u:${CANARY}@host\n`,
  'conf/settings.xml': `<settings><server><password>${CANARY}</password></server></settings>`,
  'lib/gradle.properties': `mavenPassword=${CANARY}\n`,
  '.cargo/credentials.toml': `[registry]\ntoken = "${CANARY}"\n`,
  '.cargo/credentials': CANARY,
  '.gem/credentials': CANARY,
  '.pypirc': CANARY,
  '.netrc': CANARY,
  '.docker/config.json': `{"auths": {"host": {"auth": "${CANARY}"}}}`,
  'composer/auth.json': `{"github-oauth": {"host": "ghp_${CANARY}"}}`,
  'nuget.config': `<add key="ClearTextPassword" value="${CANARY}" />`,
  'share/.git-credentials': CANARY,
  'share/.ssh/id_other': CANARY,
  'share/.aws/config': CANARY,
  'share/.git/config': `[remote "o"]\n\turl = https://u:${CANARY}@host/x\n`,
  'bin/mine': `#!/bin/sh\nexport API_TOKEN=${CANARY}\n`,
  'etc/gitconfig': `[http]\n\textraHeader = Authorization: Basic ${CANARY}\n`,
  'named-otherwise': `password = ${CANARY}\n`,
};
/** Files of the same names that hold nothing, and a script that only speaks of tokens: programs need them. */
const INNOCENT: Record<string, string> = {
  'other/npmrc': 'prefix=/x\n# _authToken=put-yours-here\nVISIBLE\n',
  'other/settings.xml': '<settings><!-- <password>secret</password> --> VISIBLE</settings>',
  'other/pip.conf': '[global]\nindex-url = https://host/simple\n# VISIBLE\n',
  'other/.npmrc': '//registry/:_authToken=${NPM_TOKEN}\n# VISIBLE\n',
  'bin/tool': '#!/bin/sh\n# usage: TOKEN=... tool\ncurl -H "Authorization: Bearer $TOKEN"; echo VISIBLE\n',
};

test('no command finds a token in what is mounted beside the workspace, and what holds none is there', async () => {
  const base = await temporaryFolder();
  const tool = join(base, 'opt/tool');
  await plant(tool, { ...PLACES, ...INNOCENT, 'lib/x': '' });
  symlinkSync(join(tool, 'named-otherwise'), join(tool, '.netrc-link'));
  symlinkSync('../named-otherwise', join(tool, 'share/_netrc'));
  for (const name of ['bin/mine', 'bin/tool']) chmodSync(join(tool, name), 0o755);
  const cage = await caged(base, `${tool}/bin:/usr/bin:/bin`);
  for (const workspace of ['read-only', 'writable'] as const) {
    const { output } = await cage.run(
      `grep -rlF ${CANARY} ${base} /etc /home /usr/local/etc /run /tmp /var 2>/dev/null; true`,
      { workspace },
    );
    expect(output).toBe('');
    const innocent = await cage.run(`grep -rlF VISIBLE ${tool} 2>/dev/null | wc -l; ${tool}/bin/tool 2>/dev/null`, {
      workspace,
    });
    expect(innocent.output).toBe(`${Object.keys(INNOCENT).length}\nVISIBLE\n`);
  }
  // The control: what the same search finds where nothing is withheld.
  const all = Object.keys(PLACES).length;
  const open = await caged(base, '/usr/bin:/bin');
  const shown = { ...(await open.spec(['/bin/bash', '-c', `grep -rlF ${CANARY} . | wc -l`])), folders: [tool] };
  const unprotected = await open.sandbox.run(
    {
      ...shown,
      isHidden: () => false,
      isDenied: () => false,
      launch: { ...shown.launch, cwd: tool, workspace: 'read-only' },
    },
    new AbortController().signal,
  );
  expect(unprotected.output.trim()).toBe(String(all));
});

test('a token that is gone by the time of a command hinders none', async () => {
  const base = await temporaryFolder();
  const tool = join(base, 'opt/tool');
  await plant(tool, { '.netrc': CANARY, 'share/.ssh/id': CANARY, 'lib/x': '', 'bin/x': '' });
  const cage = await caged(base, `${tool}/bin:/usr/bin:/bin`);
  expect((await cage.run('echo one')).output).toBe('one\n');
  rmSync(join(tool, '.netrc'));
  rmSync(join(tool, 'share/.ssh'), { recursive: true });
  expect((await cage.run('echo two')).output).toBe('two\n');
});

test('a denied folder with credentials in it is hidden whole', async () => {
  const base = await temporaryFolder();
  const tool = join(base, 'opt/tool');
  await plant(tool, { 'share/.netrc': CANARY, 'lib/x': '', 'bin/x': '' });
  const cage = await caged(base, `${tool}/bin:/usr/bin:/bin`);
  const { output } = await cage.run(`ls ${tool}/share; ls ${tool}`, { denied: [join(tool, 'share')] });
  expect(output).toContain('share');
  expect(output).not.toContain('.netrc');
});

/** Longer than a time of change may lie before this process's clock. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 250));

test('the person logs in while the window is open: the next command does not see the token', async () => {
  const base = await temporaryFolder();
  const tool = join(base, 'opt/tool');
  await plant(tool, { 'etc/npmrc': 'prefix=/x\n', 'lib/node_modules/npm/x': '', 'bin/tool': '#!/bin/sh\n' });
  const cage = await caged(base, `${tool}/bin:/usr/bin:/bin`);
  const seen = async (): Promise<string> =>
    (await cage.run(`grep -rlF ${CANARY} ${tool} 2>/dev/null; cat ${tool}/bin/tool 2>/dev/null`)).output;
  expect(await seen()).toBe('#!/bin/sh\n'); // the control: its folder is there
  await settled();
  writeFileSync(join(tool, 'etc/npmrc'), `//registry/:_authToken=${CANARY}\n`); // in place, the folder stays as it was
  expect(await seen()).toBe('#!/bin/sh\n');
  await plant(tool, { 'lib/node_modules/npm/npmrc': `_auth=${CANARY}\n`, '.netrc': CANARY, 'share/.ssh/id': CANARY });
  expect(await seen()).toBe('#!/bin/sh\n');
  await settled();
  writeFileSync(join(tool, 'bin/tool'), `#!/bin/sh\nAPI_TOKEN=${CANARY}\n`);
  expect(await seen()).toBe('');
});

test('what was found is kept while nothing changes, and for a while only', async () => {
  const base = await temporaryFolder();
  await plant(base, { '.npmrc': 'x=1\n', 'a/b/c/d/e': '' });
  await settled();
  let [now, looks] = [0, 0];
  const known = new KeptFindings(() => now);
  const found = async () => {
    const judged = new Map([[join(base, '.npmrc'), stampOf(join(base, '.npmrc'))]]);
    return known.below(base, () => Promise.resolve({ withheld: [String((looks += 1))], judged }));
  };
  expect(await Promise.all([found(), found()])).toEqual([['1'], ['1']]);
  expect(await found()).toEqual(['1']);
  for (const change of [
    () => writeFileSync(join(base, '.npmrc'), 'x=2\n'),
    () => writeFileSync(join(base, 'a/b/c/new'), ''),
    () => (now += 300_000),
  ]) {
    change();
    await settled();
    const before = looks;
    await found();
    expect(looks).toBe(before + 1);
    expect(await found()).toEqual([String(looks)]);
  }
  expect(await known.below(base, () => Promise.resolve(undefined))).toEqual([String(looks)]);
  now += 300_000;
  expect(await known.below(base, () => Promise.resolve(undefined))).toBeUndefined();
  await found();
  expect(looks).toBe(5); // a mishap is no finding
});

test.each([
  ['password=letmein', true, false],
  [`#!/bin/sh\nTOKEN="${CANARY}"`, true, true],
  [`#!/bin/sh\n# gh: ghp_${CANARY}12345`, true, true],
  ['#!/bin/sh\nTOKEN=$(cat file)', true, false],
  ['<password>${env.MAVEN}</password>', false, false],
  ['registry=https://host/', false, false],
  ['{"auths": {}}', false, false],
])('%s', (text, asSetting, asScript) => {
  expect([carriesCredential(text), scriptCarriesCredential(text)]).toEqual([asSetting, asScript]);
});
