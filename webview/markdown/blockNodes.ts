import type { Token } from 'markdown-it';
import { inlineNodes } from './inlineNodes.ts';
import { languageIn } from './languages.ts';
import type { Align, Block, Inline, Item } from './node.ts';

/** The blocks of tokens that are whole: every one that opens is closed. Nested no deeper than the parser nests. */
export function blockNodes(tokens: readonly Token[]): Block[] {
  const blocks: Block[] = [];
  for (let at = 0; at < tokens.length;) {
    const token = tokens[at];
    if (!token) break;
    const end = token.nesting === 1 ? closing(tokens, at) : at;
    const block = blockOf(token, tokens.slice(at + 1, end));
    if (block) blocks.push(block);
    at = end + 1;
  }
  return blocks;
}

/** Where what opens at `at` is closed. */
export function closing(tokens: readonly Token[], at: number): number {
  let depth = 0;
  for (let index = at; index < tokens.length; index += 1) {
    depth += tokens[index]?.nesting ?? 0;
    if (depth === 0) return index;
  }
  return tokens.length;
}

function blockOf(token: Token, inner: readonly Token[]): Block | undefined {
  switch (token.type) {
    case 'paragraph_open':
      return { kind: 'paragraph', children: wordsIn(inner), tight: token.hidden };
    case 'heading_open':
      return { kind: 'heading', level: Number(token.tag.slice(1)), children: wordsIn(inner) };
    case 'blockquote_open':
      return { kind: 'quote', children: blockNodes(inner) };
    case 'bullet_list_open':
      return { kind: 'list', start: undefined, items: items(inner) };
    case 'ordered_list_open':
      return { kind: 'list', start: Number(token.attrGet('start') ?? 1), items: items(inner) };
    case 'fence':
      return { kind: 'code', language: languageIn(token.info), text: token.content.replace(/\n$/, '') };
    case 'code_block':
      return { kind: 'code', language: '', text: token.content.replace(/\n$/, '') };
    case 'table_open':
      return tableOf(inner);
    case 'hr':
      return { kind: 'rule' };
    case 'inline':
      return { kind: 'paragraph', children: inlineNodes(token.children ?? []), tight: true };
    default:
      return token.content === '' ? undefined : { kind: 'plain', text: token.content, why: '' };
  }
}

function wordsIn(tokens: readonly Token[]): Inline[] {
  return inlineNodes(tokens.flatMap(({ children }) => children ?? []));
}

function items(tokens: readonly Token[]): Item[] {
  const found: Item[] = [];
  for (let at = 0; at < tokens.length;) {
    const end = closing(tokens, at);
    found.push(itemOf(blockNodes(tokens.slice(at + 1, end))));
    at = end + 1;
  }
  return found;
}

/** An item that begins with `[ ]` or `[x]` is a task. */
function itemOf(children: readonly Block[]): Item {
  const [first, ...others] = children;
  const [words, ...rest] = first?.kind === 'paragraph' ? first.children : [];
  const mark = words?.kind === 'text' ? /^\[([ xX])\](?=\s)\s*/.exec(words.text) : null;
  if (first?.kind !== 'paragraph' || words?.kind !== 'text' || !mark) return { task: undefined, children };
  const left: Inline = { kind: 'text', text: words.text.slice(mark[0].length) };
  return { task: mark[1] !== ' ', children: [{ ...first, children: [left, ...rest] }, ...others] };
}

function tableOf(tokens: readonly Token[]): Block {
  const aligns: Align[] = [];
  const rows: Inline[][][] = [];
  for (const token of tokens) {
    if (token.type === 'tr_open') rows.push([]);
    if (token.type === 'th_open') aligns.push(alignOf(token));
    if (token.type === 'inline') rows.at(-1)?.push(inlineNodes(token.children ?? []));
  }
  const [head = [], ...others] = rows;
  return { kind: 'table', aligns, head, rows: others };
}

/** The parser says it as a style, which is not drawn. */
function alignOf(token: Token): Align {
  const style = String(token.attrGet('style') ?? '');
  return (['left', 'center', 'right'] as const).find((side) => style === `text-align:${side}`);
}
