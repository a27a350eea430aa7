import { useContext, type ReactNode } from 'react';
import { FileMention, Follow } from './Follow.tsx';
import { besideLink, targetOf, targetWords } from './target.ts';
import { WordsHost } from './WordsHost.ts';

/** A link of the agent, with where it leads beside it, unless its words are exactly that. */
export function LinkView({
  href,
  words,
  isGrowing,
  children,
}: {
  readonly href: string;
  /** What `children` say, without marks. */
  readonly words: string;
  readonly isGrowing: boolean;
  readonly children: ReactNode;
}) {
  const { post } = useContext(WordsHost);
  const target = targetOf(href);
  const isSilent = words.trim() === '';
  const shown = isSilent ? targetWords(target) : children;
  const said = isSilent ? undefined : besideLink(words, target);
  const beside = said !== undefined && (
    <>
      {' '}
      <span className="md-target" data-testid="link-target">
        ({said})
      </span>
    </>
  );
  switch (target.kind) {
    case 'web':
      return (
        <>
          <Follow
            title={`Open ${targetWords(target)} outside the editor`}
            onFollow={() => {
              post({ type: 'open-link', href: target.href });
            }}
          >
            {shown}
          </Follow>
          {beside}
        </>
      );
    case 'file': {
      const otherwise =
        isSilent || said !== undefined ? shown : <FileWords words={shown} place={targetWords(target)} />;
      return (
        <>
          <FileMention place={target.place} isGrowing={isGrowing} otherwise={otherwise}>
            {shown}
          </FileMention>
          {beside}
        </>
      );
    }
    case 'nowhere':
      return (
        <>
          {shown}
          {beside}
        </>
      );
  }
}

/** Where there is no such file, it is said which one was meant. */
function FileWords({ words, place }: { readonly words: ReactNode; readonly place: string }) {
  return (
    <>
      {words} <span className="md-target">({place})</span>
    </>
  );
}
