import type { Approval } from '../../src/shared/approval.ts';
import { visibleLine } from '../../src/shared/visible.ts';
import { Spoken } from './Spoken.tsx';
import { rememberWords, untilChoices, untilLabel } from '../state/grants.ts';
import type { GrantChoice, GrantPick } from '../state/grants.ts';

interface GrantOptionsProps {
  readonly approval: Approval;
  readonly choice: GrantChoice;
  readonly answered: boolean;
  readonly onPick: (pick: GrantPick) => void;
}

/** What *Approve and remember* would remember. It stands below the buttons and keeps one height: it never moves them. */
export function GrantOptions({ approval, choice, answered, onPick }: GrantOptionsProps) {
  const { grantOffers, grantLimits } = approval;
  const { offer, until } = choice.grant;
  const lengths = untilChoices(grantLimits);
  const longest = lengths.reduce((one, other) => (untilLabel(other).length > untilLabel(one).length ? other : one));
  return (
    <div className="grant-options small">
      <div className="grant-picks">
        <label className="grant-covers">
          Covers
          <select
            className="select"
            data-testid="grant-offer"
            value={offer}
            disabled={answered}
            onChange={(event) => {
              onPick({ offer: event.target.value, until: untilLabel(until) });
            }}
          >
            {grantOffers.map(({ id, words }) => (
              <option key={id} value={id}>
                {visibleLine(words)}
              </option>
            ))}
          </select>
        </label>
        <label>
          For
          <select
            className="select"
            data-testid="grant-until"
            title="Never longer than this run"
            value={untilLabel(until)}
            disabled={answered}
            onChange={(event) => {
              onPick({ offer, until: event.target.value });
            }}
          >
            {lengths.map((one) => (
              <option key={untilLabel(one)} value={untilLabel(one)}>
                {untilLabel(one)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div className="grant-means">
        <p data-testid="grant-means" aria-live="polite">
          <b>Remember</b> means: <Spoken words={choice.words} />
        </p>
        {/* Unseen: they only hold the room that the longest sentence needs. */}
        {grantOffers.map(({ id, words }) => (
          <p key={id} className="room" aria-hidden="true">
            <b>Remember</b> means: <Spoken words={rememberWords(words, longest)} />
          </p>
        ))}
      </div>
    </div>
  );
}
