import { exact } from '../../src/shared/visible.ts';
import type { Store } from '../state/store.ts';
import { Icon } from './Icon.tsx';
import { Line } from './Line.tsx';

interface ForkLineProps {
  /** How the message begins before which the new run goes on. */
  readonly words: string;
  readonly store: Store;
}

/** Says above the task box that what is sent begins a new run, and from where. */
export function ForkLine({ words, store }: ForkLineProps) {
  return (
    <Line icon="git-branch" testId="fork-line">
      <span className="grow">
        A new run: it knows what was said before <q>{exact(words)}</q>. Files stay as they are.
      </span>
      <button
        type="button"
        className="icon-button"
        data-testid="leave-fork"
        title="No new run"
        aria-label="No new run: go on with this one"
        onClick={store.leaveFork}
      >
        <Icon name="close" />
      </button>
    </Line>
  );
}
