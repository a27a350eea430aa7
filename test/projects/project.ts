import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where a project is made: its own home folder, and the folder that is opened. */
export interface Place {
  home: string;
  folder: string;
  /** As its steps have it, without the folders that the project itself puts before it. */
  path: string;
}

/** One command line of a project, the same outside and inside. */
export interface Step {
  line: string;
  /** What of the output must be the same: each match, in order. Without one only the end counts. */
  says?: RegExp;
  /** It cannot be the same inside: what a person reads before or after it. */
  told?: RegExp;
}

/** A small project of a kind that people have, made from what a registry and the system's packages hold. */
export interface RealProject {
  name: string;
  /** Files that it needs of the system, each with the Debian package that brings it. */
  needs?: Readonly<Record<string, string>>;
  /** What is opened, below the place's folder; all of it where nothing is said. */
  opened?: string;
  /** Fills the place: outside, with the network. */
  prepare(place: Place): void;
  /** Folders of the home folder that are on PATH, before the rest. */
  path?: readonly string[];
  /** Variables that its account has. */
  environment?: (place: Place) => Record<string, string>;
  steps: readonly Step[];
}

/** Writes files below a folder: names to contents; what is no text is written as JSON. */
export function files(folder: string, contents: Record<string, unknown>): void {
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, undefined, 2));
  }
}

/** What the registry's clients of this machine are told about where it is and how it is reached. */
function registrySettings(): [string, string | undefined][] {
  return Object.entries(process.env).filter(([name]) =>
    /^(?:npm_config_(?:registry|cache|globalconfig)|COREPACK_NPM_REGISTRY|(?:https?|no)_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE)$/i.test(
      name,
    ),
  );
}

/** Starts a program for a place, as its account would; throws with what it said. */
export function make(
  { home, path }: Pick<Place, 'home' | 'path'>,
  cwd: string,
  line: string,
  more: Record<string, string> = {},
): string {
  mkdirSync(cwd, { recursive: true });
  const { status, stdout } = spawnSync('/bin/bash', ['-ec', `exec 2>&1; ${line}`], {
    cwd,
    env: {
      ...Object.fromEntries(registrySettings()),
      ...GIT,
      HOME: home,
      PATH: path,
      LANG: 'C.UTF-8',
      CI: 'true',
      ...more,
    },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  if (status !== 0) throw new Error(`${line}\n${stdout}`);
  return stdout;
}

/** Settings of nobody's, so that repositories can be made. */
const GIT = {
  GIT_AUTHOR_NAME: 't',
  GIT_AUTHOR_EMAIL: 't@example.org',
  GIT_COMMITTER_NAME: 't',
  GIT_COMMITTER_EMAIL: 't@example.org',
  GIT_CONFIG_NOSYSTEM: '1',
};

const NPM = '--no-audit --no-fund --loglevel=error --prefer-offline';

/** Installs what package.json names and these. */
export function npmInstall(place: Place, names: readonly string[] = [], folder = place.folder): void {
  make(place, folder, `npm install ${NPM} ${names.length === 0 ? '' : '--save-dev'} ${names.join(' ')}`);
}

/** Programs of the registry in a prefix of the account's own, as people install them for themselves: `~/.npm-global`. */
export function npmGlobal(place: Place, names: readonly string[]): void {
  make(place, place.home, `npm install --global --prefix ${place.home}/.npm-global ${NPM} ${names.join(' ')}`);
}

/** What npm packed under a name, below `folder`. */
export function npmUnpack(place: Place, name: string, folder: string): void {
  const packed = make(place, folder, `npm pack ${NPM} --silent ${name}`).trim().split('\n').at(-1) ?? '';
  execFileSync('tar', ['-xzf', join(folder, packed), '-C', folder]);
}

/** A repository of what is in a folder, with one commit. */
export function commitAll(place: Place, folder: string): void {
  make(place, folder, 'git init -q -b main && git add -A && git commit -qm first');
}

/** A module and its test, for whatever runs `node --test`. */
export const NODE_TESTED = {
  'src/sum.js': "import semver from 'semver';\nexport const newest = (all) => all.sort(semver.compare).at(-1);\n",
  'test/sum.test.js':
    "import test from 'node:test';\nimport assert from 'node:assert';\nimport { newest } from '../src/sum.js';\ntest('newest', () => assert.equal(newest(['1.2.0', '1.10.0']), '1.10.0'));\ntest('of one', () => assert.equal(newest(['1.0.0']), '1.0.0'));\n",
};
export const NODE_SAYS = /(?<=^[ℹ#] (?:pass|fail) )\d+$/gm;
