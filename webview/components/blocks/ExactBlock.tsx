import type { ReactNode } from 'react';
import type { BlockOf } from '../../../src/shared/block.ts';
import { countedBlanks } from '../../../src/shared/cut.ts';
import { exact, visibleLine } from '../../../src/shared/visible.ts';
import { Pieces, useColours } from '../../markdown/Colours.tsx';
import { colouredLines } from '../../markdown/colouredLines.ts';

/** Never cut short and never scrolled away: all of it is read before the buttons are reached. */
export function ExactBlock({ block }: { readonly block: BlockOf<'exact'> }) {
  const { label, text, prompt, language = '' } = block;
  const shown = language === '' ? text : countedBlanks(exact(text));
  const pieces = useColours(language, shown, false);
  const coloured = pieces && colouredLines(pieces);
  return (
    <>
      {prompt === undefined && <p className="small quiet">{visibleLine(label)}</p>}
      <pre className={language === '' ? 'command' : 'command program'} aria-label={visibleLine(label)}>
        {shown.split('\n').map((line, index, lines) => (
          <span key={index} data-must-see="">
            {language === '' ? words(line) : coloured?.[index] ? <Pieces pieces={coloured[index]} /> : line}
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
