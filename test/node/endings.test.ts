import { expect, inject, test } from 'vitest';
import { playEnding, type How } from '../support/endingTable.ts';
import type { Phase } from '../support/endingWorld.ts';

/** Some of what `npm run ending-table` plays: each kind of ending, and each phase. */
const SOME: readonly [Phase, How][] = [
  ['command', 'SIGHUP'],
  ['command', 'SIGQUIT'],
  ['command', 'SIGKILL'],
  ['command', 'broken'],
  ['question', 'closed'],
  ['streaming', 'full'],
  ['streaming', 'broken'],
  ['streaming', 'parent'],
  ['writing', 'SIGTERM'],
  ['writing', 'SIGKILL'],
];

test.each(SOME)(
  '%s, ended by %s: the record says so, nothing is left, nothing of the person’s is touched',
  async (phase, how) => {
    expect(await playEnding(inject('oversign'), phase, how)).toMatchObject({ phase, how, problems: [] });
  },
);
