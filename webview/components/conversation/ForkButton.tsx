import { createContext, useContext } from 'react';
import { titleOf } from '../../../src/shared/cut.ts';
import type { MessagePoint } from '../../../src/shared/runView.ts';
import { exact } from '../../../src/shared/visible.ts';
import type { Store } from '../../state/store.ts';
import { Icon } from '../Icon.tsx';

/** How another run begins; undefined while one is at work. */
const Forking = createContext<Store['beginFork'] | undefined>(undefined);
export const ForkProvider = Forking.Provider;

interface ForkButtonProps {
  readonly point: MessagePoint | undefined;
  readonly text: string;
}

/** What stands for images in a text: they are not there any more. */
const IMAGES = /(?:\s*\[Image: [^\]\n]+\])+$/;
const WORDS = 'Go on from here in a new run';

/** At a message of the person: a new run that knows what was said before it. */
export function ForkButton({ point, text }: ForkButtonProps) {
  const begin = useContext(Forking);
  if (begin === undefined || point === undefined) return null;
  return (
    <button
      type="button"
      className="icon-button fork"
      data-testid="fork"
      title={`${WORDS}. Files stay as they are.`}
      aria-label={`${WORDS}: ${exact(titleOf(text, 60))}`}
      onClick={() => {
        begin(point, text.replace(IMAGES, ''));
      }}
    >
      <Icon name="git-branch" />
    </button>
  );
}
