import { memo } from 'react';
import type { Entry } from '../../src/shared/runView.ts';
import { exact, visible } from '../../src/shared/visible.ts';
import { ActionEntry } from './ActionEntry.tsx';
import { ForkButton } from './conversation/ForkButton.tsx';
import { Line } from './Line.tsx';
import { CopyButton } from '../markdown/CopyButton.tsx';
import { Words } from '../markdown/Words.tsx';
import { LongText } from './LongText.tsx';

/** Drawing only what changed keeps long transcripts quick. */
export const EntryView = memo(function EntryView({ entry }: { readonly entry: Entry }) {
  switch (entry.kind) {
    case 'user':
      return (
        <div className="entry user" data-testid="entry" data-kind="user">
          <span className="unseen">You: </span>
          {visible(entry.text)}
          <ForkButton point={entry.point} text={entry.text} />
        </div>
      );
    case 'assistant':
      return (
        <div className="entry assistant" data-testid="entry" data-kind="assistant">
          <span className="unseen">Agent: </span>
          {entry.whole === undefined ? (
            <Said text={entry.text} isStreaming={entry.streaming} />
          ) : (
            <LongText of={{ kind: 'reply', turn: entry.whole.turn }} shown={entry.text} length={entry.whole.length}>
              {(text) => <Said text={text} isStreaming={false} />}
            </LongText>
          )}
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

/** The agent's words, and a way to take them along as it wrote them. */
function Said({ text, isStreaming }: { readonly text: string; readonly isStreaming: boolean }) {
  return (
    <>
      <Words text={text} isStreaming={isStreaming} />
      {!isStreaming && text !== '' && <CopyButton text={text} label="Copy as Markdown" className="md-message-copy" />}
    </>
  );
}
