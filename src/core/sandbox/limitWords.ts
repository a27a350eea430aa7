import type { HeldLimit } from './port.ts';

/** What holds a limit, as the card says it. */
export function limitWords({ name, value, how, by }: HeldLimit): string {
  switch (how) {
    case 'enforced':
      return `${name} ${value} (enforced by ${by})`;
    case 'watched':
      return `${name} ${value} (watched, may overshoot)`;
    case 'not held':
      return `${name} ${value} (not held)`;
  }
}

/** The same for the log and `oversign doctor`: also what looks, or why nothing does. */
export function limitRecord({ name, value, how, by }: HeldLimit): string {
  return how === 'not held' ? `${name} ${value}: not held, ${by}` : `${name} ${value}: ${how} by ${by}`;
}
