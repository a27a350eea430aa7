/**
 * The names of languages that stand above code, and have colours. Any other word there is the agent's, in a place where
 * the panel says what something is: it is not shown.
 */
const NAMES = new Set(
  [
    'bash sh zsh shell console c h cpp c++ cc hpp csharp cs css diff patch go golang ini toml java javascript js jsx mjs cjs',
    'json jsonc json5 php python py ruby rb rust rs sql typescript ts tsx mts cts html xhtml xml svg yaml yml',
  ].flatMap((line) => line.split(' ')),
);

/** What stands behind a fence, as far as it names a language; it may say more: `ts title="a.ts"`. */
export function languageIn(info: string): string {
  const name = info.trim().split(/\s/, 1)[0]?.toLowerCase() ?? '';
  return NAMES.has(name) ? name : '';
}
