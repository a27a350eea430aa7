import type { ReactElement, ReactNode } from 'react';
import type { Block, BlockOf } from '../../../src/shared/block.ts';
import { visibleLine } from '../../../src/shared/visible.ts';
import { Line } from '../Line.tsx';
import { DiffBlock } from './DiffBlock.tsx';
import { EffectsBlock } from './EffectsBlock.tsx';
import { ExactBlock } from './ExactBlock.tsx';
import { FactsBlock } from './FactsBlock.tsx';
import { LossBlock } from './LossBlock.tsx';
import { Sentence } from './Sentence.tsx';

interface BlocksProps {
  readonly blocks: readonly Block[];
  /** What could be lost was said above already, in one sentence. */
  readonly said?: boolean;
  readonly onOpenDiff: () => void;
  /** What stands between that and what unfolds. */
  readonly children?: ReactNode;
}

/** What a card says, in its order; what unfolds stands side by side at the end. */
export function Blocks({ blocks: all, said = false, onOpenDiff, children }: BlocksProps) {
  const isOneLoss = all.filter(({ kind }) => kind === 'loss').length === 1;
  const blocks = said && isOneLoss ? all.filter(({ kind }) => kind !== 'loss') : all;
  const folds = blocks.filter(isFold);
  return (
    <>
      {blocks.map((block, index) => !isFold(block) && <BlockView key={index} block={block} onOpenDiff={onOpenDiff} />)}
      {children}
      {folds.length > 0 && (
        <div className="folds">
          {folds.map((block, index) => (
            <BlockView key={index} block={block} onOpenDiff={onOpenDiff} />
          ))}
        </div>
      )}
    </>
  );
}

function isFold(block: Block): boolean {
  return block.kind === 'list' || (block.kind === 'facts' && (block.fold !== undefined || block.small === true));
}

function BlockView({
  block,
  onOpenDiff,
}: {
  readonly block: Block;
  readonly onOpenDiff: BlocksProps['onOpenDiff'];
}): ReactElement {
  switch (block.kind) {
    case 'sentence':
      return (
        <Line icon={block.icon} tone={block.tone}>
          <Sentence words={block.words} />
        </Line>
      );
    case 'alarm':
      return (
        <div className="outside" role="note" data-testid={block.name} data-must-see="">
          <Line icon="warning" tone="error">
            <Sentence words={block.words} />
          </Line>
        </div>
      );
    case 'loss':
      return <LossBlock block={block} />;
    case 'exact':
      return <ExactBlock block={block} />;
    case 'diff':
      return <DiffBlock block={block} onOpenDiff={onOpenDiff} />;
    case 'effects':
      return <EffectsBlock block={block} onOpenDiff={onOpenDiff} />;
    case 'facts':
      return <FactsBlock block={block} />;
    case 'list':
      return <ListBlock block={block} />;
  }
}

function ListBlock({ block }: { readonly block: BlockOf<'list'> }) {
  const { name, title, items, left } = block;
  return (
    <details className="more" data-testid={name}>
      <summary>{visibleLine(title)}</summary>
      <ul className="notes">
        {items.map((item, index) => (
          <li key={index}>
            <Sentence words={item} />
          </li>
        ))}
        {left > 0 && <li>and {left} more</li>}
      </ul>
    </details>
  );
}
