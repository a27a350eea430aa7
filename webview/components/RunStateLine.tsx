import type { RunState, RunView } from '../../src/shared/runView.ts';
import { exact } from '../../src/shared/visible.ts';
import { count, runStateWord } from '../state/sentences.ts';
import { Icon } from './Icon.tsx';

const ICONS: Record<RunState, string> = {
  running: 'loading',
  waiting: 'bell',
  stopping: 'loading',
  finished: 'pass',
  stopped: 'debug-stop',
  limit: 'dashboard',
  failed: 'error',
  interrupted: 'debug-pause',
};

interface RunStateLineProps {
  readonly run: RunView;
  /** The model chosen now; the run may have begun with another. */
  readonly current: string;
}

export function RunStateLine({ run, current }: RunStateLineProps) {
  return (
    <div className={`run-state run-${run.state}`} data-testid="run-state" data-state={run.state}>
      <Icon name={ICONS[run.state]} spin={run.state === 'running' || run.state === 'stopping'} />
      <div className="line-text">
        <b>{runStateWord(run.state)}</b>
        <span className="quiet">
          {' '}
          · turn {run.turn} of {run.maxTurns} · {count(run.questions, 'question')}
        </span>
        {run.reason !== '' && <p className="prose">{exact(run.reason)}</p>}
        {run.model !== current && (
          <p className="quiet">
            This run uses {exact(run.model)}. {exact(run.destination)}
          </p>
        )}
      </div>
    </div>
  );
}
