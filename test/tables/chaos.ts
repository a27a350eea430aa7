/**
 * `node test/tables/chaos.ts`: a model that makes every mistake, behind a server with every fault, over thousands of turns
 * and in each wire format. Ends with 1 if anything crashes or hangs, an effect has no decision or no record, a request
 * none, a reason for denying is lost, or memory grows. TURNS and SEED may be set; with `--expose-gc` the heap is exact.
 */
import { chaosText, playChaos, WIRES, type Wire } from '../support/chaosTable.ts';
import { seedOf } from '../support/logWorldRandom.ts';

const seed = seedOf(process.env);
const turns = Number(process.env['TURNS'] ?? 2000);
const bad: string[] = [];
process.on('unhandledRejection', (error) => bad.push(`nobody heard: ${String(error)}`));
for (const wire of Object.keys(WIRES) as Wire[]) {
  const began = performance.now();
  const told = ({ turns: so, heap }: { turns: number; heap: number[] }): void => {
    console.error(
      `${wire}: ${so} of ${turns} turns, heap ${heap.at(-1)} MB, ${Math.round((performance.now() - began) / 1000)} s`,
    );
  };
  const result = await playChaos(wire, { seed, turns, told });
  console.log(chaosText(result));
  bad.push(...result.problems);
}
for (const problem of bad) console.log('BAD', problem);
process.exitCode = bad.length > 0 ? 1 : 0;
