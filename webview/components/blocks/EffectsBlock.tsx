import type { BlockOf } from '../../../src/shared/block.ts';
import { Exact } from '../Exact.tsx';
import { Line } from '../Line.tsx';
import { Sentence } from './Sentence.tsx';

interface EffectsBlockProps {
  readonly block: BlockOf<'effects'>;
  readonly onOpenDiff: () => void;
}

const WHAT = { new: 'New', changed: 'Changed', gone: 'Gone', mode: 'Mode' } as const;

/** What a command changed in a view, a line for each path, and all of the texts in the editor's own diff. */
export function EffectsBlock({ block, onOpenDiff }: EffectsBlockProps) {
  return (
    <>
      <ul className="effects" data-testid="effects" aria-label="What it changed">
        {block.files.map(({ what, path, words, added, removed }, index) => (
          <li key={index} data-must-see="" className={`effect-${what}`}>
            <span className="effect-what">{WHAT[what]}</span> <Exact>{path}</Exact>{' '}
            {added !== undefined && (
              <span className="counts">
                <span className="added-count">
                  +{added}
                  <span className="unseen"> lines added</span>
                </span>{' '}
                <span className="removed-count">
                  −{removed ?? 0}
                  <span className="unseen"> lines removed</span>
                </span>{' '}
              </span>
            )}
            <span className="quiet">
              <Sentence words={words} />
            </span>
          </li>
        ))}
      </ul>
      {block.left > 0 && (
        <Line icon="warning" tone="warning" testId="effects-left">
          And {block.left} more, not listed here.
        </Line>
      )}
      {block.hasDiffs && (
        <Line icon="diff">
          <button type="button" className="link" data-testid="open-diff" onClick={onOpenDiff}>
            Open diffs
          </button>
        </Line>
      )}
    </>
  );
}
