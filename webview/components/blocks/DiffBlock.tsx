import type { BlockOf } from '../../../src/shared/block.ts';
import { visible } from '../../../src/shared/visible.ts';
import { diffLines } from '../../state/diffLines.ts';
import { Exact } from '../Exact.tsx';
import { Line } from '../Line.tsx';

interface DiffBlockProps {
  readonly block: BlockOf<'diff'>;
  readonly onOpenDiff: () => void;
}

const CHANGE_WORDS = { create: 'New file', edit: 'Edit', overwrite: 'Overwrite' } as const;

/** A change to one file's text: its lines here, and all of it in the editor's own diff. */
export function DiffBlock({ block, onOpenDiff }: DiffBlockProps) {
  return (
    <>
      <div className="edit-head">
        <span>
          {CHANGE_WORDS[block.change]} <Exact>{block.path}</Exact>
        </span>
        <span className="counts">
          <span className="added-count">
            +{block.added}
            <span className="unseen"> lines added</span>
          </span>{' '}
          <span className="removed-count">
            −{block.removed}
            <span className="unseen"> lines removed</span>
          </span>
        </span>
      </div>
      {block.absolute !== block.path && (
        <p className="small quiet">
          <Exact>{block.absolute}</Exact>
        </p>
      )}
      {block.unsaved && (
        <Line icon="warning" tone="warning">
          This file has unsaved changes in the editor.
        </Line>
      )}
      <pre className="diff" tabIndex={0} role="region" aria-label="Changed lines">
        {diffLines(block.diff).map((line, index) => (
          <span key={index} className={`diff-${line.kind}`}>
            {visible(line.text)}
            {'\n'}
          </span>
        ))}
      </pre>
      <Line icon={block.shortened ? 'warning' : 'diff'} tone={block.shortened ? 'warning' : 'plain'}>
        <button type="button" className="link" data-testid="open-diff" onClick={onOpenDiff}>
          Open diff
        </button>
        {block.shortened && ' Shortened here: the editor shows every line.'}
      </Line>
    </>
  );
}
