import { PRIVACY_MEANS } from '../../../src/shared/privacyMeans.ts';
import type { FromPanel } from '../../../src/shared/protocol.ts';
import type { PanelState } from '../../../src/shared/runView.ts';
import { exact } from '../../../src/shared/visible.ts';
import type { Chip } from '../../state/chips.ts';
import { nameOf } from '../../state/names.ts';
import { CopyButton } from '../../markdown/CopyButton.tsx';
import { Grants } from '../Grants.tsx';
import { LinkButton } from '../LinkButton.tsx';
import { Line } from '../Line.tsx';
import { RunFlags } from '../RunFlags.tsx';

interface ChipDetailsProps {
  readonly chip: Chip;
  readonly panel: PanelState;
  readonly post: (message: FromPanel) => void;
}

/** What a chip is about: its sentence, what belongs to it, and what can be done. */
export function ChipDetails({ chip, panel, post }: ChipDetailsProps) {
  const { run, model, sandbox, policy } = panel;
  const sentence = (
    <Line icon={ICONS[chip.tone] ?? chip.icon ?? 'info'} tone={chip.tone}>
      {exact(chip.sentence)}
    </Line>
  );
  switch (chip.id) {
    case 'mode':
      return (
        <>
          {sentence}
          {run !== undefined && <Grants key={run.id} grants={run.grants} post={post} />}
          <Do post={post} message={{ type: 'choose-way' }} words="Choose another way…" icon="checklist" />
          <Do post={post} message={{ type: 'open-policy' }} words="Open policy" icon="law" />
        </>
      );
    case 'privacy':
      return (
        <>
          {sentence}
          <ul className="notes" data-testid="privacy-means">
            {PRIVACY_MEANS.map((line) => (
              <li key={line}>{sentenceOf(line)}</li>
            ))}
          </ul>
          <p className="quiet">What a model server on this machine forwards without saying so is its own affair.</p>
          {panel.privacy?.isOwn === true && (
            <Do post={post} message={{ type: 'privacy-off' }} words="Turn off…" icon="unlock" />
          )}
          <Do post={post} message={{ type: 'open-policy' }} words="Open policy" icon="law" />
        </>
      );
    case 'model':
      return (
        <>
          {sentence}
          {run !== undefined && run.model !== model.label && (
            <p className="quiet">Chosen for the next run: {exact(model.label)}.</p>
          )}
          <Do post={post} message={{ type: 'choose-model' }} words="Choose model…" icon="hubot" />
          {model.problem !== undefined && (
            <>
              <Do post={post} message={{ type: 'set-key' }} words="Set API key…" icon="key" />
              <Do
                post={post}
                message={{ type: 'check-sandbox' }}
                words="Look again"
                icon="refresh"
                testId="look-again"
              />
            </>
          )}
        </>
      );
    case 'sandbox':
      return (
        <>
          {sentence}
          {sandbox.fix !== undefined && (
            <p className="note" data-testid="sandbox-fix">
              {exact(sandbox.fix)}{' '}
              <CopyButton text={commandIn(sandbox.fix)} label="Copy the command" className="copy" />
            </p>
          )}
          <Do
            post={post}
            message={{ type: 'check-sandbox' }}
            words="Test again"
            icon="refresh"
            testId="check-sandbox"
          />
        </>
      );
    case 'policy':
      return (
        <>
          {sentence}
          {policy.notes.length > 0 && (
            <ul className="notes">
              {policy.notes.map(({ file, line, column, words }, index) => (
                <li key={index}>
                  <LinkButton
                    words={`${nameOf(file)}:${line}:${column}`}
                    title={`${file}:${line}:${column}`}
                    testId="policy-note"
                    onClick={() => {
                      post({ type: 'open-policy', at: { file, line, column } });
                    }}
                  />{' '}
                  {exact(words)}
                </li>
              ))}
            </ul>
          )}
          <Do post={post} message={{ type: 'open-policy' }} words="Open policy" icon="law" />
        </>
      );
    case 'flags':
      return (
        <>
          {sentence}
          {run !== undefined && <RunFlags flags={run.flags} />}
        </>
      );
    case 'usage':
      return sentence;
  }
}

function sentenceOf(line: string): string {
  return `${line.charAt(0).toUpperCase()}${line.slice(1)}.`;
}

/** What is typed, of a sentence such as "Install it: sudo apt-get install bubblewrap". */
function commandIn(fix: string): string {
  return /^[^:]+: (.+)$/.exec(fix)?.[1] ?? fix;
}

const ICONS: Partial<Record<Chip['tone'], string>> = { warning: 'warning', error: 'error' };

interface DoProps {
  readonly post: ChipDetailsProps['post'];
  readonly message: FromPanel;
  readonly words: string;
  readonly icon: string;
  readonly testId?: string;
}

function Do({ post, message, words, icon, testId }: DoProps) {
  return (
    <p>
      <LinkButton
        icon={icon}
        words={words}
        testId={testId ?? message.type}
        onClick={() => {
          post(message);
        }}
      />
    </p>
  );
}
