import type { Flags } from '../../src/shared/flow.ts';
import { FLAGS, FLAG_HINTS, FLAG_WORDS } from '../state/flags.ts';
import { Icon } from './Icon.tsx';

/** What this run has done so far that counts towards the Rule of Two: a lamp each, which never goes out again. */
export function RunFlags({ flags }: { readonly flags: Flags }) {
  return (
    <ul
      className="flags small"
      aria-label="Flags of this run"
      data-testid="flags"
      data-untrusted={String(flags.untrusted)}
      data-private={String(flags.private)}
      data-outward={String(flags.outward)}
    >
      {FLAGS.map((flag) => (
        <li
          key={flag}
          className={flags[flag] ? 'flag lit' : 'flag'}
          title={`${flags[flag] ? 'Lit' : 'Not lit'}: ${FLAG_HINTS[flag]} An action that would light the third flag always asks.`}
        >
          <Icon name={flags[flag] ? 'circle-filled' : 'circle-outline'} />
          <span>
            <span className="unseen">{flags[flag] ? 'Lit: ' : 'Not lit: '}</span>
            {FLAG_WORDS[flag]}
          </span>
        </li>
      ))}
    </ul>
  );
}
