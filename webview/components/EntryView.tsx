import { memo } from 'react';
import type { Entry } from '../../src/shared/runView.ts';
import { exact, visible } from '../../src/shared/visible.ts';
import { ActionEntry } from './ActionEntry.tsx';
import { Line } from './Line.tsx';
import { LongText } from './LongText.tsx';

/** Drawing only what changed keeps long transcripts quick. */
export const EntryView = memo(function EntryView({ entry }: { readonly entry: Entry }) {
  switch (entry.kind) {
    case 'user':
      return (
        <div className="entry user" data-testid="entry" data-kind="user">
          <span className="unseen">You: </span>
          {visible(entry.text)}
        </div>
      );
    case 'assistant':
      return (
        <div className="entry assistant" data-testid="entry" data-kind="assistant">
          <span className="unseen">Agent: </span>
          {entry.whole === undefined ? (
            visible(entry.text)
          ) : (
            <LongText of={{ kind: 'reply', turn: entry.whole.turn }} shown={entry.text} length={entry.whole.length}>
              {visible}
            </LongText>
          )}
          {entry.streaming && <span className="caret" aria-hidden="true" />}
        </div>
      );
    case 'action':
      return <ActionEntry entry={entry} />;
    case 'notice':
      return (
        <div
          className="entry notice"
          data-testid="entry"
          data-kind="notice"
          data-status={entry.level}
          role={entry.level === 'error' ? 'alert' : undefined}
        >
          <Line icon={entry.level} tone={entry.level === 'info' ? 'plain' : entry.level}>
            <span className="prose">{exact(entry.text)}</span>
          </Line>
        </div>
      );
  }
});
