import type { FromPanel } from '../../src/shared/protocol.ts';
import type { QueuedMessage } from '../../src/shared/runView.ts';
import { exact } from '../../src/shared/visible.ts';
import { Icon } from './Icon.tsx';

interface QueuedProps {
  readonly messages: readonly QueuedMessage[];
  readonly post: (message: FromPanel) => void;
}

/** What was said while the run works and the model has not been told yet: until then it can be changed or taken back. */
export function Queued({ messages, post }: QueuedProps) {
  if (messages.length === 0) return null;
  return (
    <ul className="queued" data-testid="queued" aria-label="Messages that wait for the next turn">
      {messages.map(({ id, text }) => (
        <li key={id}>
          <Icon name="clock" />
          <span className="queued-text" title={exact(text)}>
            {exact(text)}
          </span>
          <button
            type="button"
            className="icon-button"
            data-testid="edit-queued"
            title="Take it back to the task box"
            aria-label={`Edit: ${exact(text).slice(0, 60)}`}
            onClick={() => {
              post({ type: 'withdraw', message: id, edit: true });
            }}
          >
            <Icon name="edit" />
          </button>
          <button
            type="button"
            className="icon-button"
            data-testid="withdraw"
            title="Do not say it"
            aria-label={`Take back: ${exact(text).slice(0, 60)}`}
            onClick={() => {
              post({ type: 'withdraw', message: id, edit: false });
            }}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  );
}
