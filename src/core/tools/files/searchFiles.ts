import * as z from 'zod';
import type { Look } from '../../../shared/action.ts';
import { visibleLine } from '../../../shared/visible.ts';
import { A_PATH, defineTool, type Tool } from '../tool.ts';
import type { ToolPorts } from '../ports.ts';
import { Hits, OUTPUTS } from './hits.ts';
import { IgnoreFiles } from './ignoreFiles.ts';
import { unsavedReadWords } from './inEditor.ts';
import { isNotebook } from '../../grammar/notebook.ts';
import type { Pattern } from '../textSearch.ts';
import type { CallContext } from '../tool.ts';
import { LeftOut, passedOver } from './leftOut.ts';
import { coveredWords, describeLooking, refuseAbsent } from './looking.ts';
import { searchBelow, searchFile, type Found } from './searching.ts';

const parameters = z.strictObject({
  pattern: z.string().min(1).max(1000).describe('The text to look for'),
  path: z.string().default('.').describe('A file or folder, relative to the workspace folder'),
  glob: z
    .string()
    .max(500)
    .exactOptional()
    .describe('Only files that match this glob: *.ts at any depth, src/**/*.ts from the start'),
  regex: z.boolean().default(false).describe('Whether the pattern is a regular expression (RE2 syntax)'),
  ignore_case: z.boolean().default(false),
  multiline: z.boolean().default(false).describe('A regular expression over line ends; . fits them too'),
  context: z.int().min(0).max(20).default(0).describe('Lines to show before and after each hit'),
  output: z.enum(OUTPUTS).default('lines').describe('files: names alone; count: hits in each file'),
  offset: z.int().min(0).default(0).describe('Leave out so many hits (or files), to read on'),
  include_ignored: z.boolean().default(false).describe('Search what .gitignore leaves out, too'),
});

type Ports = Pick<ToolPorts, 'folder' | 'goesTo' | 'redactor' | 'textSearch' | 'encodings'>;

export const searchFiles = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Look> => ({
  name: 'search_files',
  elsewhere: ['grep', 'search', 'ripgrep', 'rg', 'grepsearch', 'searchfilecontent', 'codebasesearch', 'textsearch'],
  summary: 'Search the text of files. Hits come as path:line: text. Likely secrets and denied files are left out.',
  family: 'file_system',
  effects: ['search'],
  parameters,
  about: A_PATH,
  tried: (path) => ({ path, pattern: 'x' }),
  describe(args, context) {
    return describeLooking(
      {
        tool: 'search_files',
        effect: 'search',
        args,
        // A search of one file shows its lines: that is reading it. A folder is searched without its secrets.
        access: (look) => (look.kind === 'file' ? 'read' : 'list'),
        title: (shown) => `Search ${visibleLine(args.pattern)} in ${shown}`,
      },
      ports,
      context,
    );
  },
  async perform(action, context) {
    const [first] = action.resources;
    const starts = action.resources.map(({ path }) => path);
    const args = action.arguments;
    await refuseAbsent(starts, context, ports);
    const pattern = patternOf(args);
    const search = ports.textSearch.open(pattern, context.signal);
    const found: Found = { hits: new Hits(args, ports.redactor), lookedInto: new Set(), stopped: undefined };
    const mayHold =
      first?.access === 'read' ? undefined : filesToOpen(pattern, { starts, wanted: args.glob ?? '' }, ports, context);
    const leftOut = new LeftOut(context, args.glob ?? '', mayHold ? 'without sizes' : 'with sizes');
    const ignored = args.include_ignored ? undefined : new IgnoreFiles(context);
    const how = { search, context, ports, found, leftOut, ignored, ...(mayHold && { mayHold }) };
    try {
      if (first?.access === 'read') await searchFile(await context.files.look(first.path, ports.folder, 'itself'), how);
      else for (const start of starts) if (found.stopped === undefined) await searchBelow(start, args.glob, how);
    } finally {
      await search.close();
    }
    const { hits, lookedInto, stopped } = found;
    const shown = hits.rows.length === 0 ? 'nothing' : 'something';
    const unsaved = await unsavedReadWords((path) => lookedInto.has(path), context);
    return {
      ok: true,
      text:
        (shown === 'something' ? hits.rows.join('\n') : nothingWords(hits, args)) +
        (hits.left > 0 ? `\n[${hits.left} more not shown; read on by offset ${hits.found - hits.left}]` : '') +
        (stopped === undefined ? '' : `\n[${stopped}]`) +
        leftOut.words(shown) +
        coveredWords(starts, context) +
        (unsaved && `\n${unsaved}`),
      masked: hits.masked,
      facts: { hits: hits.found, ...(stopped !== undefined && { stopped: true }) },
      contentOf: hits.contentOf,
    };
  },
}));

/** What is looked for. A pattern with a line end in it fits nowhere within a line: it is meant over several. */
function patternOf({ pattern, regex, ignore_case, multiline }: z.infer<typeof parameters>): Pattern {
  const spans = multiline || pattern.includes('\n') || (regex && /\\n/.test(pattern));
  return {
    text: pattern,
    isExpression: regex || multiline,
    ignoresCase: ignore_case,
    ...(spans && { spansLines: true as const }),
  };
}

/** What reads like an expression and was looked for to the letter: that nothing was found says little then. */
const LIKE_EXPRESSION = /\\[.()[\]{}|*+?^$bBdDsSwW]|\.[*+?]|[^|\s]\|[^|\s]|\[[^\]]+\][*+?]?|^\^|\$$/;

function nothingWords(hits: Hits, { offset, pattern, regex, multiline }: z.infer<typeof parameters>): string {
  const isLiteral = !regex && !multiline && LIKE_EXPRESSION.test(pattern);
  if (hits.found === 0 && isLiteral)
    return 'Nothing found of this text to the letter. Was an expression meant? Then set regex to true.';
  return hits.found === 0 ? 'Nothing found.' : `[only ${hits.found} found: nothing is left at offset ${offset}]`;
}

/**
 * Which files are worth opening, found out while folders are walked; undefined where all are. What is shown of a file is
 * not always what the disk holds: a notebook's cells, and what is unsaved in the editor.
 */
function filesToOpen(
  pattern: Pattern,
  { starts, wanted }: { starts: readonly string[]; wanted: string },
  { textSearch }: Ports,
  { files, signal }: CallContext,
): Promise<(path: string) => boolean> | undefined {
  if (pattern.spansLines === true) return undefined;
  const where = { folders: starts, without: [...passedOver(wanted)] };
  return textSearch.filesWith(pattern, where, signal)?.then(async (found) => {
    const unsaved = new Set((await files.unsaved()).map(({ path }) => path));
    return (path) => found?.has(path) !== false || isNotebook(path) || unsaved.has(path);
  });
}
