import type { BlockOf } from '../../../src/shared/block.ts';
import { unseenWords } from '../../../src/shared/unseen.ts';
import { exact, visibleLine } from '../../../src/shared/visible.ts';
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
  const notShown = unseenWords(block.unseen);
  return (
    <>
      <div className="edit-head">
        <span title={visibleLine(block.absolute)}>
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
      {block.unsaved && (
        <Line icon="warning" tone="warning">
          This file has unsaved changes in the editor.
        </Line>
      )}
      <pre className="diff" tabIndex={0} role="region" aria-label={`Changed lines of ${visibleLine(block.path)}`}>
        {diffLines(block.diff).map((line, index) => (
          <span key={index} data-must-see="" className={`diff-${line.kind}`}>
            {exact(line.text)}
            {'\n'}
          </span>
        ))}
      </pre>
      {notShown !== undefined && (
        <Line icon="warning" tone="warning" testId="not-shown">
          {notShown}
        </Line>
      )}
      <Line icon="diff">
        <button type="button" className="link" data-testid="open-diff" onClick={onOpenDiff}>
          Open diff
        </button>
      </Line>
    </>
  );
}
