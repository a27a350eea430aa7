import type { BlockOf } from '../../../src/shared/block.ts';
import { trackedSentence } from '../../state/sentences.ts';
import { Line } from '../Line.tsx';
import { Sentence } from './Sentence.tsx';

/** What a delete, move or overwrite would lose, in words. */
export function LossBlock({ block }: { readonly block: BlockOf<'loss'> }) {
  const { heading, loss } = block;
  return (
    <div data-must-see="">
      <Line icon="files" tone="warning">
        <Sentence words={[...heading, ' ', { amount: loss }, `. ${trackedSentence(loss.tracked)}`]} />
      </Line>
      {loss.unsaved && (
        <Line icon="warning" tone="warning">
          It has unsaved changes in the editor.
        </Line>
      )}
    </div>
  );
}
