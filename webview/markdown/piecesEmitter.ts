import type { Emitter } from 'highlight.js';
import type { Colour, Coloured } from './coloured.ts';

/** What the highlighter calls a piece, by the first word of it; what is not here has no colour. */
const AS = new Map<string, Colour>([
  ...each('keyword', ['keyword', 'literal', 'tag', 'selector-tag', 'meta', 'section', 'doctag']),
  ...each('string', ['string', 'regexp', 'char', 'quote', 'link']),
  ...each('number', ['number', 'symbol']),
  ...each('comment', ['comment']),
  ...each('function', ['title', 'built_in', 'selector-class', 'selector-id']),
  ...each('type', ['type']),
  ...each('name', ['attr', 'attribute', 'property', 'variable', 'name', 'params', 'template-variable']),
  ...each('added', ['addition']),
  ...each('removed', ['deletion']),
]);

function each(colour: Colour, names: readonly string[]): [string, Colour][] {
  return names.map((name) => [name, colour]);
}

/** Takes what the highlighter finds as pieces: it never makes HTML of it. */
export class PiecesEmitter implements Emitter {
  readonly pieces: Coloured[] = [];
  readonly #open: { as: Colour | undefined; pieces: Coloured[] }[] = [];

  addText(text: string): void {
    if (text !== '') this.#top.push(text);
  }

  startScope(name: string): void {
    this.#open.push({ as: AS.get(name.split('.')[0] ?? ''), pieces: [] });
  }

  endScope(): void {
    const closed = this.#open.pop();
    if (!closed) return;
    if (closed.as === undefined) this.#top.push(...closed.pieces);
    else if (closed.pieces.length > 0) this.#top.push({ as: closed.as, pieces: closed.pieces });
  }

  /** The same under another name. */
  openNode(name: string): void {
    this.startScope(name);
  }

  closeNode(): void {
    this.endScope();
  }

  __addSublanguage(emitter: Emitter): void {
    if (emitter instanceof PiecesEmitter) this.#top.push(...emitter.pieces);
  }

  finalize(): void {
    while (this.#open.length > 0) this.endScope();
  }

  /** Asked for with every result, and not used. */
  toHTML(): string {
    return '';
  }

  get #top(): Coloured[] {
    return this.#open.at(-1)?.pieces ?? this.pieces;
  }
}
