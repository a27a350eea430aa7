import { cutVisibly } from '../../../shared/cut.ts';
import { visibleLine } from '../../../shared/visible.ts';
import { MAX_TEXT } from '../../editedText.ts';
import { Forbidden } from '../../scope/guard.ts';
import { ToolFailure } from '../../outcome.ts';
import { textFile } from '../../text/textFile.ts';
import type { ToolPorts } from '../ports.ts';
import type { CallContext } from '../tool.ts';

const MOST_ROWS = 200;
const MOST_CHARACTERS = 60_000;
const MOST_LINE = 300;

type Ports = Pick<ToolPorts, 'redactor' | 'encodings'>;

/** Lines of a result, within bounds: masked before they are cut. */
export class Rows {
  readonly #redactor: Ports['redactor'];
  readonly #rows: string[] = [];
  #characters = 0;
  masked = 0;
  left = 0;
  readonly contentOf = new Set<string>();

  constructor(redactor: Ports['redactor']) {
    this.#redactor = redactor;
  }

  get shown(): number {
    return this.#rows.length;
  }

  get isFull(): boolean {
    return this.#rows.length >= MOST_ROWS || this.#characters >= MOST_CHARACTERS;
  }

  /** One row; `path` is the file that its words come from. */
  add(head: string, words: string, path: string): void {
    if (this.isFull) {
      this.left += 1;
      return;
    }
    const { text, masked } = this.#redactor.mask(words);
    this.masked += masked;
    const row = `${head}${cutVisibly(visibleLine(text), MOST_LINE)}`;
    this.#rows.push(row);
    this.#characters += row.length;
    this.contentOf.add(path);
  }

  text(nothing: string): string {
    return this.#rows.length === 0 ? nothing : this.#rows.join('\n');
  }
}

/** The lines of files as the person has them, each file read once; undefined where one is no text, or cannot be read. */
export function linesReader(context: CallContext, { encodings }: Pick<Ports, 'encodings'>) {
  const read = new Map<string, Promise<readonly string[] | undefined>>();
  return (path: string): Promise<readonly string[] | undefined> => {
    const lines = read.get(path) ?? linesOf(path, context, encodings);
    read.set(path, lines);
    return lines;
  };
}

async function linesOf(
  path: string,
  { files, scope }: CallContext,
  encodings: Ports['encodings'],
): Promise<readonly string[] | undefined> {
  try {
    return (await textFile(await files.read(path, MAX_TEXT), scope.shown(path), encodings)).text.split('\n');
  } catch (error) {
    if (error instanceof ToolFailure || error instanceof Forbidden) return undefined;
    throw error;
  }
}
