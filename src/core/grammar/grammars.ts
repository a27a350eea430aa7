import { nameOf } from '../scope/spelling.ts';
import { jsoncProblem, jsonLinesProblem, jsonProblem } from './json.ts';
import { notebookProblem } from './notebook.ts';
import type { Problem } from './problem.ts';
import { tomlProblem, yamlProblem } from './parsers.ts';
import { xmlProblem } from './xml.ts';

/** What the text of a file must be for the programs that read it. */
export interface Grammar {
  /** In a sentence: "would no longer be …". */
  readonly words: string;
  /** Names of files, in lower case. */
  readonly files: RegExp;
  /** Characters beyond which nothing is said: it would take too long. */
  readonly most: number;
  problem(text: string): Problem | undefined | Promise<Problem | undefined>;
}

/** The first that fits a file's name and reads what stands in it counts. */
const GRAMMARS: readonly Grammar[] = [
  { words: 'a notebook', files: /\.ipynb$/, most: 4_200_000, problem: notebookProblem },
  { words: 'JSON Lines', files: /\.(jsonl|ndjson)$/, most: 4_200_000, problem: jsonLinesProblem },
  {
    words: 'JSON with comments',
    files:
      /(\.(jsonc|code-workspace|code-snippets)|^([jt]sconfig.*|devcontainer|\.?eslintrc|settings|launch|tasks|extensions|keybindings|language-configuration|deno|biome|turbo|api-extractor)\.json|^\.(eslintrc|babelrc|swcrc|hintrc|jshintrc))$/,
    most: 4_200_000,
    problem: jsoncProblem,
  },
  {
    words: 'JSON',
    files:
      /(\.(json|webmanifest|geojson|topojson|jsonld|har|map|avsc|ipynb)|^(composer|pipfile|flake)\.lock|^\.(prettierrc|stylelintrc|bowerrc))$/,
    most: 4_200_000,
    problem: jsonProblem,
  },
  // Some files that are called JSON have comments all the same: what parsed so before must do so afterwards.
  { words: 'JSON with comments', files: /\.json$/, most: 4_200_000, problem: jsoncProblem },
  {
    words: 'YAML',
    files: /(\.(ya?ml|cff)|^(\.clang-(format|tidy)|pubspec\.lock|\.prettierrc|\.stylelintrc))$/,
    most: 400_000,
    problem: yamlProblem,
  },
  {
    words: 'TOML',
    files: /(\.toml|^(cargo|poetry|uv|pdm|gopkg)\.lock|^pipfile)$/,
    most: 1_000_000,
    problem: tomlProblem,
  },
  {
    words: 'XML',
    files:
      /(\.(xml|xsd|xslt?|wsdl|svg|plist|resx|xaml|nuspec|(cs|fs|vb|vcx)proj)|^directory\.\w+\.(props|targets)|^(web|app|nuget|packages)\.config)$/,
    most: 4_200_000,
    problem: xmlProblem,
  },
];

/** The grammar that a file's text keeps; undefined where none is known, or none fits. */
export async function grammarOf(path: string, text: string): Promise<Grammar | undefined> {
  for (const grammar of grammarsFor(path)) if ((await problemIn(grammar, text)) === undefined) return grammar;
  return undefined;
}

/** The grammar that a file's name promises. */
export function expectedGrammar(path: string): Grammar | undefined {
  return grammarsFor(path)[0];
}

/** What is wrong with a text. */
export async function problemIn(grammar: Grammar, text: string): Promise<Problem | undefined> {
  if (text.length > grammar.most) return undefined;
  try {
    return await grammar.problem(text);
  } catch (error) {
    // The stack is at its end: the programs that read such files would fare no better.
    if (error instanceof RangeError) return { message: 'nested too deeply to be read' };
    throw error;
  }
}

function grammarsFor(path: string): Grammar[] {
  const name = nameOf(path).toLowerCase();
  return GRAMMARS.filter(({ files }) => files.test(name));
}
