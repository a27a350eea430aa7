import type { Card } from '../../src/shared/approval.ts';
import { visible } from '../../src/shared/visible.ts';
import { diffLines } from '../state/diffLines.ts';
import { Exact } from './Exact.tsx';
import { Line } from './Line.tsx';

interface EditCardProps {
  readonly card: Extract<Card, { kind: 'edit' }>;
  readonly onOpenDiff: () => void;
}

const CHANGE_WORDS = { create: 'New file', edit: 'Edit', overwrite: 'Overwrite' } as const;

export function EditCard({ card, onOpenDiff }: EditCardProps) {
  return (
    <>
      <div className="edit-head">
        <span>
          {CHANGE_WORDS[card.change]} <Exact>{card.path}</Exact>
        </span>
        <span className="counts">
          <span className="added-count">
            +{card.added}
            <span className="unseen"> lines added</span>
          </span>{' '}
          <span className="removed-count">
            −{card.removed}
            <span className="unseen"> lines removed</span>
          </span>
        </span>
      </div>
      {card.absolute !== card.path && (
        <p className="small quiet">
          <Exact>{card.absolute}</Exact>
        </p>
      )}
      {card.unsaved && (
        <Line icon="warning" tone="warning">
          This file has unsaved changes in the editor.
        </Line>
      )}
      <pre className="diff" tabIndex={0} role="region" aria-label="Changed lines">
        {diffLines(card.diff).map((line, index) => (
          <span key={index} className={`diff-${line.kind}`}>
            {visible(line.text)}
            {'\n'}
          </span>
        ))}
      </pre>
      <Line icon={card.shortened ? 'warning' : 'diff'} tone={card.shortened ? 'warning' : 'plain'}>
        <button type="button" className="link" data-testid="open-diff" onClick={onOpenDiff}>
          Open diff
        </button>
        {card.shortened && ' Shortened here: the editor shows every line.'}
      </Line>
    </>
  );
}
