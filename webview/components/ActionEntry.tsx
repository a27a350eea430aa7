import type { ActionStatus, Entry } from '../../src/shared/runView.ts';
import type { Verdict } from '../../src/shared/decision.ts';
import { exact, visible, visibleLine } from '../../src/shared/visible.ts';
import { actionStatusWord } from '../state/sentences.ts';
import { Icon } from './Icon.tsx';

const STATUS_ICONS: Record<ActionStatus, string> = {
  deciding: 'loading',
  waiting: 'bell',
  running: 'loading',
  done: 'check',
  failed: 'error',
  denied: 'circle-slash',
  cancelled: 'circle-slash',
  interrupted: 'debug-disconnect',
  unknown: 'question',
};

const VERDICT_WORDS: Record<Verdict, string> = { allow: 'allowed', ask: 'asked', deny: 'denied' };

/** One action: what it was, how it went, and on whose word. Why, and what it put out, unfold below. */
export function ActionEntry({ entry }: { readonly entry: Extract<Entry, { kind: 'action' }> }) {
  const { status, tool, verdict, why, ran, output } = entry;
  const head = (
    <>
      <span className={`status-${status}`} title={actionStatusWord(status)}>
        <Icon name={STATUS_ICONS[status]} spin={status === 'deciding' || status === 'running'} />
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
      data-action={entry.id}
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
            <pre className="output" tabIndex={0} role="region" aria-label="Output">
              {visible(output)}
            </pre>
          )}
        </details>
      )}
    </div>
  );
}
