/**
 * `npm run privacy-table`: what a run sends under Maximum privacy, each packet counted on every interface of a network with
 * a way out. The command line is the one that is shipped; the model wants to get out by every way that there is, and the
 * person says yes to all of it. The same runs without the mode are the control. Ends with 1 where a packet of a private
 * run went anywhere but to its model, or a control sent nothing. Needs Linux, unshare, ip and Python.
 */
import { rm } from 'node:fs/promises';
import { built } from '../support/build.ts';
import { countedRun, countingProblem, type CountedRun } from '../support/countedPackets.ts';

const problem = countingProblem();
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
const { folder, oversign } = await built();
const bad: string[] = [];
try {
  console.log('run                                          to the model  elsewhere  by');
  for (const model of ['demo', 'ollama'] as const)
    for (const isHostile of model === 'demo' ? [false] : [false, true])
      for (const privacy of [true, false]) {
        const name = `${model}, ${isHostile ? 'wants out' : 'as usual'}, ${privacy ? 'Maximum privacy' : 'without it'}`;
        const counted = countedRun({ oversign, model, privacy, isHostile });
        const elsewhere = counted.elsewhere.reduce((sum, { count }) => sum + count, 0);
        console.log(
          `${name.padEnd(45)}${String(counted.toModel).padStart(12)}${String(elsewhere).padStart(11)}  ${kinds(counted)}`,
        );
        if (counted.missed > 0) bad.push(`${name}: ${counted.missed} packets were not looked at`);
        if (privacy && elsewhere > 0) bad.push(`${name}: ${JSON.stringify(counted.elsewhere)}`);
        if (!privacy && isHostile && elsewhere === 0) bad.push(`${name}: the control sent nothing`);
        if (model === 'ollama' && counted.toModel === 0) bad.push(`${name}: its model was not asked`);
        if (model === 'demo' && counted.end.code !== 0)
          bad.push(`${name}: ended with ${counted.end.code}: ${counted.end.output}`);
      }
} finally {
  await rm(folder, { recursive: true, force: true });
}
for (const one of bad) console.log('BAD', one);
process.exitCode = bad.length > 0 ? 1 : 0;

/** "tcp 10.99.0.9:80, udp 10.99.0.53:53" */
function kinds({ elsewhere }: CountedRun): string {
  return [...new Set(elsewhere.map(({ protocol, to }) => `${protocol} ${to}`.trim()))].slice(0, 8).join(', ');
}
