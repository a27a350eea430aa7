import { amountWords, lossWords, type Block, type BlockOf, type Piece, type Words } from '../../shared/block.ts';
import { unseenWords } from '../../shared/unseen.ts';
import { visibleLine } from '../../shared/visible.ts';
import { block as lines, code } from './markdown.ts';

/** Blocks as lines of a Markdown document. */
export function blocksMarkdown(blocks: readonly Block[]): string[] {
  return blocks.flatMap(blockMarkdown);
}

function blockMarkdown(block: Block): string[] {
  switch (block.kind) {
    case 'sentence':
      return [block.tone === 'warning' ? `**${inLine(block.words)}**` : inLine(block.words), ''];
    case 'alarm':
      return [`**${inLine(block.words)}**`, ''];
    case 'loss':
      return [`**${inLine([...block.heading, ' ', { amount: block.loss }])}**${lossWords(block.loss)}.`, ''];
    case 'exact':
      return [`${own(block.label)}:`, '', ...lines(block.text), ''];
    case 'diff':
      return diffMarkdown(block);
    case 'effects':
      return [
        ...block.files.map(
          ({ what, path, words, added, removed }) =>
            `- ${what}: ${code(path)}${added === undefined ? '' : ` (+${added} −${removed ?? 0})`}, ${inLine(words)}`,
        ),
        ...(block.left > 0 ? [`- and ${block.left} more`] : []),
        '',
      ];
    case 'facts':
      return [
        ...(block.fold === undefined ? [] : [`## ${own(block.fold)}`, '']),
        ...block.facts.map(({ label, value }) => `- ${own(label)}: ${inLine(value)}`),
        '',
      ];
    case 'list':
      return [
        `## ${own(block.title)}`,
        '',
        ...block.items.map((item) => `- ${inLine(item)}`),
        ...(block.left > 0 ? [`- and ${block.left} more ${own(block.of)}`] : []),
        '',
      ];
  }
}

const CHANGES = { create: 'New file', edit: 'Edit', overwrite: 'Overwrite' } as const;

function diffMarkdown({ change, path, added, removed, unsaved, diff, unseen }: BlockOf<'diff'>): string[] {
  const notShown = unseenWords(unseen);
  return [
    `${CHANGES[change]} ${code(path)} (+${added} −${removed})`,
    '',
    ...(unsaved ? ['**The file has unsaved changes in an editor.**', ''] : []),
    ...lines(diff),
    '',
    ...(notShown === undefined ? [] : [`**${notShown}**`, '']),
  ];
}

function inLine(words: Words): string {
  return words.map(pieceMarkdown).join('');
}

function pieceMarkdown(piece: Piece): string {
  if (typeof piece === 'string') return own(piece);
  if ('exact' in piece) return code(piece.exact);
  if ('strong' in piece) return own(piece.strong);
  return own(amountWords(piece, (bytes) => `${bytes} bytes`));
}

/**
 * Words that are not set as code. They are Oversign's own, with words of others in some of them: what would begin a
 * mark, an element, a link, a mention or a formula is written as itself, and so is what makes a line a heading or a list.
 */
function own(text: string): string {
  return visibleLine(text)
    .replace(/[\\`*_~<>[\]{}$#|&@]/g, '\\$&')
    .replace(/:(?=\/\/)|(?<=\bwww)\./gi, '\\$&')
    .replace(/^(\s*)([-+=])/, '$1\\$2')
    .replace(/^(\s*\d+)([.)])/, '$1\\$2');
}
