import { join } from 'node:path';
import { SEND } from '../support/projects/published.ts';
import {
  files,
  make,
  NODE_SAYS,
  NODE_TESTED,
  npmGlobal,
  npmInstall,
  npmUnpack,
  type Place,
  type RealProject,
} from './project.ts';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';

const TESTED = { type: 'module', private: true, scripts: { test: 'node --test test/*.test.js' } };

/** Two packages, of which one needs the other. */
function workspaceFiles(needs: string): Record<string, unknown> {
  return {
    'packages/lib/package.json': {
      ...TESTED,
      name: '@own/lib',
      version: '1.0.0',
      exports: './src/sum.js',
      dependencies: { semver: '7.8.6' },
    },
    ...Object.fromEntries(Object.entries(NODE_TESTED).map(([name, text]) => [`packages/lib/${name}`, text])),
    'packages/app/package.json': {
      ...TESTED,
      name: '@own/app',
      version: '1.0.0',
      dependencies: { '@own/lib': needs },
    },
    'packages/app/test/app.test.js':
      "import test from 'node:test';\nimport assert from 'node:assert';\nimport { newest } from '@own/lib';\ntest('app', () => assert.equal(newest(['2.0.0', '1.10.0']), '2.0.0'));\n",
  };
}

export const JAVASCRIPT: readonly RealProject[] = [
  {
    name: 'npm',
    prepare(place) {
      files(place.folder, { 'package.json': TESTED, ...NODE_TESTED });
      npmInstall(place, ['semver@7.8.6']);
    },
    steps: [
      { line: 'npm test', says: NODE_SAYS },
      { line: 'npm ls --depth=0', says: /semver@[\d.]+/g },
    ],
  },
  {
    name: 'npm, a published package',
    prepare: ({ folder }) => SEND.prepare(folder),
    steps: [{ line: SEND.command, says: NODE_SAYS }],
  },
  {
    name: 'pnpm workspace',
    path: ['.npm-global/bin'],
    prepare(place) {
      files(place.folder, {
        'package.json': { private: true, name: 'top' },
        'pnpm-workspace.yaml': 'packages: [packages/*]\n',
        ...workspaceFiles('workspace:*'),
      });
      npmGlobal(place, ['pnpm@12.21.0']);
      make(place, place.folder, 'pnpm install');
    },
    steps: [
      { line: 'pnpm -r test', says: NODE_SAYS },
      { line: 'pnpm --filter @own/app test', says: NODE_SAYS },
      { line: 'cd packages/app && pnpm test', says: NODE_SAYS },
      {
        line: 'pnpm install --offline --frozen-lockfile && pnpm -r test',
        says: NODE_SAYS,
        told: /pnpm install .*removes .* first, and only the network can bring it back/,
      },
    ],
  },
  {
    name: 'yarn berry, plug’n’play',
    path: ['.npm-global/bin'],
    prepare(place) {
      files(place.folder, {
        'package.json': { ...TESTED, workspaces: ['packages/*'], name: 'top' },
        '.yarnrc.yml': 'yarnPath: .yarn/releases/yarn.cjs\nenableTelemetry: false\n',
        'yarn.lock': '',
        ...workspaceFiles('workspace:*'),
      });
      npmGlobal(place, ['yarn@1.22.22']);
      yarnBerry(place);
    },
    steps: [
      { line: 'yarn workspaces foreach -A --exclude top run test', says: /(?<=[ℹ#] (?:pass|fail) )\d+/g },
      { line: 'cd packages/app && yarn test', says: NODE_SAYS },
      { line: 'yarn install --immutable --mode=skip-build', says: /Done/g },
    ],
  },
  {
    name: 'corepack, pinned pnpm',
    path: ['.npm-global/bin'],
    prepare(place) {
      files(place.folder, {
        'package.json': { ...TESTED, packageManager: 'pnpm@10.34.9' },
        ...NODE_TESTED,
      });
      npmGlobal(place, ['corepack@0.36.0']);
      make(place, place.folder, 'corepack install && corepack enable pnpm && pnpm add semver@7.8.6', {
        COREPACK_ENABLE_DOWNLOAD_PROMPT: '0',
        COREPACK_INTEGRITY_KEYS: '0', // a mirror of the registry may have no signatures
      });
    },
    steps: [
      { line: 'pnpm test', says: NODE_SAYS },
      { line: 'corepack pnpm --version', says: /^10\.34\.9$/gm },
    ],
  },
  {
    name: 'turborepo',
    prepare(place) {
      files(place.folder, {
        'package.json': { private: true, name: 'top', workspaces: ['packages/*'], packageManager: 'npm@11.19.1' },
        'turbo.json': { tasks: { test: { dependsOn: ['^test'] } } },
        ...workspaceFiles('1.0.0'),
      });
      npmInstall(place, ['turbo@2.11.11']);
    },
    steps: [{ line: 'npx turbo run test', says: /(?<=[ℹ#] (?:pass|fail) )\d+|^ *Tasks: .*/gm }],
  },
  {
    name: 'vitest with jsdom',
    prepare(place) {
      files(place.folder, {
        'package.json': { type: 'module', private: true, scripts: { test: 'vitest run' } },
        'vitest.config.ts':
          "import { defineConfig } from 'vitest/config';\nexport default defineConfig({ test: { environment: 'jsdom' } });\n",
        'src/title.ts': 'export const title = (): string => document.querySelector("h1")?.textContent ?? "none";\n',
        'src/title.test.ts':
          "import { expect, test } from 'vitest';\nimport { title } from './title.ts';\ntest('none', () => expect(title()).toBe('none'));\ntest('one', () => {\n  document.body.innerHTML = '<h1>yes</h1>';\n  expect(title()).toBe('yes');\n});\n",
      });
      npmInstall(place, ['vitest@5.1.2', 'jsdom@31.0.1']);
    },
    steps: [{ line: 'npm test', says: /Tests .*\d+ passed \(\d+\)/g }],
  },
  {
    name: 'jest',
    prepare(place) {
      files(place.folder, {
        'package.json': { private: true, scripts: { test: 'jest' } },
        'sum.js': 'module.exports = (a, b) => a + b;\n',
        ...Object.fromEntries(
          [1, 2, 3].map((n) => [
            `sum${n}.test.js`,
            `const sum = require('./sum');\ntest('adds', () => expect(sum(1, ${n})).toBe(${n + 1}));\ntest('snapshot', () => expect(sum(1, ${n})).toMatchInlineSnapshot(\`${n + 1}\`));\n`,
          ]),
        ),
      });
      npmInstall(place, ['jest@30.5.2']);
    },
    steps: [
      { line: 'npm test', says: /^Tests: .*/gm },
      { line: 'npx jest --coverage', says: /^Tests: .*|^All files.*/gm },
    ],
  },
  {
    name: 'playwright-core with Chromium',
    needs: { '/usr/bin/chromium': 'chromium' },
    prepare(place) {
      files(place.folder, {
        'package.json': { type: 'module', private: true, scripts: { test: 'node --test test/*.test.js' } },
        'test/page.test.js': PAGE_TEST,
      });
      npmInstall(place, ['playwright-core@1.65.1']);
    },
    steps: [{ line: 'npm test', says: NODE_SAYS }],
  },
  {
    name: 'TypeScript project references',
    prepare(place) {
      const options = { composite: true, outDir: 'dist', rootDir: 'src', module: 'nodenext', strict: true };
      files(place.folder, {
        'package.json': {
          type: 'module',
          private: true,
          scripts: { test: 'tsc -b && node --test app/dist/*.test.js' },
        },
        'tsconfig.json': { files: [], references: [{ path: 'app' }] },
        'core/tsconfig.json': { compilerOptions: options },
        'core/src/index.ts': 'export const twice = (n: number): number => n * 2;\n',
        'app/tsconfig.json': { compilerOptions: { ...options, types: ['node'] }, references: [{ path: '../core' }] },
        'app/src/app.test.ts':
          "import test from 'node:test';\nimport assert from 'node:assert';\nimport { twice } from '../../core/dist/index.js';\ntest('twice', () => assert.equal(twice(2), 4));\n",
      });
      npmInstall(place, ['typescript@7.0.2', '@types/node@24']);
    },
    steps: [
      { line: 'npm test', says: NODE_SAYS },
      { line: 'npx tsc -b --verbose | grep -c "up to date"', says: /^\d+$/gm },
    ],
  },
  {
    name: 'bun',
    prepare(place) {
      files(place.folder, {
        'package.json': { type: 'module', private: true, scripts: { test: 'bun test' } },
        'sum.test.ts':
          "import { expect, test } from 'bun:test';\nimport semver from 'semver';\ntest('newer', () => expect(semver.gt('1.10.0', '1.9.0')).toBe(true));\n",
      });
      npmInstall(place, ['bun@1.4.5', 'semver@7.8.6']);
    },
    steps: [{ line: 'npm test', says: /^ *\d+ (?:pass|fail)$/gm }],
  },
  {
    name: 'npm link',
    prepare(place) {
      const lib = join(place.home, 'src/own-lib');
      files(lib, {
        'package.json': { ...TESTED, name: 'own-lib', version: '1.0.0', exports: './index.js' },
        'index.js': 'export const own = 7;\n',
      });
      files(place.folder, {
        'package.json': TESTED,
        'test/own.test.js':
          "import test from 'node:test';\nimport assert from 'node:assert';\nimport { own } from 'own-lib';\ntest('own', () => assert.equal(own, 7));\n",
      });
      files(place.home, { '.npmrc': `prefix=${place.home}/.npm-global\n` });
      mkdirSync(join(place.home, '.npm-global/lib'), { recursive: true });
      make(place, lib, 'npm link');
      make(place, place.folder, 'npm link own-lib');
    },
    steps: [{ line: 'npm test', says: NODE_SAYS }],
  },
];

/** The release that yarn berry is started from, and what the project needs, in the account's own cache. */
function yarnBerry(place: Place): void {
  const releases = join(place.folder, '.yarn/releases');
  npmUnpack(place, '@yarnpkg/cli-dist@4.18.1', releases);
  copyFileSync(join(releases, 'package/bin/yarn.js'), join(releases, 'yarn.cjs'));
  rmSync(join(releases, 'package'), { recursive: true });
  make(place, place.folder, 'node .yarn/releases/yarn.cjs install --no-immutable');
}

/** A server on the loopback, and a browser that fills in its page. */
const PAGE_TEST = `import test from 'node:test';
import assert from 'node:assert';
import { createServer } from 'node:http';
import { chromium } from 'playwright-core';
test('page', async () => {
  const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end('<h1>yes</h1><input id="a"><canvas id="c"></canvas>'));
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium' });
  try {
    const page = await browser.newPage();
    await page.goto('http://127.0.0.1:' + server.address().port);
    assert.equal(await page.textContent('h1'), 'yes');
    await page.fill('#a', 'typed');
    assert.equal(await page.inputValue('#a'), 'typed');
    assert.ok((await page.screenshot()).length > 1000);
  } finally {
    await browser.close();
    server.close();
  }
});
`;
