import { IN_EDITOR, type AnsweredBy, type PlaceOf } from '../shared/answered.ts';

export const THIS_WINDOW: Required<PlaceOf> = { at: 'editor', place: `the window of process ${process.pid}` };

/** A person in this window: each window has an extension host of its own. */
export const IN_THIS_WINDOW: AnsweredBy = { ...IN_EDITOR, ...THIS_WINDOW };
