/**
 * `node test/tables/kills.ts`: a process that changes files and runs commands is killed with -9 at hundreds of random
 * moments; then at each step of making, erasing, setting aside and indexing a log. Ends with 1 if an effect has no
 * record, a chain is not whole, or something that was interrupted is not marked once. KILLS and SEED may be set.
 */
import { killText, playKills } from '../support/killTable.ts';
import { playSteps, stepText } from '../support/killTableSteps.ts';
import { Random, seedOf } from '../support/logWorldRandom.ts';

const seed = seedOf(process.env);
console.log(`seed ${seed}`);
const kills = await playKills(Number(process.env['KILLS'] ?? 300), 2, (kill) => new Random(seed + kill));
console.log(killText(kills));
const steps = await playSteps(Number(process.env['STEPS'] ?? Infinity), new Random(seed));
console.log(stepText(steps));
const bad = kills.filter(
  ({ unrecorded, notWhole, notMarked }) => unrecorded.length + notMarked.length > 0 || notWhole !== undefined,
);
for (const kill of bad) console.log('BAD', JSON.stringify(kill));
const wrong = steps.filter(({ problems }) => problems.length > 0);
for (const step of wrong) console.log('BAD', JSON.stringify(step));
process.exitCode = bad.length + wrong.length > 0 ? 1 : 0;
