import { IN_EDITOR, type AnsweredBy, type PlaceOf } from '../shared/answered.ts';

let folders: string | undefined;

/** What the window's title calls what is open in it; each window has an extension host of its own. */
export function nameThisWindow(open: string | undefined): void {
  folders = open;
}

function words(): string {
  return folders === undefined ? 'a window without a folder' : `the window “${folders}”`;
}

export const THIS_WINDOW: Required<PlaceOf> = {
  at: 'editor',
  get place() {
    return words();
  },
};

/** A person in this window. */
export const IN_THIS_WINDOW: AnsweredBy = {
  ...IN_EDITOR,
  get place() {
    return words();
  },
};
