import { useContext, useEffect, useSyncExternalStore, type KeyboardEvent, type ReactNode } from 'react';
import { placeWords, type FilePlace } from './target.ts';
import { WordsHost } from './WordsHost.ts';

/**
 * Something to follow. It has no address of its own, so that neither the page nor the editor's frame around it can follow
 * it by themselves: whoever follows it asks the extension, which looks at it again.
 */
export function Follow({
  title,
  onFollow,
  children,
}: {
  readonly title: string;
  readonly onFollow: () => void;
  readonly children: ReactNode;
}) {
  return (
    <span
      role="link"
      tabIndex={0}
      className="md-link"
      title={title}
      onClick={onFollow}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key === 'Enter') onFollow();
      }}
    >
      {children}
    </span>
  );
}

/** Words that name a place in a file: to be followed where the workspace has such a file, else words. */
export function FileMention({
  place,
  isGrowing,
  otherwise,
  children,
}: {
  readonly place: FilePlace;
  /** Not asked for yet: there may be more of it to come. */
  readonly isGrowing: boolean;
  /** What stands there where there is no such file. */
  readonly otherwise?: ReactNode;
  readonly children: ReactNode;
}) {
  const { post, files } = useContext(WordsHost);
  const { path, line, column } = place;
  const standing = (): ReturnType<typeof files.standing> => files.standing(path);
  const known = useSyncExternalStore(files.subscribe, standing, standing);
  useEffect(() => {
    if (!isGrowing) files.ask(path);
  }, [files, path, isGrowing]);
  if (known !== 'there') return otherwise ?? children;
  return (
    <Follow
      title={`Open ${placeWords(place)}`}
      onFollow={() => {
        post({ type: 'open-file', path, ...(line !== undefined && { line }), ...(column !== undefined && { column }) });
      }}
    >
      {children}
    </Follow>
  );
}
