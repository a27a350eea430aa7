import type { Word } from './word.ts';

// Files that programs take their orders from without being told of them.

const NODE = ['package.json', '.npmrc', '.yarnrc.yml', 'bunfig.toml'];
const PYTHON = ['pyproject.toml', 'setup.cfg', 'setup.py'];
const MAKE = ['Makefile', 'makefile', 'GNUmakefile'];
const GRADLE = ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts', 'gradle.properties'];
const COMPOSE = ['compose', 'docker-compose'].flatMap((name) =>
  ['', '.override'].flatMap((more) => ['yaml', 'yml'].map((end) => `${name}${more}.${end}`)),
);
/** A configuration that is code, in the spellings that its loader takes. */
const config = (name: string, ...more: string[]): string[] => [
  ...['js', 'cjs', 'mjs', 'ts', 'mts', 'cts'].map((end) => `${name}.config.${end}`),
  ...more,
];

const ORDERS: Record<string, readonly string[]> = {
  npm: NODE,
  npx: NODE,
  yarn: NODE,
  pnpm: [...NODE, 'pnpm-workspace.yaml', '.pnpmfile.cjs', 'package.yaml', 'package.json5'],
  bun: NODE,
  bunx: NODE,
  nx: ['nx.json', 'project.json', 'package.json'],
  turbo: ['turbo.json', 'package.json'],
  deno: ['deno.json', 'deno.jsonc', 'package.json'],
  tsx: ['tsconfig.json', 'package.json'],
  'ts-node': ['tsconfig.json', 'package.json'],
  tsc: ['tsconfig.json'],
  node: ['package.json', 'node.config.json'],
  make: MAKE,
  bmake: MAKE,
  remake: MAKE,
  gmake: MAKE,
  cmake: ['CMakeLists.txt', 'CMakePresets.json', 'CMakeUserPresets.json', 'build.ninja', ...MAKE],
  ninja: ['build.ninja'],
  meson: ['meson.build'],
  scons: ['SConstruct'],
  cargo: ['Cargo.toml', 'build.rs', 'rust-toolchain.toml', 'rust-toolchain'],
  go: ['go.mod', 'go.work'],
  just: ['justfile', 'Justfile', '.justfile'],
  task: ['Taskfile.yml', 'Taskfile.yaml'],
  mise: ['mise.toml', '.mise.toml'],
  rake: ['Rakefile', 'Rakefile.rb', 'rakefile', 'rakefile.rb'],
  bundle: ['Gemfile'],
  rspec: ['.rspec'],
  composer: ['composer.json'],
  mix: ['mix.exs'],
  gradle: GRADLE,
  mvn: ['pom.xml'],
  ant: ['build.xml'],
  sbt: ['build.sbt'],
  uv: PYTHON,
  uvx: PYTHON,
  poetry: PYTHON,
  pdm: PYTHON,
  hatch: PYTHON,
  pip: PYTHON,
  pip3: PYTHON,
  pytest: ['conftest.py', 'pytest.ini', 'tox.ini', ...PYTHON],
  tox: ['tox.ini', ...PYTHON],
  nox: ['noxfile.py'],
  invoke: ['tasks.py'],
  fab: ['fabfile.py'],
  doit: ['dodo.py'],
  'pre-commit': ['.pre-commit-config.yaml'],
  vitest: config('vitest', ...config('vite'), 'vitest.workspace.ts', 'vitest.workspace.js', 'package.json'),
  vite: config('vite', ...config('postcss'), 'package.json'),
  jest: config('jest', ...config('babel', '.babelrc', 'babel.config.json'), 'package.json'),
  mocha: ['.mocharc.js', '.mocharc.cjs', '.mocharc.json', '.mocharc.yml', 'package.json'],
  playwright: config('playwright'),
  eslint: config('eslint', '.eslintrc.js', '.eslintrc.cjs', '.eslintrc.json', '.eslintrc.yml'),
  prettier: config('prettier', '.prettierrc.js', '.prettierrc.cjs', '.prettierrc.mjs', '.prettierrc'),
  webpack: config('webpack'),
  rollup: config('rollup'),
  gulp: ['gulpfile.js', 'gulpfile.mjs', 'gulpfile.ts'],
  grunt: ['Gruntfile.js'],
  docker: ['Dockerfile', ...COMPOSE],
  podman: ['Dockerfile', 'Containerfile', ...COMPOSE],
  'docker-compose': COMPOSE,
  gradlew: GRADLE,
  mvnw: ['pom.xml'],
  zig: ['build.zig', 'build.zig.zon'],
  bazel: ['BUILD', 'BUILD.bazel', 'WORKSPACE', 'MODULE.bazel', '.bazelrc'],
  swift: ['Package.swift'],
  ng: ['angular.json'],
  R: ['.Rprofile'],
  Rscript: ['.Rprofile'],
  'sphinx-build': ['conf.py'],
  phpunit: ['phpunit.xml', 'phpunit.xml.dist', 'phpunit.dist.xml'],
  snakemake: ['Snakefile'],
  foreman: ['Procfile'],
  honcho: ['Procfile'],
  pipenv: ['Pipfile'],
  lein: ['project.clj', 'profiles.clj'],
  clojure: ['deps.edn'],
  clj: ['deps.edn'],
  cabal: ['cabal.project', 'cabal.project.local', 'cabal.project.freeze'],
  stack: ['stack.yaml', 'package.yaml'],
  dotnet: ['Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props', 'global.json'],
  mypy: PYTHON,
  flake8: ['setup.cfg', 'tox.ini'],
  flutter: ['pubspec.yaml', 'dart_test.yaml'],
  dart: ['pubspec.yaml', 'dart_test.yaml'],
  nim: ['config.nims', 'nim.cfg'],
  earthly: ['Earthfile'],
  waf: ['wscript'],
  mill: ['build.sc', 'build.mill'],
  ctest: ['CTestTestfile.cmake'],
  dune: ['dune', 'dune-project'],
  'ansible-playbook': ['ansible.cfg'],
  vagrant: ['Vagrantfile'],
  direnv: ['.envrc'],
};

/** Every file of those, to be looked at before anything in a run has been changed. */
export const ORDER_FILES: readonly string[] = [...new Set(Object.values(ORDERS).flat())];

/** Where programs are told to look instead of the folder that they start in. */
const ELSEWHERE = /^(-C|--build|--prefix|--directory|--cwd|--dir|--manifest-path|--project|--rootdir)(=|$)/;
/** How far behind a program that starts another one (`uv run pytest`) the other one is looked for. */
const MOST_OPERANDS = 4;
const LONGEST_NAME = 60;

export interface Orders {
  /** Names that it looks for in the folder that it starts in, and in those above. */
  names: readonly string[];
  /** What starts, or may be started by it: their own configuration is known by its name. */
  tools: string[];
  /** Other folders that it looks for them in. */
  elsewhere: string[];
}

/** The files that a program takes its orders from. */
export function ordersOf(words: readonly Word[]): Orders {
  const [program, ...args] = words;
  if (program?.kind !== 'known') return { names: [], tools: [], elsewhere: [] };
  const known = args.flatMap((word) => (word.kind === 'known' ? [word.text] : []));
  const operands = known.filter((text) => !text.startsWith('-')).slice(0, MOST_OPERANDS);
  const programs = [program.text, ...operands].map((text) =>
    text.slice(text.lastIndexOf('/') + 1).replace(/@.*$|(?<=^(python|pip)3?)[\d.]+$/g, ''),
  );
  const names = programs.flatMap((name) => (Object.hasOwn(ORDERS, name) ? (ORDERS[name] ?? []) : []));
  const elsewhere = known.flatMap((text, index) => {
    const [, option = '', mark] = ELSEWHERE.exec(text) ?? [];
    if (option === '') return /^-C./.test(text) ? [text.slice(2)] : [];
    const value = mark === '=' ? text.slice(option.length + 1) : (known[index + 1] ?? '');
    return [option === '--manifest-path' ? value.replace(/\/?[^/]*$/, '') || '.' : value];
  });
  return { names: [...new Set(names)], tools: programs.filter(({ length }) => length <= LONGEST_NAME), elsewhere };
}
