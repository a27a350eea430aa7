/**
 * The kinds of places outside a workspace that projects lean on. A workspace, and whoever can write there, chooses only
 * among these, and what is in them is public to begin with: interpreters, packages that came from a registry, browsers.
 * Credentials of the same tools lie beside these places, not in them (`~/.cargo/credentials.toml`, `~/.m2/settings.xml`).
 */
export interface PlaceKind {
  /** Below the home folder; absolute where it is none of the account's. */
  at: string;
  /** The account's variable that names another place, and what follows below that. */
  variable?: { name: string; below: string };
}

/** Where installations stand, `depth` folders below: what links of environments may lead to. */
export interface InstallationKind extends PlaceKind {
  depth: 0 | 1 | 2;
  /** What the first folder below may be called, where others lie there too. */
  named?: RegExp;
}

const data = (below: string): PlaceKind => ({
  at: `.local/share/${below}`,
  variable: { name: 'XDG_DATA_HOME', below },
});
const cache = (below: string): PlaceKind => ({ at: `.cache/${below}`, variable: { name: 'XDG_CACHE_HOME', below } });

export const INSTALLATIONS: readonly InstallationKind[] = [
  { ...data('uv/python'), depth: 1 },
  { at: '.local/share/uv/python', variable: { name: 'UV_PYTHON_INSTALL_DIR', below: '' }, depth: 1 },
  { at: '.pyenv/versions', variable: { name: 'PYENV_ROOT', below: 'versions' }, depth: 1 },
  { at: '.asdf/installs', variable: { name: 'ASDF_DATA_DIR', below: 'installs' }, depth: 2 },
  { at: '.local/share/mise/installs', variable: { name: 'MISE_DATA_DIR', below: 'installs' }, depth: 2 },
  { at: '.rye/py', variable: { name: 'RYE_HOME', below: 'py' }, depth: 1 },
  { ...data('hatch/pythons'), depth: 1 },
  { ...data('pdm/python'), depth: 1 },
  { ...data('pypoetry/python'), depth: 1 },
  { at: '.conda/envs', depth: 1 },
  ...['miniconda3', 'anaconda3', 'miniforge3', 'mambaforge', 'micromamba'].flatMap((at): InstallationKind[] => [
    { at: `${at}/envs`, depth: 1 },
    { at, depth: 0 },
  ]),
  { at: '.nvm/versions/node', variable: { name: 'NVM_DIR', below: 'versions/node' }, depth: 1 },
  { ...data('fnm/node-versions'), depth: 1 },
  { at: '.fnm/node-versions', variable: { name: 'FNM_DIR', below: 'node-versions' }, depth: 1 },
  { at: '.volta/tools/image', variable: { name: 'VOLTA_HOME', below: 'tools/image' }, depth: 2 },
  { at: '.rbenv/versions', variable: { name: 'RBENV_ROOT', below: 'versions' }, depth: 1 },
  { at: '.sdkman/candidates', variable: { name: 'SDKMAN_CANDIDATES_DIR', below: '' }, depth: 2 },
  { at: '/home/linuxbrew/.linuxbrew/Cellar', depth: 2 },
  { at: '/opt', depth: 1, named: /^(?:python|pypy|conda|mini(?:conda|forge)|anaconda|mambaforge|node|ruby)[\w.-]*$/i },
];

/** Where tools keep the environments of all projects: only those that prove to be a workspace's own are shown to it. */
export const ENVIRONMENTS: readonly PlaceKind[] = [
  { ...cache('pypoetry/virtualenvs') },
  { at: '.cache/pypoetry/virtualenvs', variable: { name: 'POETRY_VIRTUALENVS_PATH', below: '' } },
  { ...data('virtualenvs') },
  { at: '.virtualenvs', variable: { name: 'WORKON_HOME', below: '' } },
];

/** A store or cache of packages, mounted where the workspace has one of the files that its tool goes by. */
export interface CacheKind extends PlaceKind {
  marker: RegExp;
  /** Its tool takes one that it cannot write in by this variable, which names the folder above. */
  readBy?: string;
  /** So many folders below, its tool makes locks before it reads: there a command can, and finds the rest by links. */
  locksIn?: number;
  /** Parts that are no packages. */
  without?: readonly string[];
}

const NODE = /^(?:package\.json|pnpm-workspace\.yaml|node_modules)$/;
const PYTHON = /^(?:pyproject\.toml|requirements[\w.-]*\.txt|setup\.(?:py|cfg)|Pipfile|tox\.ini)$/;
const JVM = /^(?:pom\.xml|mvnw|build\.gradle(?:\.kts)?|settings\.gradle(?:\.kts)?|build\.sbt|build\.sc|gradlew)$/;
const RUST = /^Cargo\.toml$/;
export const GO = /^go\.(?:mod|work)$/;
const DOTNET = /(?:\.csproj|\.fsproj|\.vbproj|\.slnx?)$|^global\.json$/;
const BROWSERS = /^(?:package\.json|pyproject\.toml|requirements[\w.-]*\.txt|pom\.xml|[\w.-]+\.csproj)$/;

export const CACHES: readonly CacheKind[] = [
  { ...data('pnpm/store'), marker: NODE },
  { at: '.pnpm-store', variable: { name: 'npm_config_store_dir', below: '' }, marker: NODE },
  { at: '.yarn/berry/cache', variable: { name: 'YARN_GLOBAL_FOLDER', below: 'cache' }, marker: NODE },
  { ...cache('node/corepack'), marker: NODE },
  { at: '.cache/node/corepack', variable: { name: 'COREPACK_HOME', below: '' }, marker: NODE },
  { ...cache('node-gyp'), marker: NODE },
  { at: '.bun/install/cache', variable: { name: 'BUN_INSTALL', below: 'install/cache' }, marker: NODE },
  { ...cache('ms-playwright'), marker: BROWSERS },
  { at: '.cache/ms-playwright', variable: { name: 'PLAYWRIGHT_BROWSERS_PATH', below: '' }, marker: BROWSERS },
  { at: '.cache/puppeteer', variable: { name: 'PUPPETEER_CACHE_DIR', below: '' }, marker: BROWSERS },
  { at: '.cache/Cypress', variable: { name: 'CYPRESS_CACHE_FOLDER', below: '' }, marker: BROWSERS },
  { at: '.m2/repository', marker: JVM },
  { at: '.m2/wrapper/dists', marker: JVM },
  {
    at: '.gradle/caches/modules-2',
    variable: { name: 'GRADLE_USER_HOME', below: 'caches/modules-2' },
    marker: JVM,
    readBy: 'GRADLE_RO_DEP_CACHE', // 6.2 and later; in its own cache it locks before it reads
  },
  {
    at: '.gradle/wrapper/dists',
    variable: { name: 'GRADLE_USER_HOME', below: 'wrapper/dists' },
    marker: JVM,
    locksIn: 3,
  },
  { ...cache('coursier/v1'), marker: JVM },
  { at: '.ivy2/cache', marker: JVM },
  { at: '.cargo/registry', variable: { name: 'CARGO_HOME', below: 'registry' }, marker: RUST },
  { at: '.cargo/git', variable: { name: 'CARGO_HOME', below: 'git' }, marker: RUST },
  {
    at: 'go/pkg/mod',
    variable: { name: 'GOPATH', below: 'pkg/mod' },
    marker: GO,
    without: ['cache/vcs'], // whole repositories, with the addresses that they came from
  },
  { at: 'go/pkg/mod', variable: { name: 'GOMODCACHE', below: '' }, marker: GO, without: ['cache/vcs'] },
  { at: '.nuget/packages', variable: { name: 'NUGET_PACKAGES', below: '' }, marker: DOTNET },
  { at: '.pub-cache/hosted', variable: { name: 'PUB_CACHE', below: 'hosted' }, marker: /^pubspec\.yaml$/ },
  { at: '.gem/ruby', marker: /^(?:Gemfile|[\w.-]+\.gemspec)$/ },
  { ...data('gem/ruby'), marker: /^(?:Gemfile|[\w.-]+\.gemspec)$/ },
];

/** Settings without which a tool takes another version, or another source, than outside; shown where they hold no credential. */
export const SETTINGS: readonly { at: string; marker: RegExp }[] = [
  { at: '.cargo/config.toml', marker: RUST },
  { at: '.tool-versions', marker: /^/ },
  { at: '.config/mise/config.toml', marker: /^/ },
  { at: '.config/go/env', marker: GO },
  { at: '.python-version', marker: PYTHON },
];
