import { Fragment } from 'react';
import type { ReactNode } from 'react';
import { amountWords, type Piece, type Words } from '../../../src/shared/block.ts';
import { visibleLine } from '../../../src/shared/visible.ts';
import { size } from '../../state/sentences.ts';
import { Exact } from '../Exact.tsx';

/** The one place where words of a block come onto the page: one line, hidden characters written out. */
export function Sentence({ words }: { readonly words: Words }) {
  return words.map((piece, index) => <Fragment key={index}>{drawn(piece)}</Fragment>);
}

function drawn(piece: Piece): ReactNode {
  if (typeof piece === 'string') return visibleLine(piece);
  if ('exact' in piece) return <Exact>{piece.exact}</Exact>;
  if ('strong' in piece) return <b>{visibleLine(piece.strong)}</b>;
  return <b>{amountWords(piece, size)}</b>;
}
