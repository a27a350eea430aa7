import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A published project that ships its own tests: how it is had, how its tests are started, and what they count. */
export interface Project {
  /** Fills an empty folder. Runs outside the sandbox, with the network. */
  prepare(folder: string): void;
  /** A bash command line, the same inside and outside. */
  command: string;
  /** The number of tests that passed, as the project's own runner says it. */
  passed: RegExp;
}

// Versions are exact: another release may pack other tests, or none.
export const ZOD: Project = {
  prepare(folder) {
    unpack('zod@4.6.7', folder);
    install(folder, ['vitest@5.1.1', 'esbuild@0.28.2']);
  },
  // This part of its suite bundles with esbuild, a process of its own, and needs none of its other tools.
  command: 'npx vitest run src/v4/core/tests',
  passed: /^\s+Tests\s+(\d+) passed \(\d+\)$/m,
};

/** Its tests start HTTP servers on the loopback, and c8 fails them below a coverage of 100 %. */
export const SEND: Project = {
  prepare(folder) {
    unpack('@fastify/send@4.2.1', folder);
    install(folder, ['after@0.8.2', 'c8@12.0.0', 'supertest@7.0.0']);
  },
  command: 'npm run test:unit',
  passed: /^ℹ pass (\d+)$/m,
};

/** gyp-next, a Python project; node-gyp carries it whole. */
export const GYP: Project = {
  prepare(folder) {
    unpack('node-gyp@13.1.0', folder, 'gyp');
  },
  // Without ninja_test.py, which needs a ninja on the machine.
  command: 'python3 -m unittest discover -s pylib -p "[!n]*_test.py"',
  passed: /^Ran (\d+) tests in .*\n\nOK/m,
};

/** XZ Utils as released: configure, a shared library, libtool, and tests in C and in shell. lzma-native carries it. */
export const XZ: Project = {
  prepare(folder) {
    unpack('lzma-native@8.0.6', folder, 'deps');
    // Python unpacks bzip2 without a program that a small system lacks.
    execFileSync('/usr/bin/python3', ['-m', 'tarfile', '-e', 'xz-5.2.3.tar.bz2'], { cwd: folder, stdio: 'ignore' });
  },
  // A folder of its own for every build: a second run must not find what the first one made.
  command: `build=$(mktemp -d ./build-XXXXXX) && cd "$build" &&
    ../xz-5.2.3/configure --disable-nls --disable-static CFLAGS=-O0 >configure.log && make -j2 check`,
  passed: /^All (\d+) tests passed$/m,
};

/**
 * A Node as nvm installs it: `versions/node/<version>` with the program in `bin`, npm in `lib`, and links from one to
 * the other. Returns its `bin`.
 */
export function installNvm(home: string): string {
  const version = join(home, '.nvm/versions/node', process.version);
  mkdirSync(join(version, 'bin'), { recursive: true });
  copyFileSync(process.execPath, join(version, 'bin/node'));
  npm(home, ['install', '--global', '--prefix', version, 'npm@11.19.1']);
  return join(version, 'bin');
}

/** What npm packed under a name, or a part of it, as the content of `folder`. */
function unpack(name: string, folder: string, part = ''): void {
  mkdirSync(folder, { recursive: true });
  const packed = mkdtempSync(join(folder, 'packed-'));
  npm(packed, ['pack', name]);
  const [file = ''] = readdirSync(packed);
  const inside = join('package', part);
  const depth = inside.split('/').length;
  execFileSync('tar', ['-xzf', join(packed, file), '-C', folder, `--strip-components=${depth}`, inside]);
  rmSync(packed, { recursive: true });
}

function install(folder: string, names: readonly string[]): void {
  // Most of what a project develops with is not needed to run its tests.
  npm(folder, ['pkg', 'delete', 'devDependencies']);
  npm(folder, ['install', '--save-dev', '--ignore-scripts', ...names]);
}

function npm(folder: string, args: readonly string[]): void {
  // What an outer `npm test` says about itself in the environment would send the inner one to the wrong folder.
  const environment = Object.entries(process.env).filter(
    ([name]) => !/^npm_(?!config_(?:registry|cache|globalconfig|.*proxy)$)/i.test(name) && name !== 'INIT_CWD',
  );
  execFileSync('npm', [...args, '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    env: Object.fromEntries(environment),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
