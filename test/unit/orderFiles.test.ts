import { expect, test } from 'vitest';
import { ordersOf } from '../../src/core/command/orders.ts';
import { known } from '../../src/core/command/word.ts';

// Files that change what a command does when they come beside those that it is known to read.
test.each([
  ['docker compose up', 'compose.override.yaml'],
  ['dotnet build', 'Directory.Build.targets'],
  ['cabal build', 'cabal.project.local'],
  ['pnpm test', 'package.yaml'],
  ['cargo test', 'rust-toolchain'],
  ['./gradlew test', 'gradle.properties'],
  ['npx vitest run', 'vitest.workspace.ts'],
  ['npx vite build', 'postcss.config.mjs'],
  ['nx build', 'project.json'],
  ['lein test', 'profiles.clj'],
  ['flake8', 'setup.cfg'],
  ['mypy src', 'pyproject.toml'],
  ['make', 'GNUmakefile'],
])('%s takes orders from %s', (line, file) => {
  expect(ordersOf(line.split(' ').map(known)).names).toContain(file);
});

test('cmake runs what stands in the folder that it is told to build', () => {
  const { names, elsewhere } = ordersOf('cmake --build out'.split(' ').map(known));
  expect(elsewhere).toEqual(['out']);
  expect(names).toEqual(expect.arrayContaining(['Makefile', 'build.ninja']));
});
