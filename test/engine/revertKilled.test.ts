import { expect, test } from 'vitest';
import { Random, seedOf } from '../support/logWorldRandom.ts';
import { playRevertKills, revertKillsText, torn } from '../support/revertKilled.ts';

const seed = seedOf(process.env);

// A share of `npm run undo-table`.
test('a revert of a file, an action and a run that is killed at any step: nothing is torn, the log is whole, a second one ends it', async () => {
  console.log(`seed ${seed}`);
  const kills = await playRevertKills(3, new Random(seed));
  console.log(revertKillsText(kills));
  expect(kills.flatMap(({ wrong }) => wrong)).toEqual([]);
  expect(kills).toHaveLength(9);
  // Or it would say nothing: some fell in the middle.
  expect(kills.filter(({ back, left }) => back > 0 && left > 0).length).toBeGreaterThan(0);
}, 600_000);

test('what counts as torn: half a file, a file that more may read, and one that is nowhere', () => {
  const before = { a: 'file 644 5 x', link: 'link to b', secret: 'file 600 3 s', d: 'folder 500' };
  const back = { ...before, a: 'file 600 9 y', link: 'link to c' };
  const one = (now: Record<string, string | undefined>): string[] => {
    const all = Object.entries<string | undefined>({ ...before, ...now });
    const there = all.flatMap(([path, state]): [string, string][] => (state === undefined ? [] : [[path, state]]));
    return torn(Object.fromEntries(there), before, back);
  };
  expect([one({}), one(back), one({ a: 'file 600 5 x' }), one({ d: 'folder 700' })]).toEqual([[], [], [], []]);
  expect([one({ a: 'file 600 7 z' }), one({ a: 'file 644 9 y' }), one({ a: undefined })]).toEqual([
    ['a'],
    ['a'],
    ['a'],
  ]);
  expect([one({ link: undefined }), one({ secret: 'file 644 3 s' }), one({ 'a.tmp': 'file 600 1 t' })]).toEqual([
    ['link'],
    ['secret'],
    ['a.tmp'],
  ]);
});
