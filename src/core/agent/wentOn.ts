import { Refusal } from '../outcome.ts';

/** Somebody else went on with a run that was at rest here: from what is known of it here nothing goes on. */
export class WentOn extends Refusal {
  override name = 'WentOn';
  constructor() {
    super('This run went on in another window or terminal. Show it again, and send your message then.');
  }
}
