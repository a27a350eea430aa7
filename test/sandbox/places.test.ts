import { createHash } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeRepository } from '../support/repository.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

// What a project leans on outside: through the whole sandbox, as commands get it.

const CANARY = 'Qz72nvXw19kLp30aTTy8';
const INTERPRETER = '#!/bin/sh\necho own "$@"\n';

async function around(): Promise<{ base: string; home: string; cage: Caged }> {
  const base = await temporaryFolder();
  const cage = await caged(base, '/usr/bin:/bin');
  return { base, home: join(base, 'home'), cage };
}

async function installed(folder: string, program = 'bin/python3.12'): Promise<string> {
  await plant(folder, { [program]: INTERPRETER, 'lib/python3.12/os.py': '' });
  chmodSync(join(folder, program), 0o755);
  return join(folder, program);
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

describe('interpreters of environments', () => {
  test.each([
    '.local/share/uv/python/cpython-3.12.4-linux-x86_64-gnu',
    '.pyenv/versions/3.12.4',
    '.asdf/installs/python/3.12.4',
    '.local/share/mise/installs/python/3.12',
    '.conda/envs/mine',
    'miniconda3',
    'miniforge3/envs/mine',
    '.local/share/hatch/pythons/3.12',
  ])('below ~/%s', async (place) => {
    const { home, cage } = await around();
    const python = await installed(join(home, place));
    await plant(cage.folder, { 'services/api/.venv/pyvenv.cfg': `home = ${dirname(python)}\n` });
    link(python, join(cage.folder, 'services/api/.venv/bin/python'));
    link('python', join(cage.folder, 'services/api/.venv/bin/python3'));
    const { output, notes } = await cage.run(
      `exec 2>&1; services/api/.venv/bin/python3 x; echo evil >> ${python} || echo kept; ls ${join(home, place)}/lib`,
    );
    expect(output).toMatch(/^own x\n.*Read-only file system\nkept\npython3.12\n$/s);
    expect(notes).toEqual([]);
  });

  test('through a link of a minor version, and found anew for each command', async () => {
    const { home, cage } = await around();
    const store = join(home, '.local/share/uv/python');
    await plant(cage.folder, { '.venv/pyvenv.cfg': `home = ${store}/cpython-3.12/bin\n` });
    expect((await cage.run('.venv/bin/python || echo none')).output).toMatch(/none\n$/);
    await installed(join(store, 'cpython-3.12.4'));
    link('cpython-3.12.4', join(store, 'cpython-3.12'));
    link(join(store, 'cpython-3.12/bin/python3.12'), join(cage.folder, '.venv/bin/python'));
    expect((await cage.run('.venv/bin/python')).output).toBe('own\n');
  });

  test.each([
    ['anybody’s folder', 'private/bin/python3.12'],
    ['a folder of keys', '.ssh/bin/python3.12'],
    ['beside the installations', '.pyenv/versions/python3.12'],
    ['another project’s environment', '.virtualenvs/other/bin/python3.12'],
    ['up from a place', '.pyenv/versions/3.12/../../../private/bin/python3.12'],
  ])('a link opens nothing else: %s', async (_name, place) => {
    const { home, cage } = await around();
    await installed(join(home, 'private'));
    await installed(join(home, '.pyenv/versions/3.12'));
    await plant(home, { [`${dirname(place)}/canary`]: CANARY, 'private/canary': CANARY });
    await plant(home, { [place]: INTERPRETER });
    chmodSync(join(home, place), 0o755);
    await plant(cage.folder, { '.venv/pyvenv.cfg': `home = ${join(home, dirname(place))}\n` });
    link(`${home}/${place}`, join(cage.folder, '.venv/bin/python'));
    const { output, notes } = await cage.run(
      `.venv/bin/python x; cat ${home}/${dirname(place)}/canary; grep -r ${CANARY} ${home} ; true`,
    );
    expect(output).not.toContain('own');
    expect(output).not.toContain(`${CANARY}\n`);
    expect(notes).toEqual([expect.stringMatching(/\.venv\/bin\/python leads to .*, which commands do not see/)]);
  });

  test('a place that anybody can write in is none', async () => {
    const { home, cage } = await around();
    const python = await installed(join(home, '.pyenv/versions/3.12'));
    chmodSync(join(home, '.pyenv/versions/3.12'), 0o777);
    await plant(cage.folder, { '.venv/pyvenv.cfg': 'home = /usr/bin\n' });
    link(python, join(cage.folder, '.venv/bin/python'));
    expect((await cage.run('.venv/bin/python')).output).not.toContain('own');
    chmodSync(join(home, '.pyenv/versions/3.12'), 0o755);
    expect((await cage.run('.venv/bin/python')).output).toBe('own\n');
  });

  test('the environment that a tool keeps elsewhere for this folder, not that of another', async () => {
    const { home, cage } = await around();
    const python = await installed(join(home, '.pyenv/versions/3.12'));
    for (const [name, project] of [
      ['mine-x', cage.folder],
      ['other-y', join(home, 'other')],
    ] as const) {
      const at = join(home, '.local/share/virtualenvs', name);
      await plant(at, { '.project': project, 'pyvenv.cfg': `home = ${dirname(python)}\n`, 'lib/x.py': CANARY });
      link(python, join(at, 'bin/python'));
    }
    const { output } = await cage.run(
      `${home}/.local/share/virtualenvs/mine-x/bin/python; cat ${home}/.local/share/virtualenvs/*/lib/x.py`,
    );
    expect(output).toBe(`own\n${CANARY}`);
  });
});

test('Poetry’s environment of this folder is where Poetry looks for it', async () => {
  const { home, cage } = await around();
  const python = await installed(join(home, '.pyenv/versions/3.12'));
  const digest = createHash('sha256').update(cage.folder).digest('base64url').slice(0, 8);
  const name = `own-${digest}-py3.12`;
  for (const one of [name, 'other-AAAAAAAA-py3.12']) {
    const at = join(home, '.cache/pypoetry/virtualenvs', one);
    await plant(at, { 'pyvenv.cfg': `home = ${dirname(python)}\n`, 'lib/x.py': CANARY });
    link(python, join(at, 'bin/python'));
  }
  const line = `ls ~/.cache/pypoetry/virtualenvs; ~/.cache/pypoetry/virtualenvs/${name}/bin/python`;
  expect((await cage.run(line)).output).toBe(`${name}\nown\n`);
});

test('a tool that locks before it reads finds its store, and can make the lock', async () => {
  const { home, cage } = await around();
  const dist = '.gradle/wrapper/dists/gradle-8.5-bin/abc';
  await plant(home, { [`${dist}/gradle-8.5/bin/gradle`]: 'GRADLE\n', [`${dist}/gradle-8.5-bin.zip.ok`]: '' });
  await plant(home, { [`${dist}/gradle-8.5-bin.zip.lck`]: 'OLD' });
  await plant(cage.folder, { 'build.gradle': '' });
  const { output } = await cage.run(
    `cd ~/${dist} && echo mine > gradle-8.5-bin.zip.lck && ls && cat gradle-8.5/bin/gradle && echo evil > gradle-8.5/bin/gradle`,
  );
  expect(output).toMatch(/^gradle-8\.5\ngradle-8\.5-bin\.zip\.lck\ngradle-8\.5-bin\.zip\.ok\nGRADLE\n.*Read-only/s);
  expect(readFileSync(join(home, dist, 'gradle-8.5-bin.zip.lck'), 'utf8')).toBe('OLD');
});

test('a tool that locks its own cache is told where one is that it can only read', async () => {
  const { home, cage } = await around();
  await plant(home, { '.gradle/caches/modules-2/files-2.1/x.jar': 'JAR\n', '.gradle/gradle.properties': CANARY });
  const line =
    'cat $GRADLE_RO_DEP_CACHE/modules-2/files-2.1/x.jar; mkdir -p ~/.gradle/caches/modules-2 && echo mine > ~/.gradle/caches/modules-2/modules-2.lock; ls $GRADLE_RO_DEP_CACHE/..';
  expect((await cage.run(line)).output).not.toContain('JAR');
  await plant(cage.folder, { 'build.gradle.kts': '' });
  expect((await cage.run(line)).output).toBe('JAR\ncaches\n');
});

test('Go is told not to look for a repository where an empty folder stands in for one', async () => {
  const { home, cage } = await around();
  await plant(home, { '.config/go/env': 'GOFLAGS=-mod=vendor\n' });
  const flags = async (): Promise<string> => (await cage.run('echo "${GOFLAGS-none}"; ls -d .git')).output;
  expect(await flags()).toBe('none\n.git\n');
  await plant(cage.folder, { 'go.mod': '' });
  expect(await flags()).toBe('-mod=vendor -buildvcs=false\n.git\n');
  makeRepository(cage.folder);
  expect(await flags()).toBe('none\n.git\n');
});

describe('stores and caches', () => {
  const FILES = {
    '.m2/repository/org/x/x.jar': 'JAR',
    '.m2/settings.xml': CANARY,
    '.cargo/registry/src/x/lib.rs': 'CRATE',
    '.cargo/credentials.toml': CANARY,
    '.cargo/config.toml': `[registry]\ntoken = "${CANARY}"\n`,
    '.gradle/caches/modules-2/x': 'MODULE',
    '.gradle/gradle.properties': CANARY,
    'go/pkg/mod/x@v1/x.go': 'GO',
    'go/pkg/mod/cache/vcs/x/config': CANARY,
    '.nuget/packages/x': 'NUGET',
    '.nuget/NuGet/NuGet.Config': CANARY,
    '.local/share/pnpm/store/v10/links/dep/index.js': 'DEP',
    '.local/share/pnpm/rc': CANARY,
    '.cache/ms-playwright/chromium/chrome': 'BROWSER',
    '.cache/other/x': CANARY,
    '.npmrc': CANARY,
    '.pypirc': CANARY,
    '.ssh/id_rsa': CANARY,
  };

  test('are there for the projects that go by them, at their place and where tools look; what lies beside is not', async () => {
    const { base, home, cage } = await around();
    await plant(home, FILES);
    const look = `for f in .m2/repository/org/x/x.jar .cargo/registry/src/x/lib.rs go/pkg/mod/x@v1/x.go .nuget/packages/x .local/share/pnpm/store/v10/links/dep/index.js .cache/ms-playwright/chromium/chrome; do for at in ~ ${home}; do cat $at/$f; echo; done; done 2>/dev/null | grep .; grep -rF ${CANARY} ${base} ~ 2>/dev/null; true`;
    expect((await cage.run(look)).output).toBe('');
    await plant(cage.folder, {
      'pom.xml': '',
      'package.json': '{}',
      'core/Cargo.toml': '',
      'cmd/go.mod': '',
      'app/app.csproj': '',
    });
    for (const workspace of ['writable', 'read-only'] as const) {
      const { output } = await cage.run(look, { workspace });
      expect(output).toBe('JAR\nJAR\nCRATE\nCRATE\nGO\nGO\nNUGET\nNUGET\nDEP\nDEP\nBROWSER\nBROWSER\n');
    }
    const write = await cage.run(`echo evil > ${home}/.m2/repository/x; echo evil > ~/.m2/repository/x; true`);
    expect(write.output.match(/Read-only file system/g)).toHaveLength(2);
    const denied = [join(home, '.m2/repository/org'), join(home, '.nuget')];
    const hidden = await cage.run(look, { denied });
    expect(hidden.output).toBe('CRATE\nCRATE\nGO\nGO\nDEP\nDEP\nBROWSER\nBROWSER\n');
  });

  test('a link of the person’s leads on, one into a workspace or to keys does not', async () => {
    const { base, home, cage } = await around();
    await plant(base, { 'disk/repository/x.jar': 'JAR', 'home/.ssh/id': CANARY });
    await plant(cage.folder, { 'pom.xml': '', 'package.json': '', 'caught/x': CANARY });
    link(join(base, 'disk/repository'), join(home, '.m2/repository'));
    link(join(home, '.ssh'), join(home, '.local/share/pnpm/store'));
    const { output } = await cage.run(
      `cat ~/.m2/repository/x.jar ${home}/.m2/repository/x.jar; cat ~/.local/share/pnpm/store/id ${home}/.ssh/id 2>/dev/null`,
    );
    expect(output).toBe('JARJAR');
  });
});

describe('linked packages', () => {
  test('one that the person linked is there without what is private in it; one that only the workspace links is not', async () => {
    const { base, home, cage } = await around();
    const files = {
      'package.json': '{}',
      'index.js': 'MODULE\n',
      '.env': CANARY,
      'conf/.env.local': CANARY,
      '.git/config': CANARY,
      'keys/a.pem': CANARY,
      '.env.example': 'EXAMPLE\n',
    };
    for (const name of ['linked', 'other']) await plant(join(home, name), files);
    await plant(cage.folder, { 'package.json': '{}' });
    link(join(home, 'linked'), join(home, '.npm-global/lib/node_modules/linked'));
    link('../../home/linked', join(cage.folder, 'node_modules/linked'));
    link(join(home, 'other'), join(cage.folder, 'node_modules/@scope/other'));
    link(join(home, '.ssh'), join(cage.folder, 'node_modules/keys'));
    const { output, notes } = await cage.run(
      `exec 2>&1; cat node_modules/linked/index.js node_modules/linked/.env.example node_modules/@scope/other/index.js 2>/dev/null; grep -rF ${CANARY} ${base} 2>/dev/null; echo evil > node_modules/linked/x; true`,
    );
    expect(output).toMatch(/^MODULE\nEXAMPLE\n.*Read-only file system\n$/s);
    expect(output).not.toContain(CANARY);
    expect(notes).toEqual([expect.stringContaining(`@scope/other leads to ${home}/other, which commands do not see`)]);
    // Worked on meanwhile.
    await plant(join(home, 'linked'), { 'late/.env': CANARY });
    expect((await cage.run(`cat node_modules/linked/late/.env 2>/dev/null; true`)).output).toBe('');
    rmSync(join(home, '.npm-global'), { recursive: true });
    expect((await cage.run(`cat node_modules/linked/index.js 2>/dev/null; true`)).output).toBe('');
    expect(lstatSync(join(home, 'linked/index.js')).isFile()).toBe(true);
  });
});
