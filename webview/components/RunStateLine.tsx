import type { FromPanel } from '../../src/shared/protocol.ts';
import type { RunState, RunView } from '../../src/shared/runView.ts';
import { usageWords } from '../../src/shared/usageWords.ts';
import { count, runStateWord, underWay } from '../state/sentences.ts';
import { Icon } from './Icon.tsx';
import { LinkButton } from './LinkButton.tsx';
import { Spoken } from './Spoken.tsx';

export const STATE_ICONS: Record<RunState, string> = {
  running: 'loading',
  waiting: 'bell',
  stopping: 'loading',
  finished: 'pass-filled',
  stopped: 'debug-stop',
  limit: 'dashboard',
  failed: 'error',
  interrupted: 'debug-pause',
};

interface RunStateLineProps {
  readonly run: RunView;
  readonly post: (message: FromPanel) => void;
}

/** How the run stands; when it has ended, what it took, and where to go on from there. */
export function RunStateLine({ run, post }: RunStateLineProps) {
  const isOver: boolean = !underWay(run);
  return (
    <div
      className={`run-state run-${run.state}${isOver ? ' over' : ''}`}
      data-testid="run-state"
      data-state={run.state}
    >
      <Icon name={STATE_ICONS[run.state]} spin={run.state === 'running' || run.state === 'stopping'} />
      <div className="line-text">
        <b role="status">{runStateWord(run.state)}</b>
        <span className="quiet small">
          {!isOver && ` turn ${run.turn} of ${run.maxTurns} ·`}
          {isOver && run.turn > 0 && ` ${count(run.turn, 'turn')} ·`} {count(run.questions, 'question')}
        </span>
        {run.usage !== undefined && run.usage.tokens > 0 && (
          <span className="quiet small" data-testid="usage-line">
            {' '}
            · {usageWords(run.usage)}
          </span>
        )}
        {run.reason !== '' && (
          <p className="prose small">
            <Spoken words={run.reason} />
          </p>
        )}
        {isOver && (
          <p className="folds">
            {run.state !== 'finished' && (
              <LinkButton
                icon="debug-continue"
                words="Go on"
                testId="go-on"
                onClick={() => {
                  post({ type: 'resume', run: run.id });
                }}
              />
            )}
            <LinkButton
              icon="file-text"
              words="Report"
              testId="report"
              onClick={() => {
                post({ type: 'show-report', run: run.id });
              }}
            />
            <LinkButton
              icon="add"
              words="New run"
              testId="new-run"
              onClick={() => {
                post({ type: 'new-run' });
              }}
            />
          </p>
        )}
      </div>
    </div>
  );
}
