import { expect, test } from 'vitest';
import { seedOf } from '../support/logWorldRandom.ts';
import { undoRound, undoText } from '../support/undoTable.ts';

const seed = seedOf(process.env);

// A share of `npm run undo-table`.
test.each([false, true])('random calls and commands, killed: %s, are put back by another process', async (isKilled) => {
  console.log(`seed ${seed}`);
  const round = await undoRound(seed, { files: 30, calls: 6, isKilled, sandbox: false });
  expect(round.wrong, undoText([round])).toEqual([]);
});

test.each([false, true])(
  'so are those of git, killed: %s: branches, HEAD, index, stash, and what is not over',
  async (isKilled) => {
    console.log(`seed ${seed}`);
    const round = await undoRound(seed, { files: 0, calls: 8, isKilled, sandbox: false, git: true });
    expect(round.wrong, undoText([round])).toEqual([]);
    if (!isKilled) expect(round.changed).toBeGreaterThan(0);
  },
  120_000,
);
