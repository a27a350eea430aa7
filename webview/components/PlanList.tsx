import { planWords, type Plan } from '../../src/shared/plan.ts';
import { exact } from '../../src/shared/visible.ts';
import { Icon } from './Icon.tsx';

const LOOKS = {
  pending: { icon: 'circle-large-outline', words: 'Open' },
  in_progress: { icon: 'arrow-right', words: 'Under way' },
  completed: { icon: 'check', words: 'Done' },
} as const;

/** The agent's steps, in its own words, and how far it says that it is. */
export function PlanList({ plan }: { readonly plan: Plan }) {
  return (
    <details className="plan" data-testid="plan" open>
      <summary>Plan: {planWords(plan)}</summary>
      <ul className="notes">
        {plan.map(({ step, status }, index) => (
          <li key={index} data-status={status} className={status === 'completed' ? 'quiet' : undefined}>
            <Icon name={LOOKS[status].icon} />
            <span className="unseen">{LOOKS[status].words}: </span> {exact(step)}
          </li>
        ))}
      </ul>
    </details>
  );
}
