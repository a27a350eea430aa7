import { FLAG_WORDS, type Flags } from '../../src/shared/flow.ts';
import { FLAGS, FLAG_HINTS } from '../state/flags.ts';
import { Icon } from './Icon.tsx';

/** What this run has done so far that counts towards the Rule of Two; none of it is ever taken back. */
export function RunFlags({ flags }: { readonly flags: Flags }) {
  return (
    <ul className="flags small" aria-label="What this run has done">
      {FLAGS.map((flag) => (
        <li key={flag} className={flags[flag] ? 'flag lit' : 'flag'} title={FLAG_HINTS[flag]}>
          <Icon name={flags[flag] ? 'circle-filled' : 'circle-outline'} />
          <span>
            <span className="unseen">{flags[flag] ? 'Yes: ' : 'Not so far: '}</span>
            {FLAG_WORDS[flag]}
          </span>
        </li>
      ))}
    </ul>
  );
}
