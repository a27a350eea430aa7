import { readFileSync } from 'node:fs';
import { caged, type RunOptions } from './sandboxRun.ts';

/** Commands for a process of their own: what `sandboxChild.ts FILE` reads. */
export interface ChildJob {
  base: string;
  commands: (string | string[])[];
  options?: Omit<RunOptions, 'signal'>;
}

// Runs the commands of a job one after the other and prints their results as one line of JSON.
const job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as ChildJob;
const cage = await caged(job.base);
const results: unknown[] = [];
for (const command of job.commands) results.push(await cage.run(command, job.options));
process.stdout.write(`${JSON.stringify(results)}\n`);
