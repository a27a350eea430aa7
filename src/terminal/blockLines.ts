import { amountWords, lossWords, type Block, type BlockOf, type Piece, type Words } from '../shared/block.ts';
import { unseenWords } from '../shared/unseen.ts';
import { countedBlanks } from '../shared/cut.ts';
import { visibleLine } from '../shared/visible.ts';

/** A line of Oversign's own, or words of others beside it, as they are: `quoted` draws them behind a mark. */
export type Part = string | { quote: string; first?: string };

/** A block as parts of what a terminal shows. Every piece of a line is one line, hidden characters written out. */
export function blockParts(block: Block): Part[] {
  switch (block.kind) {
    case 'sentence':
      return [`${block.tone === 'warning' ? '! ' : ''}${inLine(block.words)}`];
    case 'alarm':
      return [`! ${inLine(block.words)}`];
    case 'loss':
      return [`! ${inLine([...block.heading, ' ', { amount: block.loss }])}${lossWords(block.loss)}`];
    case 'exact':
      return block.prompt === undefined
        ? [`${visibleLine(block.label)}:`, { quote: countedBlanks(block.text) }]
        : [{ quote: countedBlanks(block.text), first: `  ${block.prompt} ` }];
    case 'diff':
      return diffParts(block);
    case 'effects':
      return effectParts(block);
    case 'facts':
      return block.facts.map(({ label, value }) => `${visibleLine(label)}: ${inLine(value)}`);
    case 'list':
      return [
        ...block.items.map((item) => `${visibleLine(block.label)}: ${inLine(item)}`),
        ...(block.left > 0 ? [`${visibleLine(block.label)}: and ${block.left} more ${visibleLine(block.of)}`] : []),
      ];
  }
}

const MARKS = { new: '+', changed: '~', gone: '-', mode: '=' } as const;

function effectParts({ files, left }: BlockOf<'effects'>): Part[] {
  return [
    ...files.map(({ what, path, words, added, removed }) => {
      const lines = added === undefined ? '' : ` (+${added} −${removed ?? 0})`;
      return `${MARKS[what]} ${visibleLine(path)}${lines}: ${inLine(words)}`;
    }),
    ...(left > 0 ? [`! and ${left} more`] : []),
  ];
}

const CHANGES = { create: 'Creates', edit: 'Changes', overwrite: 'Overwrites' } as const;

function diffParts({ change, path, added, removed, unsaved, diff, unseen }: BlockOf<'diff'>): Part[] {
  const notShown = unseenWords(unseen);
  return [
    `${CHANGES[change]} ${visibleLine(path)} (+${added} −${removed})`,
    ...(unsaved ? ['! The file has unsaved changes in an editor.'] : []),
    { quote: diff },
    ...(notShown === undefined ? [] : [`! ${notShown}`]),
  ];
}

/** Words on one line, hidden characters written out. */
export function inLine(words: Words): string {
  return words.map(pieceText).join('');
}

function pieceText(piece: Piece): string {
  if (typeof piece === 'string') return visibleLine(piece);
  if ('exact' in piece) return visibleLine(piece.exact);
  if ('strong' in piece) return visibleLine(piece.strong);
  return amountWords(piece, size);
}

function size(bytes: number): string {
  return `${bytes} bytes`;
}
