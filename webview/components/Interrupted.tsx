import type { FromPanel } from '../../src/shared/protocol.ts';
import type { PanelState } from '../../src/shared/runView.ts';
import { exact, visible } from '../../src/shared/visible.ts';
import { Line } from './Line.tsx';

interface InterruptedProps {
  readonly runs: PanelState['interrupted'];
  /** Where a resumed run's prompts would go now. */
  readonly destination: string;
  readonly post: (message: FromPanel) => void;
}

/** Runs that ended without an end: a closed window, a crash. Nothing goes on by itself. */
export function Interrupted({ runs, destination, post }: InterruptedProps) {
  return runs.map(({ run, task, reason, question }) => (
    <section key={run} className="card" data-testid="interrupted" aria-label="Interrupted run">
      <Line icon="debug-pause" tone="warning">
        <h2>Interrupted run</h2>
        <p className="task">{visible(task)}</p>
        <p className="quiet">{exact(reason)}</p>
        {question?.words.map((words) => (
          <p key={words} data-testid="other-folders">
            {exact(words)}
          </p>
        ))}
        <p className="quiet">{exact(destination)}</p>
      </Line>
      <div className="buttons">
        <button
          type="button"
          className="button"
          data-testid="resume"
          onClick={() => {
            post({ type: 'resume', run, ...(question && { agreed: question.key }) });
          }}
        >
          {question ? 'Go on there' : 'Resume'}
        </button>
        <button
          type="button"
          className="button secondary"
          data-testid="dismiss"
          onClick={() => {
            post({ type: 'dismiss', run });
          }}
        >
          Dismiss
        </button>
      </div>
    </section>
  ));
}
