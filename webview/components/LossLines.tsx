import type { ReactNode } from 'react';
import type { Loss } from '../../src/shared/approval.ts';
import { lossAmount, trackedSentence } from '../state/sentences.ts';
import { Line } from './Line.tsx';

/** What a delete, move or overwrite would lose, in words. */
export function LossLines({ heading, loss }: { readonly heading: ReactNode; readonly loss: Loss }) {
  return (
    <>
      <Line icon="files" tone="warning">
        {heading} <b>{lossAmount(loss)}</b>. {trackedSentence(loss.tracked)}
      </Line>
      {loss.unsaved && (
        <Line icon="warning" tone="warning">
          It has unsaved changes in the editor.
        </Line>
      )}
    </>
  );
}
