import type { ReactNode } from 'react';
import type { BlockOf } from '../../../src/shared/block.ts';
import { countedBlanks } from '../../../src/shared/cut.ts';
import { exact, visibleLine } from '../../../src/shared/visible.ts';

/** Never cut short and never scrolled away: all of it is read before the buttons are reached. */
export function ExactBlock({ block }: { readonly block: BlockOf<'exact'> }) {
  const { label, text, prompt } = block;
  return (
    <>
      {prompt === undefined && <p className="small quiet">{visibleLine(label)}</p>}
      <pre className="command" aria-label={visibleLine(label)}>
        {text.split('\n').map((line, index, lines) => (
          <span key={index} data-must-see="">
            {words(line)}
            {index < lines.length - 1 ? '\n' : ''}
          </span>
        ))}
      </pre>
    </>
  );
}

/** Each word in a box of its own, so that `--force` is never parted after its first dash. */
function words(line: string): ReactNode {
  return countedBlanks(exact(line))
    .split(/( +)/)
    .map((word, index) => (index % 2 === 0 ? <span key={index}>{word}</span> : word));
}
