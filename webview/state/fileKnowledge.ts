import { MOST_PATHS } from '../../src/shared/protocol.ts';
import type { FromPanel } from '../../src/shared/protocol.ts';

/** What is known of a path that somebody's words name. */
export type FileStanding = 'unknown' | 'there' | 'absent';

/** Which paths are files of the workspace, as the extension says. It is asked after drawing, many paths at once. */
export interface FileKnowledge {
  readonly subscribe: (listener: () => void) => () => void;
  readonly standing: (path: string) => FileStanding;
  /** Wants to know of a path. One that was not there may be there by now: it is asked for again. */
  readonly ask: (path: string) => void;
  readonly learn: (news: { readonly there: readonly string[]; readonly absent: readonly string[] }) => void;
}

/** Paths that are kept in mind; of more, the oldest are forgotten. */
const MOST_KNOWN = 5000;

export function createFileKnowledge(post: (message: FromPanel) => void): FileKnowledge {
  const known = new Map<string, FileStanding>();
  const listeners = new Set<() => void>();
  let wanted = new Set<string>();

  function send(): void {
    const paths = [...wanted];
    wanted = new Set();
    for (let at = 0; at < paths.length; at += MOST_PATHS)
      post({ type: 'find-files', paths: paths.slice(at, at + MOST_PATHS) });
  }

  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    standing: (path) => known.get(path) ?? 'unknown',
    ask: (path) => {
      if (known.get(path) === 'there' || wanted.has(path)) return;
      if (wanted.size === 0) queueMicrotask(send);
      wanted.add(path);
    },
    learn: ({ there, absent }) => {
      for (const path of there) known.set(path, 'there');
      for (const path of absent) known.set(path, 'absent');
      for (const path of [...known.keys()].slice(0, Math.max(0, known.size - MOST_KNOWN))) known.delete(path);
      for (const listener of listeners) listener();
    },
  };
}
