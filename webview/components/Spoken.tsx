import { Fragment } from 'react';
import { exact } from '../../src/shared/visible.ts';

/** A sentence of ours that has names in it, between backticks (named.ts): they are drawn as what counts to the letter. */
export function Spoken({ words }: { readonly words: string }) {
  return words
    .split(/`([^`]*)`/)
    .map((part, index) =>
      index % 2 === 0 ? <Fragment key={index}>{exact(part)}</Fragment> : <code key={index}>{exact(part)}</code>,
    );
}
