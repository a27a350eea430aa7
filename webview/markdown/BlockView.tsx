import type { ReactNode } from 'react';
import { CodeBlock } from './CodeBlock.tsx';
import { InlineView } from './InlineView.tsx';
import type { Block, Item } from './node.ts';
import { shownWords } from './shownWords.ts';
import { TableView } from './TableView.tsx';

interface BlocksProps {
  readonly blocks: readonly Block[];
  /** More words may come at the end of them. */
  readonly isGrowing: boolean;
}

/** Blocks as elements. Only the last of them can still grow. */
export function BlocksView({ blocks, isGrowing }: BlocksProps): ReactNode {
  return blocks.map((block, index) => (
    <BlockView key={index} block={block} isGrowing={isGrowing && index === blocks.length - 1} />
  ));
}

function BlockView({ block, isGrowing }: { readonly block: Block; readonly isGrowing: boolean }) {
  switch (block.kind) {
    case 'paragraph': {
      const words = <InlineView nodes={block.children} isGrowing={isGrowing} />;
      return block.tight ? <div dir="auto">{words}</div> : <p dir="auto">{words}</p>;
    }
    case 'heading': {
      // The panel's own headings are above these: one of the agent never stands beside a card's.
      const Tag = block.level === 1 ? 'h4' : block.level === 2 ? 'h5' : 'h6';
      return (
        <Tag dir="auto">
          <InlineView nodes={block.children} isGrowing={isGrowing} />
        </Tag>
      );
    }
    case 'quote':
      return (
        <blockquote>
          <BlocksView blocks={block.children} isGrowing={isGrowing} />
        </blockquote>
      );
    case 'list':
      return <ListView start={block.start} items={block.items} isGrowing={isGrowing} />;
    case 'code':
      return <CodeBlock language={block.language} text={block.text} isGrowing={isGrowing} />;
    case 'table':
      return <TableView table={block} isGrowing={isGrowing} />;
    case 'rule':
      return <hr />;
    case 'plain':
      return (
        <>
          {block.why !== '' && <p className="md-note">{block.why}</p>}
          <div className="md-plain">{shownWords(block.text)}</div>
        </>
      );
  }
}

function ListView({
  start,
  items,
  isGrowing,
}: {
  readonly start: number | undefined;
  readonly items: readonly Item[];
  readonly isGrowing: boolean;
}) {
  const drawn = items.map(({ task, children }, index) => (
    <li key={index} className={task === undefined ? undefined : 'md-task'}>
      {task !== undefined && (
        <>
          {/* No icon of the panel's: with those it says how its own actions went. */}
          <span className="md-box" aria-hidden="true">
            {task ? '☑' : '☐'}
          </span>
          <span className="unseen">{task ? 'Done: ' : 'Open: '}</span>
        </>
      )}
      <BlocksView blocks={children} isGrowing={isGrowing && index === items.length - 1} />
    </li>
  ));
  return start === undefined ? <ul>{drawn}</ul> : <ol start={start}>{drawn}</ol>;
}
