import type { FromPanel } from '../../src/shared/protocol.ts';
import type { PanelState } from '../../src/shared/runView.ts';
import { exact } from '../../src/shared/visible.ts';
import { Line } from './Line.tsx';

interface HeaderProps {
  readonly panel: PanelState;
  readonly post: (message: FromPanel) => void;
}

/** Where words go, what contains commands, and what the policy says: always in sight. */
export function Header({ panel, post }: HeaderProps) {
  return (
    <header className="header">
      <Line icon="hubot" testId="model">
        <button
          type="button"
          className="link strong"
          title={`${panel.model.destination} Click to choose another model.`}
          onClick={() => {
            post({ type: 'choose-model' });
          }}
        >
          {exact(panel.model.label)}
        </button>{' '}
        <span className="quiet">{exact(panel.model.destination)}</span>
      </Line>
      <SandboxLine sandbox={panel.sandbox} post={post} />
      <PolicyLine policy={panel.policy} post={post} />
    </header>
  );
}

function SandboxLine({
  sandbox,
  post,
}: {
  readonly sandbox: PanelState['sandbox'];
  readonly post: HeaderProps['post'];
}) {
  const looks = {
    unknown: { icon: 'question', tone: 'plain', words: 'Sandbox: not tested yet.' },
    works: { icon: 'shield', tone: 'good', words: 'Sandbox works.' },
    outside: { icon: 'unlock', tone: 'error', words: 'Commands run OUTSIDE the sandbox.' },
    refused: { icon: 'error', tone: 'error', words: 'No sandbox: every command is refused.' },
  } as const;
  const { icon, tone, words } = looks[sandbox.state];
  return (
    <Line icon={icon} tone={tone} testId="sandbox">
      {words}{' '}
      {sandbox.state === 'refused' && (
        <button
          type="button"
          className="link"
          data-testid="check-sandbox"
          onClick={() => {
            post({ type: 'check-sandbox' });
          }}
        >
          Check again
        </button>
      )}
      {/* Before the cause, which may be long: what helps is in sight. */}
      {sandbox.fix !== undefined && (
        <p className="note" data-testid="sandbox-fix">
          {exact(sandbox.fix)}
        </p>
      )}
      <span className="quiet">{exact(sandbox.text)}</span>
    </Line>
  );
}

function PolicyLine({ policy, post }: { readonly policy: PanelState['policy']; readonly post: HeaderProps['post'] }) {
  const looks = {
    unknown: { icon: 'question', tone: 'plain', words: 'Policy: not read yet.' },
    ok: { icon: 'law', tone: 'plain', words: 'Policy in force.' },
    notes: { icon: 'info', tone: 'plain', words: 'Policy in force, with notes.' },
    invalid: { icon: 'error', tone: 'error', words: 'The policy has errors.' },
  } as const;
  const { icon, tone, words } = looks[policy.state];
  return (
    <div data-testid="policy">
      <Line icon={icon} tone={tone}>
        {words}{' '}
        <button
          type="button"
          className="link"
          onClick={() => {
            post({ type: 'open-policy' });
          }}
        >
          Open policy
        </button>
        {policy.notes.length > 0 && (
          <ul className="notes">
            {policy.notes.map((note, index) => (
              <li key={index}>{exact(note)}</li>
            ))}
          </ul>
        )}
      </Line>
      {policy.asksLess && (
        <Line icon="warning" tone="warning">
          Questions are reduced by your policy (confirm_actions: false)
        </Line>
      )}
    </div>
  );
}
