// Most tools are configured by files that bear their name: `.eslintrc.yaml`, `mypy.ini`, `karma.conf.js`, `pylintrc`.

/** What may stand behind the name of a tool. */
const BEHIND =
  /^(rc|file|[._-]?conf(ig)?)?(\.(js|cjs|mjs|ts|mts|cts|jsonc?|json5|ya?ml|toml|ini|cfg|conf|config|dist|neon|rb|py|php|lua|exs|kts|gradle|zon|bazel))*$/;
/** How files look that configure something, whatever it is. */
const SHAPE =
  /^\.[\w-]+(rc|\.)|^\.[\w-]+$|rc$|file$|\.(conf|config)\b|\.(json[c5]?|ya?ml|toml|ini|cfg|xml|neon|dist|conf|kts|gradle|bazel|zon)$/i;
/** Reports bear the tool's name, too. */
const OTHER = /lock|^\.env|^\.?coverage(\.json)?$|^\.git|\.(log|pem|key)$/i;

/** Whether a file is configuration of a program, by its name. */
export function configures(file: string, program: string): boolean {
  // A word that names a file is no program that it configures.
  if (OTHER.test(file) || file.toLowerCase() === program.toLowerCase()) return false;
  const name = bare(file.replace(/^[._]/, ''));
  const tool = bare(program);
  return [tool, tool.replace(/\d+$/, '')].some(
    (one) => one.length > 1 && name.startsWith(one) && BEHIND.test(name.slice(one.length)),
  );
}

/** Without what is written one way or the other: `lint-staged`, `.lintstagedrc`. */
function bare(name: string): string {
  const [stem = '', ...endings] = name.toLowerCase().split('.');
  return [stem.replace(/[-_](?!conf)/g, ''), ...endings].join('.');
}

/** Whether a file may configure some program: how it stands before anything is changed is looked at. */
export function mayConfigure(file: string): boolean {
  return SHAPE.test(file) && !OTHER.test(file);
}
