import { memo, useState } from 'react';
import { BlocksView } from './BlockView.tsx';
import { GrowingMarkdown, type TopBlock } from './growing.ts';

/**
 * What the agent says, as Markdown. It is hostile text: it becomes words, lists, tables and code, and nothing that the
 * panel itself is made of. Words that are whole are drawn once, however much comes after them.
 */
export const Words = memo(function Words({
  text,
  isStreaming,
}: {
  readonly text: string;
  readonly isStreaming: boolean;
}) {
  const [growing] = useState(() => new GrowingMarkdown());
  const blocks = growing.take(text, isStreaming);
  return (
    <div className={isStreaming ? 'md growing' : 'md'} data-testid="words">
      {blocks.map((block, index) => (
        <TopBlockView key={block.at} block={block} isGrowing={isStreaming && index === blocks.length - 1} />
      ))}
    </div>
  );
});

const TopBlockView = memo(function TopBlockView({
  block,
  isGrowing,
}: {
  readonly block: TopBlock;
  readonly isGrowing: boolean;
}) {
  return <BlocksView blocks={block.blocks} isGrowing={isGrowing} />;
});
