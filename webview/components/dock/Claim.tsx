import { useState } from 'react';
import { exact } from '../../../src/shared/visible.ts';
import { LinkButton } from '../LinkButton.tsx';

/** Characters of a claim that is shown whole: more would push what is approved out of sight. */
const SHORT = 160;

/** What the agent says of it: its own words, and no more of them at first than leave room for what would happen. */
export function Claim({ words }: { readonly words: string }) {
  const [isOpen, setOpen] = useState(false);
  const isFolded = words.length > SHORT && !isOpen;
  return (
    <div className="claimed">
      <blockquote className="claim" data-testid="claim">
        <div className={isFolded ? 'folded' : undefined}>
          <span className="unseen">The agent says: </span>“{exact(words)}”
        </div>
      </blockquote>
      {isFolded && (
        <LinkButton
          small
          words="All that the agent says"
          testId="whole-claim"
          onClick={() => {
            setOpen(true);
          }}
        />
      )}
    </div>
  );
}
