/**
 * `npm run ending-table`: the built command line in real pseudo-terminals, ended in each way at each phase, with entries
 * in the workspace that would run later. Ends with 1 if a record is not as it should be or not the same as the others,
 * if anything is left, or if anything of the person's is not as it was. HOW and PHASE choose some.
 */
import { rm } from 'node:fs/promises';
import { built } from '../support/build.ts';
import { differences, ENDINGS, isPossible, PHASES, playEnding, type Ended, type How } from '../support/endingTable.ts';

const { folder, oversign } = await built();
const [how, phase] = [process.env['HOW']?.split(','), process.env['PHASE']?.split(',')];
const wanted = PHASES.flatMap((one) => (Object.keys(ENDINGS) as How[]).map((way) => ({ phase: one, how: way }))).filter(
  (one) => isPossible(one.phase, one.how) && how?.includes(one.how) !== false && phase?.includes(one.phase) !== false,
);
const played: Ended[] = [];
try {
  for (const one of wanted) {
    const ended = await playEnding(oversign, one.phase, one.how);
    played.push(ended);
    console.log(
      `${one.phase.padEnd(10)} ${one.how.padEnd(8)} ${ended.problems.length === 0 ? 'as it should be' : 'WRONG'}`,
    );
    for (const problem of ended.problems) console.log(`    ${problem}`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
const different = differences(played);
for (const one of different) console.log(`NOT THE SAME RECORD: ${one}`);
const wrong = played.filter(({ problems }) => problems.length > 0).length;
console.log(`${played.length} endings, ${wrong} wrong, ${different.length} phases with different records`);
process.exitCode = wrong + different.length > 0 ? 1 : 0;
