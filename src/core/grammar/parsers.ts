import { LineCounter, parseAllDocuments } from 'yaml';
import type { Problem } from './problem.ts';

export function yamlProblem(text: string): Problem | undefined {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, logLevel: 'silent' });
  if (!Array.isArray(documents)) return undefined; // nothing in it
  const error = documents.flatMap(({ errors }) => errors)[0];
  if (!error) return undefined;
  const { line, col } = lines.linePos(error.pos[0]);
  return { line, column: col, message: error.message };
}

export async function tomlProblem(text: string): Promise<Problem | undefined> {
  const { parse, TomlError } = await import('smol-toml');
  try {
    parse(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const message = error.message.split('\n')[0] ?? '';
    return { line: error.line, column: error.column, message: message.replace('Invalid TOML document: ', '') };
  }
}
