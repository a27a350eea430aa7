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

/** The files, seen from the folder that the program starts in, that say what it does. They need not exist. */
export function scriptsOf(words: readonly Word[]): string[] {
  const [program, ...args] = words;
  if (program?.kind !== 'known') return [];
  const name = program.text.slice(program.text.lastIndexOf('/') + 1);
  const known = args.flatMap((word) => (word.kind === 'known' ? [word.text] : []));
  const own = program.text.includes('/') && !program.text.startsWith('/') ? [program.text] : [];
  const orders = Object.hasOwn(ORDERS, name) ? (ORDERS[name] ?? []) : [];
  const given = known.flatMap((text, index) => {
    const before = known[index - 1] ?? '';
    if (/^(-f|--file|--makefile|--config|-c)$/.test(before)) return [text];
    return INTERPRETERS.test(name) && !text.startsWith('-') && /[./]/.test(text) ? [text] : [];
  });
  return [...own, ...orders, ...given.slice(0, 5)];
}
