import type { SyntheticEvent } from 'react';
import { outcomeWords } from '../../src/shared/outcomeWords.ts';
import { OUTCOMES } from '../../src/shared/actionOutcome.ts';
import type { ActionStatus, Entry } from '../../src/shared/runView.ts';
import { exact, visible, visibleLine } from '../../src/shared/visible.ts';
import { actionStatusWord } from '../state/sentences.ts';
import { Icon } from './Icon.tsx';
import { LongText } from './LongText.tsx';
import { MadeFiles } from './MadeFiles.tsx';

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

/** Of what an action put out its end is seen first: what went wrong mostly stands there. */
function endsFirst({ currentTarget }: SyntheticEvent<HTMLDetailsElement>): void {
  if (!currentTarget.open) return;
  for (const output of currentTarget.querySelectorAll('[data-ends-first]')) output.scrollTop = output.scrollHeight;
}

/** One action: what it was, how it went, and on whose word. Why, and what it put out, unfold below. */
export function ActionEntry({ entry }: { readonly entry: Extract<Entry, { kind: 'action' }> }) {
  const { id, status, tool, verdict, why, ran, output, outputLength, made } = entry;
  const how = outcomeWords(entry);
  const head = (
    <>
      <span className={`status-${status}`} title={actionStatusWord(status)}>
        <Icon name={iconOf(status)} spin={status === 'deciding' || status === 'running'} />
        <span className="unseen">{actionStatusWord(status)}: </span>
      </span>
      <span className="action-title" title={`${visibleLine(entry.title)} (${visibleLine(tool)})`}>
        {visibleLine(entry.title)}
      </span>
      {how !== '' && (
        <span className={`how small${verdict === undefined ? '' : ` how-${verdict}`}`} title={exact(why ?? '')}>
          {exact(how)}
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
        <details onToggle={endsFirst}>
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
                <pre className="output" data-ends-first tabIndex={0} role="region" aria-label="Output">
                  {visible(text)}
                </pre>
              )}
            </LongText>
          )}
        </details>
      )}
      {made !== undefined && <MadeFiles made={made} />}
    </div>
  );
}
