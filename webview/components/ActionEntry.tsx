import { OUTCOMES } from '../../src/shared/actionOutcome.ts';
import type { ActionStatus, Entry } from '../../src/shared/runView.ts';
import type { Verdict } from '../../src/shared/decision.ts';
import { exact, visible, visibleLine } from '../../src/shared/visible.ts';
import { actionStatusWord } from '../state/sentences.ts';
import { Icon } from './Icon.tsx';
import { LongText } from './LongText.tsx';

function iconOf(status: ActionStatus): string {
  switch (status) {
    case 'deciding':
    case 'running':
      return 'loading';
    case 'waiting':
      return 'bell';
    default:
      return OUTCOMES[status].icon;
  }
}

const VERDICT_WORDS: Record<Verdict, string> = { allow: 'allowed', ask: 'asked', deny: 'denied' };

/** One action: what it was, how it went, and on whose word. Why, and what it put out, unfold below. */
export function ActionEntry({ entry }: { readonly entry: Extract<Entry, { kind: 'action' }> }) {
  const { id, status, tool, verdict, why, ran, output, outputLength } = entry;
  const head = (
    <>
      <span className={`status-${status}`} title={actionStatusWord(status)}>
        <Icon name={iconOf(status)} spin={status === 'deciding' || status === 'running'} />
        <span className="unseen">{actionStatusWord(status)}: </span>
      </span>
      <span className="action-title">
        {visibleLine(entry.title)} <code className="small quiet">{visibleLine(tool)}</code>
      </span>
      {verdict !== undefined && (
        <span className={`verdict verdict-${verdict}`} title={why === undefined ? undefined : exact(why)}>
          {VERDICT_WORDS[verdict]}
          {why !== undefined && <span className="unseen">, because: {exact(why)}</span>}
        </span>
      )}
    </>
  );
  return (
    <div
      className="entry action"
      data-testid="entry"
      data-kind="action"
      data-status={status}
      data-tool={visibleLine(tool)}
      data-action={id}
      tabIndex={-1}
    >
      {why === undefined && ran === undefined && output === undefined ? (
        <div className="action-head">{head}</div>
      ) : (
        <details>
          <summary className="action-head">{head}</summary>
          {why !== undefined && <p className="small">{exact(why)}</p>}
          {ran !== undefined && (
            <pre className="output" tabIndex={0} role="region" aria-label="What ran">
              {exact(ran)}
            </pre>
          )}
          {output !== undefined && (
            <LongText of={{ kind: 'output', action: id }} shown={output} length={outputLength}>
              {(text) => (
                <pre className="output" tabIndex={0} role="region" aria-label="Output">
                  {visible(text)}
                </pre>
              )}
            </LongText>
          )}
        </details>
      )}
    </div>
  );
}
