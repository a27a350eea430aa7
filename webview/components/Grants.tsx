import type { FromPanel } from '../../src/shared/protocol.ts';
import type { GrantListing } from '../../src/shared/runView.ts';
import { visibleLine } from '../../src/shared/visible.ts';
import { Spoken } from './Spoken.tsx';
import { usedWords } from '../state/grants.ts';

interface GrantsProps {
  readonly grants: readonly GrantListing[];
  readonly post: (message: FromPanel) => void;
}

/** What this run may do without asking again, because a person said so. Each can be taken back. */
export function Grants({ grants, post }: GrantsProps) {
  if (grants.length === 0) return null;
  return (
    <ul className="grants" data-testid="grants" aria-label="Remembered approvals">
      {grants.map(({ id, words, uses }) => (
        <li key={id} data-testid="grant" data-grant-id={id}>
          <span className="line-text">
            <Spoken words={words} /> <span className="quiet">· {usedWords(uses)}</span>
          </span>
          <button
            type="button"
            className="button secondary"
            data-testid="revoke"
            aria-label={`Revoke: ${visibleLine(words)}`}
            onClick={() => {
              post({ type: 'revoke-grant', grant: id });
            }}
          >
            Revoke
          </button>
        </li>
      ))}
    </ul>
  );
}
