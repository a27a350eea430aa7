// Commands of package managers that take away what is there before they fetch it anew. Without a network they leave
// less than they found. From each one's manual, as named.

interface Step {
  program: RegExp;
  /** What stands behind the program, blanks between the words. */
  args: RegExp;
  /** What goes, seen from the folder that it starts in; undefined for what is kept elsewhere. */
  removes: string | undefined;
}

const STEPS: readonly Step[] = [
  // docs.npmjs.com/cli/commands/npm-ci: "If a node_modules is already present, it will be automatically removed".
  {
    program: /^npm$/,
    args: /^(?:-\S+ )*(ci|ic|clean-install|install-clean|isntall-clean|cit|sit|clean-install-test|install-ci-test)\b/,
    removes: 'node_modules',
  },
  // pnpm.io/settings (store-dir, confirmModulesPurge): with another store than before, and there is no other in a cage,
  // the modules directory "will be removed and reinstalled from scratch".
  {
    program: /^pnpm$/,
    args: /^(?:(?:-C|--dir|--filter|-F) \S+ |-\S+ )*(i|install|ci|ic|clean-install|install-clean|install-test|it|add|up|update|upgrade|remove|rm|un|uninstall|dedupe|prune|link|ln|unlink|import|rb|rebuild|deploy|patch-commit)(?![\w-])/,
    removes: 'node_modules',
  },
  { program: /^pnpm$/, args: /^(?:-\S+ ?)*$/, removes: undefined },
  // classic.yarnpkg.com/lang/en/docs/cli/install: --force "refetches all packages".
  { program: /^yarn$/, args: /^(install )?(?:-\S+ )*--(force|check-files)\b/, removes: 'node_modules' },
  // bun.sh/docs/cli/install: --force requests and reinstalls all.
  { program: /^bun$/, args: /^(i|install|add|update) .*(--force|-f)\b/, removes: 'node_modules' },
  // lerna.js.org/docs/api-reference/commands, rushjs.io/pages/commands/rush_purge.
  { program: /^lerna$/, args: /^clean\b/, removes: 'node_modules' },
  { program: /^rush$/, args: /^(purge\b|(install|update) .*(--purge|-p)\b)/, removes: 'common/temp' },
  // python-poetry.org/docs/cli/#env-remove
  { program: /^poetry$/, args: /^(?:-\S+ )*env remove\b/, removes: '.venv' },
  // pipenv.pypa.io/en/latest/commands.html
  { program: /^pipenv$/, args: /(^|\s)--rm\b/, removes: '.venv' },
  // docs.astral.sh/uv/reference/cli: --clear "Remove any existing files or directories at the target path".
  { program: /^uv$/, args: /^venv .*(--clear|-c)\b|^venv (--clear|-c)\b/, removes: '.venv' },
  { program: /^uv$/, args: /^(sync|pip (install|sync)) .*--(reinstall|refresh)\b/, removes: '.venv' },
  { program: /^uv$/, args: /^cache (clean|prune)\b/, removes: undefined },
  // docs.python.org/3/library/venv.html: --clear "Delete the contents of the environment directory".
  { program: /^(venv|virtualenv)$/, args: /(^|\s)--clear\b/, removes: undefined },
  // docs.conda.io/projects/conda/en/latest/commands/remove.html
  { program: /^(conda|mamba|micromamba)$/, args: /^(env remove\b|remove .*--all\b|clean\b)/, removes: undefined },
  // bundler.io/man/bundle-install.1.html, bundle-clean.1.html
  { program: /^bundler?$/, args: /(^|\s)(--clean|--redownload|--force)\b|^clean\b/, removes: undefined },
  // getcomposer.org/doc/03-cli.md#reinstall
  { program: /^composer(\.phar)?$/, args: /^reinstall\b/, removes: 'vendor' },
  // pkg.go.dev/cmd/go: -modcache removes the entire module download cache.
  { program: /^go$/, args: /^clean .*-modcache\b/, removes: undefined },
  // maven.apache.org/plugins/maven-dependency-plugin/purge-local-repository-mojo.html
  { program: /^mvnw?$/, args: /purge-local-repository\b/, removes: undefined },
  // learn.microsoft.com/dotnet/core/tools/dotnet-nuget-locals
  { program: /^dotnet$/, args: /^nuget locals .*(--clear|-c)\b/, removes: undefined },
  // hexdocs.pm/mix/Mix.Tasks.Deps.Clean.html, guides.cocoapods.org, docs.flutter.dev
  { program: /^mix$/, args: /^deps\.clean\b/, removes: 'deps' },
  { program: /^pod$/, args: /^(deintegrate|cache clean)\b/, removes: 'Pods' },
  { program: /^flutter$/, args: /^clean\b/, removes: '.dart_tool' },
];

/** What removes by itself, before something else in the line fetches. */
const REMOVERS: readonly Pick<Step, 'program' | 'args'>[] = [
  {
    program: /^(rm|rimraf|trash|del-cli)$/,
    args: /(^|\s|\/)(node_modules|\.?venv|vendor|target|Pods|deps|\.yarn|\.pnp\.cjs)(\/\S*)?(\s|$)/,
  },
  { program: /^find$/, args: /node_modules.*(-delete|rm)\b/ },
  { program: /^git$/, args: /^clean .*-\w*[xX]/ },
  { program: /^cargo$/, args: /^clean\b/ },
  { program: /^pip[0-9.]*$/, args: /^uninstall\b/ },
  { program: /^(npm|pnpm|yarn|bun)$/, args: /^(uninstall|remove|rm|un|cache clean)\b/ },
];
const FETCHERS: readonly Pick<Step, 'program' | 'args'>[] = [
  { program: /^(npm|pnpm|bun)$/, args: /^(?:-\S+ )*(i|in|ins|install|add|ci|up|update|it|install-test)(?![\w-])/ },
  { program: /^yarn$/, args: /^$|^-|^(install|add|up|upgrade)\b/ },
  { program: /^(uv|poetry|pipenv|pdm|composer|bundle|pod|hatch)$/, args: /^(install|sync|update|add|lock|pip|$)/ },
  { program: /^(venv|virtualenv|pip[0-9.]*)$/, args: /^(?!uninstall)/ },
  { program: /^cargo$/, args: /^(build|b|test|t|run|r|check|c|fetch|clippy|bench|install)(?![\w-])/ },
  { program: /^mix$/, args: /^deps\.get\b/ },
];

/** A step of a line that would take something away that cannot come back; `removes` as in the table. */
export interface Removal {
  program: number;
  words: string;
  removes: string | undefined;
}

/** The steps of a line, by its programs, that remove what a network would have to bring back. */
export function removalsIn(programs: readonly (readonly (string | null)[])[]): Removal[] {
  const starts = programs.map(plainStart);
  const matches = (
    { program, args }: Pick<Step, 'program' | 'args'>,
    [name, rest]: readonly [string, string],
  ): boolean => program.test(name) && args.test(rest);
  return starts.flatMap((start, program): Removal[] => {
    const words = `${start[0]} ${start[1]}`.trim();
    const step = STEPS.find((one) => matches(one, start));
    if (step) return [{ program, words, removes: step.removes }];
    const isFirst = REMOVERS.some((one) => matches(one, start));
    const isFetchedAfter = starts.slice(program + 1).some((later) => FETCHERS.some((one) => matches(one, later)));
    return isFirst && isFetchedAfter ? [{ program, words, removes: undefined }] : [];
  });
}

/** The program without those that only bring it (`npx pnpm`, `corepack yarn`, `python3 -m pip`), and its words. */
function plainStart(words: readonly (string | null)[]): readonly [string, string] {
  const texts = words.map((word) => word ?? '…');
  const [program = '', ...args] = texts;
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (/^(npx|bunx|corepack)$/.test(name)) {
    const at = args.findIndex((word) => !word.startsWith('-'));
    const [inner = '', ...rest] = at === -1 ? [] : args.slice(at);
    return [inner.replace(/(?<=.)@.*$/, ''), rest.join(' ')];
  }
  const module = /^(python|pypy)[0-9.]*$/.test(name) ? args.indexOf('-m') : -1;
  if (module !== -1) return [args[module + 1] ?? '', args.slice(module + 2).join(' ')];
  return [name, args.join(' ')];
}

/** What is said of a step before it is let run. */
export function removalWords({ words, removes }: Removal): string {
  const what = removes ?? 'what it fetched before';
  return `${words.slice(0, 80)} removes ${what} first, and only the network can bring it back`;
}
