import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import type { PanelState } from '../../src/shared/runView.ts';
import { MOST_TASK, tooLongWords } from '../../src/shared/typed.ts';
import { exact } from '../../src/shared/visible.ts';
import { nextSend, sendWords } from '../state/nextSend.ts';
import { imagesIn, pasted } from '../state/pasting.ts';
import { droppedUris } from '../state/dropping.ts';
import { labelOf, placeholderOf, whyClosed, whyOff } from '../state/composerWords.ts';
import { asksForReference } from '../state/reference.ts';
import { underWay } from '../state/sentences.ts';
import type { PanelModel, Store } from '../state/store.ts';
import { ForkLine } from './ForkLine.tsx';
import { Icon } from './Icon.tsx';
import { Line } from './Line.tsx';
import { PastedImages } from './PastedImages.tsx';
import { Queued } from './Queued.tsx';
import { TooLong } from './TooLong.tsx';
import { WayButton } from './WayButton.tsx';

const ADVICE = 'Put the rest into a file of the workspace, and name it here.';

interface ComposerProps {
  readonly model: PanelModel;
  readonly panel: PanelState;
  readonly store: Store;
}

/** Where a run begins, is steered, and goes on: one line that grows with what is typed. */
export function Composer({ model, panel, store }: ComposerProps) {
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const [problem, setProblem] = useState<string>();
  const { run, enterSends } = panel;
  const active = underWay(run);
  const closed = whyClosed(panel);
  const next = nextSend(panel, model.fork);
  // A run under way keeps the model it began with, whatever is wrong with the one chosen now.
  const off = active ? undefined : whyOff(panel);
  const blocked = closed !== undefined || run?.state === 'stopping' || off !== undefined;
  const tooLong = tooLongWords(model.draft, MOST_TASK, ADVICE);
  const ready = !blocked && model.draft.trim() !== '' && tooLong === undefined;

  useEffect(() => {
    if (model.focusTask > 0) box.current?.focus();
  }, [model.focusTask]);
  useEffect(() => {
    // Behind what was put in, where typing goes on.
    if (model.caret !== undefined) box.current?.setSelectionRange(model.caret, model.caret);
  }, [model.caret]);

  function take(files: File[], event: { preventDefault(): void }): void {
    if (files.length === 0) return;
    event.preventDefault();
    if (panel.model.takesImages !== true) {
      setProblem('This model is not known to take images. Choose another one, or name a file.');
      return;
    }
    pasted(files, model.images).then(
      ({ images, problem: why }) => {
        store.setImages(images);
        setProblem(why);
      },
      () => {
        setProblem('This image could not be read.');
      },
    );
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === '@' && asksForReference(model.draft, event.currentTarget.selectionStart)) {
      store.pickReference(event.currentTarget.selectionStart, true);
      return;
    }
    const withKey = event.ctrlKey || event.metaKey;
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || !(enterSends || withKey)) return;
    event.preventDefault();
    if (ready && !event.repeat) store.sendTask();
  }

  return (
    <section className="composer" aria-label="Task">
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
      {next.kind === 'fork' && model.fork && <ForkLine words={model.fork.words} store={store} />}
      <TooLong words={tooLong} />
      {closed === undefined && off !== undefined && model.draft.trim() !== '' && (
        <Line icon="info" testId="why-off">
          <span className="quiet">{off}</span>
        </Line>
      )}
      <Queued messages={run?.queued ?? []} post={store.post} />
      {problem !== undefined && (
        <Line icon="warning" tone="warning" testId="paste-problem">
          {problem}
        </Line>
      )}
      <div className="composer-box">
        <PastedImages images={model.images} onChange={store.setImages} />
        <label htmlFor={id} className="unseen">
          {labelOf(run === undefined, active)}
        </label>
        <textarea
          id={id}
          ref={box}
          className="composer-text"
          data-testid="task-box"
          rows={1}
          value={model.draft}
          disabled={closed !== undefined}
          placeholder={placeholderOf(run === undefined, active)}
          onChange={(event) => {
            setProblem(undefined);
            store.setDraft(event.target.value);
          }}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            take(imagesIn(event.clipboardData), event);
          }}
          onDrop={(event) => {
            const uris = droppedUris(event.dataTransfer);
            if (uris.length === 0) take(imagesIn(event.dataTransfer), event);
            else {
              event.preventDefault();
              store.post({ type: 'drop-files', uris });
            }
          }}
        />
        <div className="composer-tools">
          <button
            type="button"
            className="icon-button"
            data-testid="reference"
            aria-label="Add a file, the selection, problems or an earlier run"
            title="Add a file, the selection, problems or an earlier run (@)"
            disabled={closed !== undefined}
            onClick={() => {
              store.pickReference(box.current?.selectionStart ?? model.draft.length, false);
            }}
          >
            <Icon name="mention" />
          </button>
          <WayButton way={panel.way} post={store.post} />
          {panel.model.label !== '' && (
            <button
              type="button"
              className="icon-button with-words pick-model"
              data-testid="pick-model"
              title={`${exact(panel.model.label)}. ${exact(panel.model.destination)} Choose another model.`}
              aria-label={`Model: ${exact(panel.model.label)}. Choose another model.`}
              onClick={() => {
                store.post({ type: 'choose-model' });
              }}
            >
              <span className="pick-model-name">{exact(panel.model.label)}</span> <Icon name="chevron-down" />
            </button>
          )}
          <span className="grow" />
          {active && (
            <button
              type="button"
              className="icon-button with-words"
              data-testid="stop"
              disabled={run.state === 'stopping'}
              onClick={() => {
                store.post({ type: 'stop' });
              }}
            >
              <Icon name="debug-stop" /> {run.state === 'stopping' ? 'Stopping…' : 'Stop'}
            </button>
          )}
          <button
            type="button"
            className="send"
            data-testid="send"
            title={off ?? `${sendWords(next)} (${enterSends ? 'Enter' : 'Ctrl+Enter'})`}
            aria-label={off === undefined ? sendWords(next) : `${sendWords(next)}. ${off}`}
            disabled={!ready}
            onClick={store.sendTask}
          >
            <Icon name={active ? 'add' : 'arrow-up'} />
          </button>
        </div>
      </div>
    </section>
  );
}
