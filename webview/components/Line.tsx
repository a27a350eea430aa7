import type { ReactNode } from 'react';
import { Icon } from './Icon.tsx';

interface LineProps {
  readonly icon: string;
  readonly tone?: 'plain' | 'good' | 'warning' | 'error';
  readonly testId?: string;
  readonly children: ReactNode;
}

/** An icon and words: the colour of the icon never says anything that the words do not. */
export function Line({ icon, tone = 'plain', testId, children }: LineProps) {
  return (
    <div className={`line tone-${tone}`} data-testid={testId}>
      <Icon name={icon} />
      <div className="line-text">{children}</div>
    </div>
  );
}
