import { PageText, type PageElement, type PageNode } from './nodes.ts';
import { webAddress } from './readPage.ts';
import { tableLines } from './table.ts';

const MOST_NESTED = 8;
const MOST_LINK = 500;
const MOST_ALT = 300;

const BLOCKS: ReadonlySet<string> = new Set(
  'address article aside blockquote body dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr legend li main nav ol p pre section summary table tbody td tfoot th thead tr ul center listing xmp'.split(
    ' ',
  ),
);
const AROUND: ReadonlyMap<string, string> = new Map([
  ...(['strong', 'b'] as const).map((name) => [name, '**'] as const),
  ...(['em', 'i'] as const).map((name) => [name, '*'] as const),
  ...(['del', 's', 'strike'] as const).map((name) => [name, '~~'] as const),
]);

/** What of a page stands in an element, as Markdown. Links have their whole address, images what is said in their place. */
export function markdownOf(root: PageElement, base: string): string {
  return new Writer(base)
    .blocks(root, 0)
    .replace(/[ \t]+\n/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

class Writer {
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  /** What stands in an element, blocks apart from each other. */
  blocks(parent: PageElement, nested: number): string {
    const parts: string[] = [];
    let line: string[] = [];
    const flush = (): void => {
      const text = tidied(line.join(''));
      if (text !== '') parts.push(text);
      line = [];
    };
    for (const node of parent.childNodes)
      if (isBlock(node)) {
        flush();
        const text = this.#block(node, nested);
        if (text !== '') parts.push(text);
      } else line.push(this.#inline(node));
    flush();
    return parts.join('\n\n');
  }

  #block(element: PageElement, nested: number): string {
    const name = element.localName;
    switch (name) {
      case 'hr':
        return '---';
      case 'pre':
      case 'listing':
      case 'xmp':
        return fenced(element.textContent);
      case 'blockquote':
        return indented(this.blocks(element, nested + 1), '> ', '> ', nested);
      case 'ul':
      case 'ol':
        return this.#list(element, nested);
      case 'li':
        return indented(this.blocks(element, nested + 1), '- ', '  ', nested);
      case 'dd':
        return indented(this.blocks(element, nested + 1), ': ', '  ', nested);
      case 'table':
        return this.#table(element, nested);
    }
    const level = /^h([1-6])$/.exec(name)?.[1];
    if (level === undefined) return this.blocks(element, nested);
    const text = this.#line(element);
    return text === '' ? '' : `${'#'.repeat(Number(level))} ${text}`;
  }

  #list(element: PageElement, nested: number): string {
    const start = Number.parseInt(element.getAttribute('start') ?? '1', 10);
    let number = Number.isSafeInteger(start) ? start : 1;
    const items: string[] = [];
    for (const item of element.childNodes) {
      const mark = element.localName === 'ol' ? `${number}. ` : '- ';
      const text = this.#item(item, nested + 1);
      if (text === '') continue;
      number += 1;
      items.push(indented(text.replace(/\n\n(?=[ ]*(?:- |\d+\. ))/g, '\n'), mark, ' '.repeat(mark.length), nested));
    }
    return items.join('\n');
  }

  /** What stands in a list without being an item is shown as one. */
  #item(item: PageNode, nested: number): string {
    if (!isBlock(item)) return tidied(this.#inline(item));
    return item.localName === 'li' ? this.blocks(item, nested) : this.#block(item, nested);
  }

  /** One that holds data is a table; one that is for the layout is what stands in its cells. */
  #table(element: PageElement, nested: number): string {
    const rows = element.getElementsByTagName('tr').map((row) => row.children);
    const width = Math.max(0, ...rows.slice(0, 1000).map((cells) => cells.length));
    const isNested = element.getElementsByTagName('table').length > 0;
    if (width < 2 || isNested) return this.blocks(element, nested);
    return tableLines(rows.map((cells) => cells.map((cell) => this.#line(cell))));
  }

  /** All of an element in one line. */
  #line(element: PageElement): string {
    return tidied(element.childNodes.map((node) => this.#inline(node)).join('')).replace(/\s*\n\s*/g, ' ');
  }

  #inline(node: PageNode): string {
    if (node instanceof PageText) return node.textContent;
    const name = node.localName;
    if (name === 'br') return '\n';
    if (name === 'img' || (name === 'input' && node.hasAttribute('alt'))) return image(node);
    const inner = node.childNodes.map((child) => this.#inline(child)).join('');
    const text = isBlock(node) || name === 'option' ? ` ${inner} ` : inner;
    if (text.trim() === '') return text === '' ? '' : ' ';
    if (name === 'a') return this.#link(node, text);
    if (name === 'code' || name === 'kbd' || name === 'samp' || name === 'tt') return within(text, ticksFor(text));
    const around = AROUND.get(name);
    return around === undefined || text.includes('\n') ? text : within(text, around);
  }

  #link(element: PageElement, text: string): string {
    const href = element.getAttribute('href')?.trim() ?? '';
    if (href === '' || href.startsWith('#')) return text;
    const to = webAddress(href, this.#base);
    if (to === undefined) return text; // leads nowhere without scripts
    const cut = to.length > MOST_LINK ? `${to.slice(0, MOST_LINK)}…` : to;
    const [, before = '', words = '', behind = ''] = /^(\s*)([^]*?)(\s*)$/.exec(text) ?? [];
    return words === to ? text : `${before}[${words.replace(/\s+/g, ' ')}](${cut})${behind}`;
  }
}

function isBlock(node: PageNode): node is PageElement {
  return !(node instanceof PageText) && BLOCKS.has(node.localName);
}

function image(element: PageElement): string {
  const alt = (element.getAttribute('alt') ?? '').replace(/\s+/g, ' ').trim();
  if (alt === '') return '';
  return `[image: ${alt.length > MOST_ALT ? `${alt.slice(0, MOST_ALT)}…` : alt}]`;
}

/** Marks stand at the words, blanks outside of them. */
function within(text: string, mark: string): string {
  const words = text.trim();
  const at = text.indexOf(words);
  return `${text.slice(0, at)}${mark}${words}${mark}${text.slice(at + words.length)}`;
}

function ticksFor(text: string): string {
  return '`'.repeat(1 + longestTicks(text));
}

function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(3, 1 + longestTicks(text)));
  const body = text.replace(/^\n+|\s+$/g, '');
  return body === '' ? '' : `${fence}\n${body}\n${fence}`;
}

function longestTicks(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((most, ticks) => Math.max(most, ticks.length), 0);
}

/** Deeper than some levels, nothing is moved in any more. */
function indented(text: string, first: string, others: string, nested: number): string {
  if (text === '' || nested >= MOST_NESTED) return text;
  return text
    .split('\n')
    .map((line, at) => (line === '' ? others.trimEnd() : `${at === 0 ? first : others}${line}`))
    .join('\n');
}

function tidied(text: string): string {
  return text
    .replace(/[ \t]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .trim();
}
