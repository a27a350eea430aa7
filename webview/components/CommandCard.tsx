import { Fragment } from 'react';
import type { ReactNode } from 'react';
import type { Card } from '../../src/shared/approval.ts';
import { countedBlanks } from '../../src/shared/cut.ts';
import { visible, visibleLine } from '../../src/shared/visible.ts';
import { count, lossAmount } from '../state/sentences.ts';
import { Exact } from './Exact.tsx';
import { Line } from './Line.tsx';
import { LossLines } from './LossLines.tsx';
import { UnknownLosses } from './UnknownLosses.tsx';

type Command = Extract<Card, { kind: 'command' }>;

/** Each word in a box of its own, so that `--force` is never parted after its first dash. */
function words(line: string): ReactNode {
  return countedBlanks(visible(line))
    .split(/( +)/)
    .map((word, index) => (index % 2 === 0 ? <span key={index}>{word}</span> : word));
}

export function CommandCard({ card }: { readonly card: Command }) {
  return (
    <>
      {card.outside && (
        <div className="outside" role="note" data-testid="outside">
          <Line icon="warning" tone="error">
            {visible(card.sandbox)}
          </Line>
        </div>
      )}
      {card.losses.map(({ path, loss }, index) => (
        <LossLines
          key={index}
          loss={loss}
          heading={
            <>
              Would be lost: <Exact>{visibleLine(path)}</Exact>:
            </>
          }
        />
      ))}
      {card.lossTotal !== undefined && (
        <Line icon="files" tone="warning">
          Would be lost: and {card.more?.losses ?? 0} more; in all <b>{lossAmount(card.lossTotal)}</b>.
        </Line>
      )}
      <UnknownLosses losses={card.unknownLosses ?? []} left={card.more?.unknownLosses ?? 0} />
      {/* Never cut short and never scrolled away: all of it is read before the buttons are reached. */}
      <pre className="command" aria-label="Command">
        {card.command.split('\n').map((line, index, lines) => (
          <span key={index}>
            {words(line)}
            {index < lines.length - 1 ? '\n' : ''}
          </span>
        ))}
      </pre>
      {card.secrets.length > 0 && (
        <Line icon="key" tone="warning">
          It could read likely secrets: <Names names={card.secrets} />
          {(card.more?.secrets ?? 0) > 0 &&
            ` and ${card.secretsAtLeast ? 'at least ' : ''}${String(card.more?.secrets)} more`}
          {(card.more?.secrets ?? 0) === 0 && card.secretsAtLeast && ' and perhaps more'}
        </Line>
      )}
      {card.unbound !== undefined && (
        <Line icon="warning" tone="warning">
          Not everything that it uses is bound: {visibleLine(card.unbound)}.
        </Line>
      )}
      {card.readOnly && <Line icon="lock">It cannot change the workspace.</Line>}
      <dl className="facts small">
        <dt>Folder</dt>
        <dd>
          <Exact>{card.cwd}</Exact>
        </dd>
        <dt>Sandbox</dt>
        <dd>{card.outside ? 'none' : visible(card.sandbox)}</dd>
        {card.scripts.length > 0 && (
          <>
            <dt>Bound to</dt>
            <dd title="These files say what it does. If one changes, the approval does not count.">
              <Names names={card.scripts} />
            </dd>
          </>
        )}
      </dl>
      <div className="folds">
        <Programs programs={card.programs} left={card.more?.programs ?? 0} />
        <details className="more">
          <summary>Environment and limits</summary>
          <dl className="facts small">
            <dt>Environment</dt>
            <dd>{card.environment.length === 0 ? 'no variables' : card.environment.map(visibleLine).join(', ')}</dd>
            <dt>Limits</dt>
            <dd>
              {[`ends after ${count(card.timeoutSeconds, 'second')}`, ...card.limits.map(visibleLine)].join(', ')}
            </dd>
          </dl>
        </details>
      </div>
    </>
  );
}

function Programs({ programs, left }: { readonly programs: Command['programs']; readonly left: number }) {
  if (programs.length === 0) return null;
  return (
    <details className="more" data-testid="programs">
      <summary>What is in it</summary>
      <ul className="notes">
        {programs.map(({ words: program, doubt }, index) => (
          <li key={index}>
            <Exact>{visibleLine(program)}</Exact>
            {doubt !== undefined && `: ${visibleLine(doubt)}`}
          </li>
        ))}
        {left > 0 && <li>and {left} more</li>}
      </ul>
    </details>
  );
}

function Names({ names }: { readonly names: readonly string[] }) {
  return names.map((name, index) => (
    <Fragment key={index}>
      {index > 0 && ', '}
      <Exact>{visibleLine(name)}</Exact>
    </Fragment>
  ));
}
