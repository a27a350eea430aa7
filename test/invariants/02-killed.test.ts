import { expect, test } from 'vitest';
import { killText, playKills } from '../support/killTable.ts';
import { playSteps, stepText } from '../support/killTableSteps.ts';
import { Random, seedOf } from '../support/logWorldRandom.ts';

const seed = seedOf(process.env);

test('killed with -9 at forty moments: every effect has its record, what was open is marked once', async () => {
  console.log(`seed ${seed}`);
  const kills = await playKills(40, 2, (kill) => new Random(seed + kill));
  console.log(killText(kills));
  expect(kills.flatMap(({ unrecorded }) => unrecorded)).toEqual([]);
  expect(kills.flatMap(({ notWhole }) => notWhole ?? [])).toEqual([]);
  expect(kills.flatMap(({ notMarked }) => notMarked)).toEqual([]);
  expect(kills.reduce((sum, { effects }) => sum + effects, 0)).toBeGreaterThan(40);
  expect(new Set(kills.map(({ stage }) => stage)).size).toBeGreaterThan(4);
}, 600_000);

test('killed at steps of making, erasing, setting aside and indexing a log: the next start has it whole', async () => {
  const steps = await playSteps(8, new Random(seed));
  console.log(stepText(steps));
  expect(steps.filter(({ problems }) => problems.length > 0)).toEqual([]);
  expect(steps.length).toBeGreaterThan(25);
}, 600_000);
