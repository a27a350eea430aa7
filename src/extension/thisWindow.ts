import { IN_EDITOR, type AnsweredBy } from '../shared/answered.ts';

/** A person in this window: each window has an extension host of its own. */
export const IN_THIS_WINDOW: AnsweredBy = { ...IN_EDITOR, place: `the window of process ${process.pid}` };
