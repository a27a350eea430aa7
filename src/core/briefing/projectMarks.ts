/** What a file at the top of a folder says about the project in it. */
export interface ProjectMark {
  /** A file's name, or `*.ext`. */
  file: string;
  /** What it shows, for the model. */
  shows: string;
  /** The programs that work with it is done by. */
  programs: readonly string[];
}

/** Manifests and lock files, as the tools that write them document their names. */
const MARKS: readonly ProjectMark[] = [
  { file: 'package.json', shows: 'JavaScript', programs: ['node'] },
  { file: 'package-lock.json', shows: 'npm', programs: ['npm'] },
  { file: 'npm-shrinkwrap.json', shows: 'npm', programs: ['npm'] },
  { file: 'pnpm-lock.yaml', shows: 'pnpm', programs: ['pnpm'] },
  { file: 'pnpm-workspace.yaml', shows: 'pnpm workspace', programs: ['pnpm'] },
  { file: 'yarn.lock', shows: 'yarn', programs: ['yarn'] },
  { file: 'bun.lock', shows: 'bun', programs: ['bun'] },
  { file: 'bun.lockb', shows: 'bun', programs: ['bun'] },
  { file: 'deno.json', shows: 'Deno', programs: ['deno'] },
  { file: 'deno.jsonc', shows: 'Deno', programs: ['deno'] },
  { file: 'tsconfig.json', shows: 'TypeScript', programs: [] },
  { file: 'pyproject.toml', shows: 'Python', programs: ['python3'] },
  { file: 'setup.py', shows: 'Python', programs: ['python3'] },
  { file: 'requirements.txt', shows: 'pip', programs: ['python3'] },
  { file: 'uv.lock', shows: 'uv', programs: ['uv'] },
  { file: 'poetry.lock', shows: 'Poetry', programs: ['poetry'] },
  { file: 'pdm.lock', shows: 'PDM', programs: ['pdm'] },
  { file: 'Pipfile', shows: 'Pipenv', programs: ['pipenv'] },
  { file: 'environment.yml', shows: 'conda', programs: ['conda'] },
  { file: 'tox.ini', shows: 'tox', programs: ['tox'] },
  { file: 'Cargo.toml', shows: 'Rust', programs: ['cargo', 'rustc'] },
  { file: 'go.mod', shows: 'Go', programs: ['go'] },
  { file: 'go.work', shows: 'Go workspace', programs: ['go'] },
  { file: 'pom.xml', shows: 'Maven', programs: ['mvn', 'java'] },
  { file: 'build.gradle', shows: 'Gradle', programs: ['gradle', 'java'] },
  { file: 'build.gradle.kts', shows: 'Gradle', programs: ['gradle', 'java'] },
  { file: 'Gemfile', shows: 'Ruby', programs: ['ruby', 'bundle'] },
  { file: 'composer.json', shows: 'PHP', programs: ['php', 'composer'] },
  { file: 'mix.exs', shows: 'Elixir', programs: ['elixir'] },
  { file: 'Package.swift', shows: 'Swift', programs: ['swift'] },
  { file: '*.sln', shows: '.NET', programs: ['dotnet'] },
  { file: '*.csproj', shows: '.NET', programs: ['dotnet'] },
  { file: 'CMakeLists.txt', shows: 'CMake', programs: ['cmake', 'cc'] },
  { file: 'meson.build', shows: 'Meson', programs: ['meson', 'cc'] },
  { file: 'configure.ac', shows: 'Autotools', programs: ['make', 'cc'] },
  { file: 'Makefile', shows: 'make', programs: ['make'] },
  { file: 'GNUmakefile', shows: 'make', programs: ['make'] },
  { file: 'justfile', shows: 'just', programs: ['just'] },
  { file: 'flake.nix', shows: 'Nix', programs: ['nix'] },
  { file: 'Dockerfile', shows: 'Docker image', programs: [] },
];

/** The marks among the names at the top of a folder, in the order of the table. */
export function marksAmong(names: readonly string[]): ProjectMark[] {
  const there = new Set(names);
  return MARKS.filter(({ file }) =>
    file.startsWith('*.') ? names.some((name) => name.endsWith(file.slice(1))) : there.has(file),
  );
}

/** "JavaScript (package.json), npm (package-lock.json)". */
export function marksWords(marks: readonly ProjectMark[]): string {
  return marks.map(({ shows, file }) => `${shows} (${file})`).join(', ');
}

/** The programs of these marks, each once. */
export function programsOf(marks: readonly ProjectMark[]): string[] {
  return [...new Set(marks.flatMap(({ programs }) => programs))];
}
