import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import {
  commitAll,
  files,
  make,
  NODE_SAYS,
  NODE_TESTED,
  npmInstall,
  type Place,
  type RealProject,
  type Step,
} from './project.ts';

const SCRIPTS = { type: 'module', private: true, scripts: { test: 'node --test test/*.test.js' } };
const PLAIN = {
  'package.json': SCRIPTS,
  'a.txt': 'a\n',
  'test/a.test.js':
    "import test from 'node:test';\nimport assert from 'node:assert';\nimport { readFileSync } from 'node:fs';\ntest('a', () => assert.ok(readFileSync('a.txt', 'utf8').startsWith('a')));\n",
};
const CHANGE = 'echo more >> a.txt';
const ALL = /^.+$/gm;
const LOOKS: readonly Step[] = [
  { line: 'npm test', says: NODE_SAYS },
  { line: 'git status --short --branch', says: ALL },
  { line: 'git log --format=%s', says: ALL },
  { line: `${CHANGE}; git diff --stat; git status --short`, says: ALL },
  { line: 'git show HEAD:a.txt; git branch --list; git ls-files; git blame a.txt | wc -l', says: ALL },
];
const COMMIT = 'git -c user.name=t -c user.email=t@example.org commit -qam second && git log --format=%s';

export const REPOSITORIES: readonly RealProject[] = [
  {
    name: 'Git repository',
    prepare(place) {
      files(place.folder, PLAIN);
      commitAll(place, place.folder);
    },
    steps: [
      ...LOOKS,
      { line: COMMIT, says: ALL },
      { line: 'git switch -qc other && git stash list && git branch --list', says: ALL },
    ],
  },
  {
    name: 'submodule, the whole repository opened',
    prepare: withSubmodule,
    steps: [
      { line: 'cd sub && npm test', says: NODE_SAYS },
      { line: 'git status --short --branch', says: ALL },
      { line: 'git submodule status', says: ALL },
      {
        line: `cd sub && ${CHANGE}; git diff --stat; git log --format=%s; cd .. && git status --short; git diff --submodule`,
        says: ALL,
      },
      {
        line: `cd sub && ${COMMIT}`,
        says: ALL,
        told: /would fail: the repository of sub is kept elsewhere, and is read-only/,
      },
    ],
  },
  {
    name: 'submodule, opened alone',
    opened: 'sub',
    prepare: withSubmodule,
    steps: [
      ...LOOKS,
      {
        line: COMMIT,
        says: ALL,
        told: /would fail: the repository of this folder is kept elsewhere, and is read-only/,
      },
    ],
  },
  {
    name: 'worktree beside its repository',
    opened: 'side',
    prepare(place) {
      files(join(place.folder, 'main'), PLAIN);
      commitAll(place, join(place.folder, 'main'));
      make(place, join(place.folder, 'main'), 'git worktree add -q -b side ../side');
    },
    steps: [
      ...LOOKS,
      { line: 'git worktree list', says: /\[\w+\]$/gm },
      {
        line: COMMIT,
        says: ALL,
        told: /would fail: the repository of this folder is kept elsewhere, and is read-only/,
      },
    ],
  },
  {
    name: 'worktree inside its repository',
    opened: '.worktrees/side',
    prepare(place) {
      files(place.folder, { ...PLAIN, '.gitignore': '.worktrees\n' });
      commitAll(place, place.folder);
      make(place, place.folder, 'git worktree add -q -b side .worktrees/side');
    },
    steps: [
      ...LOOKS,
      {
        line: COMMIT,
        says: ALL,
        told: /would fail: the repository of this folder is kept elsewhere, and is read-only/,
      },
    ],
  },
  {
    name: 'package of an npm workspace, opened alone',
    opened: 'packages/app',
    prepare(place) {
      files(place.folder, {
        '.gitignore': 'node_modules\ndist\n',
        'package.json': { private: true, name: 'top', workspaces: ['packages/*'] },
        'tsconfig.base.json': { compilerOptions: { strict: true, module: 'nodenext', target: 'es2022' } },
        'packages/lib/package.json': { ...SCRIPTS, name: '@own/lib', version: '1.0.0', exports: './src/sum.js' },
        'packages/lib/src/sum.js': NODE_TESTED['src/sum.js'],
        'packages/app/package.json': {
          ...SCRIPTS,
          name: '@own/app',
          version: '1.0.0',
          scripts: { test: 'node --test test/*.test.js', build: 'tsc -p .' },
          dependencies: { '@own/lib': '1.0.0', semver: '7.8.6' },
        },
        'packages/app/a.txt': 'a\n',
        'packages/app/src/app.ts': 'export const a: number = 1;\n',
        'packages/app/tsconfig.json': {
          extends: '../../tsconfig.base.json',
          compilerOptions: { outDir: 'dist', rootDir: 'src', types: [] },
          include: ['src'],
        },
        'packages/app/test/app.test.js':
          "import test from 'node:test';\nimport assert from 'node:assert';\nimport { newest } from '@own/lib';\nimport semver from 'semver';\ntest('app', () => assert.equal(newest(['2.0.0', '1.10.0']), '2.0.0'));\ntest('semver', () => assert.ok(semver.valid('1.0.0')));\n",
      });
      npmInstall(place, ['typescript@7.0.2']);
      commitAll(place, place.folder);
      chmodSync(place.folder, 0o755);
    },
    steps: [
      { line: 'npm test', says: NODE_SAYS },
      { line: 'npm run build && ls dist', says: /^app\.js$/gm },
      { line: 'git status --short --branch', says: ALL },
      { line: `${CHANGE}; git diff --stat; git log --format=%s -- .`, says: ALL },
      { line: COMMIT, says: ALL, told: /would fail: the repository lies above the workspace, and is read-only/ },
    ],
  },
];

function withSubmodule(place: Place): void {
  const origin = join(place.home, 'origin');
  files(origin, PLAIN);
  commitAll(place, origin);
  files(place.folder, { 'top.txt': 'top\n' });
  make(
    place,
    place.folder,
    `git init -q -b main && git -c protocol.file.allow=always submodule --quiet add ${origin} sub && git add -A && git commit -qm first`,
  );
}
