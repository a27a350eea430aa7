import type { PanelState } from '../../../src/shared/runView.ts';
import { exact } from '../../../src/shared/visible.ts';
import type { Store } from '../../state/store.ts';
import { Icon } from '../Icon.tsx';
import { LinkButton } from '../LinkButton.tsx';
import { STATE_ICONS } from '../RunStateLine.tsx';

interface EarlierProps {
  readonly runs: NonNullable<PanelState['earlier']>;
  readonly post: Store['post'];
}

/** The last runs of this folder: one press shows one, and the next message goes on with it. */
export function Earlier({ runs, post }: EarlierProps) {
  if (runs.length === 0) return null;
  return (
    <section className="earlier" aria-label="Earlier runs" data-testid="earlier">
      <h3 className="quiet">Earlier</h3>
      {runs.map(({ run, title, state, told, pinned }) => (
        <button
          key={run}
          type="button"
          className="earlier-run"
          data-testid="earlier-run"
          title={exact(`${title} (${told})`)}
          onClick={() => {
            post({ type: 'show-run', run });
          }}
        >
          <Icon name={pinned ? 'pinned' : STATE_ICONS[state]} />
          <span className="earlier-title">{exact(title)}</span>
          <span className="quiet small">{exact(told)}</span>
        </button>
      ))}
      <LinkButton
        icon="history"
        words="All runs…"
        testId="all-runs"
        onClick={() => {
          post({ type: 'show-runs' });
        }}
      />
    </section>
  );
}
