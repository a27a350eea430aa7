import { exact } from '../../src/shared/visible.ts';
import { CopyButton } from './CopyButton.tsx';
import { Pieces, useColours } from './Colours.tsx';

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
