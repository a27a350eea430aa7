import type { Word } from './word.ts';

// Which files say what a program does: scripts it is given, and the files that it takes its orders from.

const ORDERS: Record<string, readonly string[]> = {
  npm: ['package.json'],
  npx: ['package.json'],
  yarn: ['package.json'],
  pnpm: ['package.json'],
  bun: ['package.json'],
  make: ['Makefile', 'makefile', 'GNUmakefile'],
  gmake: ['Makefile', 'makefile', 'GNUmakefile'],
  cmake: ['CMakeLists.txt'],
  cargo: ['Cargo.toml', 'build.rs'],
  go: ['go.mod'],
  just: ['justfile', 'Justfile'],
  task: ['Taskfile.yml', 'Taskfile.yaml'],
  rake: ['Rakefile'],
  gradle: ['build.gradle', 'build.gradle.kts'],
  mvn: ['pom.xml'],
  pytest: ['conftest.py', 'pytest.ini', 'pyproject.toml', 'setup.cfg', 'tox.ini'],
  tox: ['tox.ini'],
  vitest: ['vitest.config.ts', 'vitest.config.js', 'vite.config.ts', 'package.json'],
  jest: ['jest.config.js', 'jest.config.ts', 'package.json'],
};

/** Every file of those, to be looked at before anything in a run has been changed. */
export const ORDER_FILES: readonly string[] = [...new Set(Object.values(ORDERS).flat())];

const INTERPRETERS = /^(python[0-9.]*|node|deno|ruby|perl|php|bash|sh|dash|zsh|source|\.)$/;

/** Where programs are told to look instead of the folder that they start in. */
const ELSEWHERE = /^(-C|--prefix|--directory|--cwd|--dir|--manifest-path|--project|--rootdir)(=|$)/;

export interface Scripts {
  /** Files that need not exist, seen from the folder that the program starts in. */
  files: string[];
  /** Names that it looks for there, and in the folders above. */
  orders: readonly string[];
  /** Other folders that it looks for them in. */
  elsewhere: string[];
}

/** The files that say what a program does. */
export function scriptsOf(words: readonly Word[]): Scripts {
  const [program, ...args] = words;
  if (program?.kind !== 'known') return { files: [], orders: [], elsewhere: [] };
  const name = program.text.slice(program.text.lastIndexOf('/') + 1);
  const known = args.flatMap((word) => (word.kind === 'known' ? [word.text] : []));
  const own = program.text.includes('/') && !program.text.startsWith('/') ? [program.text] : [];
  const orders = Object.hasOwn(ORDERS, name) ? (ORDERS[name] ?? []) : [];
  const given = known.flatMap((text, index) => {
    const before = known[index - 1] ?? '';
    if (/^(-f|--file|--makefile|--config|-c)$/.test(before)) return [text];
    return INTERPRETERS.test(name) && !text.startsWith('-') && /[./]/.test(text) ? [text] : [];
  });
  const elsewhere = known.flatMap((text, index) => {
    const [, option = '', mark] = ELSEWHERE.exec(text) ?? [];
    if (option === '') return /^-C./.test(text) ? [text.slice(2)] : [];
    const value = mark === '=' ? text.slice(option.length + 1) : (known[index + 1] ?? '');
    return [option === '--manifest-path' ? value.replace(/\/?[^/]*$/, '') || '.' : value];
  });
  return { files: [...own, ...given.slice(0, 5)], orders, elsewhere };
}
