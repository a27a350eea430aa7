import { Fragment, useEffect, useState, type ReactNode } from 'react';
import { exact } from '../../src/shared/visible.ts';
import { MOST_COLOURED, type Coloured } from './coloured.ts';

/** Code in its colours, to the letter. */
export function Pieces({ pieces }: { readonly pieces: readonly Coloured[] }): ReactNode {
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
export function useColours(language: string, text: string, isGrowing: boolean): readonly Coloured[] | undefined {
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
