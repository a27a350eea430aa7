import { Fragment, useEffect, useState, type ReactNode } from 'react';
import { exact } from '../../src/shared/visible.ts';
import { CopyButton } from './CopyButton.tsx';
import { MOST_COLOURED, type Coloured } from './coloured.ts';

/** Code as the agent wrote it: to the letter, one line a line. It is coloured once it is whole. */
export function CodeBlock({
  language,
  text,
  isGrowing,
}: {
  readonly language: string;
  readonly text: string;
  readonly isGrowing: boolean;
}) {
  const pieces = useColours(language, text, isGrowing);
  return (
    <div className="md-block">
      <div className="md-block-head">
        <span>{language}</span>
        {!isGrowing && <CopyButton text={text} label="Copy code" className="md-block-copy" />}
      </div>
      <pre tabIndex={0} role="region" aria-label={language === '' ? 'Code' : `Code, ${language}`}>
        <code>{pieces ? <Pieces pieces={pieces} /> : exact(text)}</code>
      </pre>
    </div>
  );
}

function Pieces({ pieces }: { readonly pieces: readonly Coloured[] }): ReactNode {
  return pieces.map((piece, index) =>
    typeof piece === 'string' ? (
      <Fragment key={index}>{exact(piece)}</Fragment>
    ) : (
      <span key={index} className={`md-${piece.as}`}>
        <Pieces pieces={piece.pieces} />
      </span>
    ),
  );
}

/** The highlighter is loaded with the first code that wants it. Without it, code is code. */
function useColours(language: string, text: string, isGrowing: boolean): readonly Coloured[] | undefined {
  const [found, setFound] = useState<{ language: string; text: string; pieces: readonly Coloured[] | undefined }>();
  useEffect(() => {
    if (isGrowing || language === '' || text.length > MOST_COLOURED) return undefined;
    let isWanted = true;
    import('./highlighter.ts')
      .then(({ colour }) => {
        if (isWanted) setFound({ language, text, pieces: colour(text, language) });
      })
      .catch(() => undefined);
    return () => {
      isWanted = false;
    };
  }, [language, text, isGrowing]);
  return found?.text === text && found.language === language ? found.pieces : undefined;
}
