/**
 * `node test/tables/undo.ts`: runs of random calls and commands on random trees, half of them killed in the middle; then
 * the run is reverted by another process, and every path compared with what it was. Ends with 1 if any stands otherwise
 * and nothing said so beforehand. Every third run is of git's commands, and where git stands is compared too. At the end
 * reverts themselves are killed, KILLS of each kind. ROUNDS, CALLS, FILES and SEED may be set; SANDBOX=1 runs commands in the sandbox.
 */
import { Random, seedOf } from '../support/logWorldRandom.ts';
import { playRevertKills, revertKillsText } from '../support/revertKilled.ts';
import { undoRound, undoText, type UndoRound } from '../support/undoTable.ts';

const seed = seedOf(process.env);
const number = (name: string, otherwise: number): number => Number(process.env[name] ?? otherwise);
const world = { files: number('FILES', 40), calls: number('CALLS', 8), sandbox: process.env['SANDBOX'] === '1' };
console.log(`seed ${seed}`);
const rounds: UndoRound[] = [];
for (let round = 0; round < number('ROUNDS', 40); round += 1)
  rounds.push(await undoRound(seed + round, { ...world, git: round % 3 === 2, isKilled: round % 2 === 1 }));
console.log(undoText(rounds));
const kills = await playRevertKills(number('KILLS', 20), new Random(seed));
console.log(revertKillsText(kills));
process.exitCode = [...rounds, ...kills].some(({ wrong }) => wrong.length > 0) ? 1 : 0;
