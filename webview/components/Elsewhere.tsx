import type { FromPanel } from '../../src/shared/protocol.ts';
import type { PanelState } from '../../src/shared/runView.ts';
import { exact, visible } from '../../src/shared/visible.ts';
import { Line } from './Line.tsx';

interface ElsewhereProps {
  readonly runs: PanelState['elsewhere'];
  /** Where prompts of a run that goes on here would go. */
  readonly destination: string;
  readonly post: (message: FromPanel) => void;
}

/** Runs of this folder that are at work in another window or terminal, or whose window is gone. */
export function Elsewhere({ runs = [], destination, post }: ElsewhereProps) {
  return runs.map(({ run, task, words, canShow }) => (
    <section key={run} className="card" data-testid="elsewhere" aria-label="Run in another window or terminal">
      <Line icon="multiple-windows" tone="warning">
        <h2>A run in another window or terminal</h2>
        <p className="task">{visible(task)}</p>
        <p className="quiet">{exact(words)}</p>
        {canShow && <p className="quiet">{exact(destination)}</p>}
      </Line>
      <div className="buttons">
        {canShow && (
          <button
            type="button"
            className="button"
            data-testid="take-over"
            disabled={destination === ''} // first it is said where the prompts would go
            onClick={() => {
              post({ type: 'take-over', run });
            }}
          >
            Show it here
          </button>
        )}
        <button
          type="button"
          className="button secondary"
          data-testid="stop-elsewhere"
          onClick={() => {
            post({ type: 'stop-elsewhere', run });
          }}
        >
          Stop it there
        </button>
      </div>
    </section>
  ));
}
