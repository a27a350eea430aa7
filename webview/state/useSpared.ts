import { useEffect } from 'react';
import type { Approval } from '../../src/shared/approval.ts';
import { sparedFor, sparedWords, type Spared } from '../../src/shared/spared.ts';
import type { GrantChoice } from './grants.ts';
import type { Store } from './store.ts';

/** What a menu says of what it would have spared: empty until that is known, in the room that it takes then. */
const LOOKING = 'Looking what it would have spared…';

export interface SparedSaid {
  readonly grant: string;
  readonly always: string;
}

/** Asks once, when the menu is drawn for the first time: nothing is looked up before, and nothing waits for it. */
export function useSpared(
  approval: Approval,
  choice: GrantChoice | undefined,
  { spared, post }: { readonly spared: Spared | undefined; readonly post: Store['post'] },
): SparedSaid {
  const { id, digest } = approval;
  const isKnown = spared !== undefined;
  useEffect(() => {
    if (!isKnown) post({ type: 'look-spared', approval: id, digest });
  }, [isKnown, id, digest, post]);
  if (spared === undefined) return { grant: LOOKING, always: LOOKING };
  const offer = spared.offers.find((one) => one.id === choice?.grant.offer);
  return {
    grant: offer && choice ? sparedWords(sparedFor(offer.runs, choice.grant.until), spared.of) : '',
    always: spared.always === undefined ? '' : sparedWords(spared.always, spared.of),
  };
}
