import { Fragment } from 'react';
import type { BlockOf } from '../../../src/shared/block.ts';
import { visibleLine } from '../../../src/shared/visible.ts';
import { Sentence } from './Sentence.tsx';

/** Names and values; behind their title where there is one. */
export function FactsBlock({ block }: { readonly block: BlockOf<'facts'> }) {
  const { facts, small } = block;
  const fold = block.fold ?? (small ? 'Where' : undefined);
  const list = (
    <dl className={small ? 'facts small' : 'facts'}>
      {facts.map(({ label, value, hint }, index) => (
        <Fragment key={index}>
          <dt>{visibleLine(label)}</dt>
          <dd title={hint === undefined ? undefined : visibleLine(hint)}>
            <Sentence words={value} />
          </dd>
        </Fragment>
      ))}
    </dl>
  );
  if (fold === undefined) return list;
  return (
    <details className="more">
      <summary>{visibleLine(fold)}</summary>
      {list}
    </details>
  );
}
