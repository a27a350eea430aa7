import { useEffect, useId, useRef } from 'react';
import type { PanelState } from '../../src/shared/runView.ts';
import { MOST_TASK, tooLongWords } from '../../src/shared/typed.ts';
import { exact } from '../../src/shared/visible.ts';
import { nextSend, sendWords } from '../state/nextSend.ts';
import { underWay } from '../state/sentences.ts';
import type { PanelModel, Store } from '../state/store.ts';
import { Line } from './Line.tsx';
import { TooLong } from './TooLong.tsx';

const ADVICE = 'Put the rest into a file of the workspace, and name it here.';

interface TaskBoxProps {
  readonly model: PanelModel;
  readonly panel: PanelState;
  readonly store: Store;
}

/** Where a run begins, is steered, and goes on. Enter is a new line; Ctrl+Enter or Cmd+Enter sends. */
export function TaskBox({ model, panel, store }: TaskBoxProps) {
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const { run } = panel;
  const active = underWay(run);
  const closed = whyClosed(panel);
  const next = nextSend(panel);
  // A run under way keeps the model it began with, whatever is wrong with the one chosen now.
  const blocked = closed !== undefined || run?.state === 'stopping' || (!active && panel.model.problem !== undefined);
  const tooLong = tooLongWords(model.draft, MOST_TASK, ADVICE);
  const ready = !blocked && model.draft.trim() !== '' && tooLong === undefined;

  useEffect(() => {
    if (model.focusTask > 0) box.current?.focus();
  }, [model.focusTask]);

  return (
    <section className="task-box" aria-label="Task">
      {panel.model.problem !== undefined && (
        <div role="alert" className="problem">
          <Line icon="error" tone="error">
            {exact(panel.model.problem)}{' '}
            <button
              type="button"
              className="link"
              onClick={() => {
                store.post({ type: 'choose-model' });
              }}
            >
              Choose model
            </button>
          </Line>
        </div>
      )}
      {/* Room is scarce while questions come in: the button and the placeholder then say what the box is for. */}
      <label htmlFor={id} className={active ? 'unseen' : undefined}>
        {run === undefined ? 'Task' : active ? 'Message to the run' : 'What next?'}
      </label>
      <textarea
        id={id}
        ref={box}
        className="input"
        data-testid="task-box"
        rows={active ? 1 : 3}
        value={model.draft}
        disabled={closed !== undefined}
        placeholder={run === undefined ? 'Find the failing test and fix it' : active ? 'Message to the run' : ''}
        onChange={(event) => {
          store.setDraft(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return;
          event.preventDefault();
          if (ready && !event.repeat) store.sendTask();
        }}
      />
      <TooLong words={tooLong} />
      {closed !== undefined && (
        <Line icon="lock" tone="warning">
          {closed}
        </Line>
      )}
      {next.kind === 'continue' && next.elsewhere && closed === undefined && panel.model.problem === undefined && (
        <Line icon="export" tone="warning">
          The model was changed. Continuing sends {exact(next.elsewhere.label)} all that was said and read in this run;
          you are asked first. {exact(next.elsewhere.destination)}
        </Line>
      )}
      <div className="buttons">
        <button
          type="button"
          className="button"
          data-testid="send"
          title="Ctrl+Enter"
          disabled={!ready}
          onClick={store.sendTask}
        >
          {sendWords(next)}
        </button>
        {active && (
          <button
            type="button"
            className="button secondary"
            data-testid="stop"
            disabled={run.state === 'stopping'}
            onClick={() => {
              store.post({ type: 'stop' });
            }}
          >
            {run.state === 'stopping' ? 'Stopping…' : 'Stop'}
          </button>
        )}
        {run !== undefined && !active && (
          <button
            type="button"
            className="button secondary"
            data-testid="new-run"
            onClick={() => {
              store.post({ type: 'new-run' });
            }}
          >
            New run
          </button>
        )}
      </div>
    </section>
  );
}

function whyClosed(panel: PanelState): string | undefined {
  if (!panel.trusted) return 'Runs start only in a trusted workspace.';
  if (panel.folder === undefined)
    return panel.folders?.leftOut === true ? 'No folder of this window can be worked in.' : 'Open a folder first.';
  return undefined;
}
