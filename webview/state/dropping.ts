import { MOST_DROPPED, MOST_URI } from '../../src/shared/protocol.ts';

/** What the editor's own views put into a drag, in the order in which it is believed. */
const KINDS = ['application/vnd.code.uri-list', 'text/uri-list'];

/** Addresses of files that were dragged here from the editor; none where it was something else (an image, say). */
export function droppedUris(data: Pick<DataTransfer, 'getData'>): string[] {
  for (const kind of KINDS) {
    const uris = data
      .getData(kind)
      .split(/\r?\n/)
      .filter((line) => /^(file|vscode-remote):\/\//i.test(line) && line.length <= MOST_URI);
    if (uris.length > 0) return uris.slice(0, MOST_DROPPED);
  }
  return [];
}
