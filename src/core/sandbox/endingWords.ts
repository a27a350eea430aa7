import type { Ending } from './port.ts';

/** How a command ended, for model and person. */
export function endingWords(ending: Ending): string {
  switch (ending.kind) {
    case 'exited':
      return `[exit code ${ending.code}]`;
    case 'killed':
      return `[ended by signal ${ending.signal}]`;
    case 'timeout':
      return `[stopped: it ran longer than ${ending.seconds} s]`;
    case 'limit':
      return `[stopped: it went over the ${ending.limit} limit]`;
    case 'stopped':
      return '[stopped]';
    case 'violation':
      return `[stopped: ${ending.what}]`;
  }
}
