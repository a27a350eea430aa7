import type { ReactNode } from 'react';
import type { Card } from '../../src/shared/approval.ts';
import { visible, visibleLine } from '../../src/shared/visible.ts';
import { count } from '../state/sentences.ts';
import { Exact } from './Exact.tsx';

/** Each word in a box of its own, so that `--force` is never parted after its first dash. */
function words(line: string): ReactNode {
  return visible(line)
    .split(/( +)/)
    .map((word, index) => (index % 2 === 0 ? <span key={index}>{word}</span> : word));
}

export function CommandCard({ card }: { readonly card: Extract<Card, { kind: 'command' }> }) {
  return (
    <>
      {/* Never cut short and never scrolled away: all of it is read before the buttons are reached. */}
      <pre className="command" aria-label="Command">
        {card.command.split('\n').map((line, index, lines) => (
          <span key={index}>
            {words(line)}
            {index < lines.length - 1 ? '\n' : ''}
          </span>
        ))}
      </pre>
      <dl className="facts">
        <dt>Folder</dt>
        <dd>
          <Exact>{card.cwd}</Exact>
        </dd>
        <dt>Sandbox</dt>
        <dd>{visible(card.sandbox)}</dd>
      </dl>
      <details className="more">
        <summary>Environment and limits</summary>
        <dl className="facts">
          <dt>Environment</dt>
          <dd>{card.environment.length === 0 ? 'no variables' : card.environment.map(visibleLine).join(', ')}</dd>
          <dt>Limits</dt>
          <dd>{[`ends after ${count(card.timeoutSeconds, 'second')}`, ...card.limits.map(visibleLine)].join(', ')}</dd>
        </dl>
      </details>
    </>
  );
}
