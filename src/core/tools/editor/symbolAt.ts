import * as z from 'zod';
import { named } from '../../../shared/named.ts';
import { MAX_TEXT } from '../../editedText.ts';
import type { CodePlace } from '../../editor/languages.ts';
import { ToolFailure } from '../../outcome.ts';
import { textFile } from '../../text/textFile.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext } from '../tool.ts';

/** How a call names what it is about: models know lines and names, and count columns badly. */
export const symbolParameters = {
  path: z.string().describe('The file, relative to the workspace folder'),
  line: z.int().min(1).describe('The line in which it stands, counted from 1'),
  symbol: z.string().min(1).max(300).describe('Its name, as it stands in that line'),
};
export interface SymbolArguments {
  path: string;
  line: number;
  symbol: string;
}

/** Where a symbol stands in the file as the person has it. @throws ToolFailure where it does not */
export async function symbolAt(
  path: string,
  { line, symbol }: Pick<SymbolArguments, 'line' | 'symbol'>,
  { context, ports }: { context: CallContext; ports: Pick<ToolPorts, 'encodings'> },
): Promise<CodePlace> {
  const { files, scope } = context;
  const shown = scope.shown(path);
  const { text } = await textFile(await files.read(path, MAX_TEXT), shown, ports.encodings);
  const lines = text.split('\n');
  const words = lines[line - 1];
  if (words === undefined) throw new ToolFailure(`${shown} has ${lines.length} lines; there is no line ${line}`);
  const at = wholeWord(words, symbol);
  if (at === -1) throw new ToolFailure(`${named(symbol)} does not stand in line ${line} of ${shown}; read it again`);
  return { path, line, column: at + 1 };
}

/** Where a word stands that is not a part of a longer one; else where it stands at all. */
function wholeWord(text: string, word: string): number {
  const isPart = (character: string | undefined): boolean => /[\p{L}\p{N}_$]/u.test(character ?? '');
  for (let at = text.indexOf(word); at !== -1; at = text.indexOf(word, at + 1))
    if (!isPart(text[at - 1]) && !isPart(text[at + word.length])) return at;
  return text.indexOf(word);
}
