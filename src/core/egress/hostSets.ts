/** Hosts that belong together: what one package manager fetches from, by its own documentation. */
export interface HostSet {
  name: string;
  title: string;
  /** Entries of `allowed_domains`. */
  hosts: readonly string[];
  /** What a person should know who allows it. */
  about?: string;
}

/** Ready sets, which a person switches on by name. In the order that people see. */
export const HOST_SETS: readonly HostSet[] = [
  { name: 'npm', title: 'npm, pnpm, Yarn', hosts: ['registry.npmjs.org', 'registry.yarnpkg.com'] },
  { name: 'pypi', title: 'pip, uv, Poetry (PyPI)', hosts: ['pypi.org', 'files.pythonhosted.org'] },
  { name: 'crates', title: 'Cargo (crates.io)', hosts: ['crates.io', 'index.crates.io', 'static.crates.io'] },
  { name: 'go', title: 'Go modules', hosts: ['proxy.golang.org', 'sum.golang.org'] },
  {
    ...{ name: 'maven', title: 'Maven and Gradle' },
    hosts: ['repo.maven.apache.org', 'repo1.maven.org', 'plugins.gradle.org', 'services.gradle.org'],
  },
  { name: 'rubygems', title: 'Bundler (RubyGems)', hosts: ['rubygems.org', 'index.rubygems.org'] },
  {
    ...{ name: 'debian', title: 'Debian packages', hosts: ['deb.debian.org:80', 'security.debian.org:80'] },
    about: 'over HTTP without encryption, as apt does by itself; packages are signed',
  },
  {
    ...{ name: 'github', title: 'GitHub' },
    hosts: [
      ...['github.com', 'codeload.github.com', 'raw.githubusercontent.com', 'objects.githubusercontent.com'],
      'release-assets.githubusercontent.com',
    ],
    about: 'whoever can read there can also send there: what goes over the encrypted connection nobody sees',
  },
];

/** The sets of these names; a name that none has is told. */
export function hostSets(names: readonly string[]): { sets: HostSet[] } | { unknown: string } {
  const unknown = names.find((name) => !HOST_SETS.some((set) => set.name === name));
  return unknown === undefined ? { sets: HOST_SETS.filter(({ name }) => names.includes(name)) } : { unknown };
}
