import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import * as z from 'zod';
import type { FileTime } from './budget.ts';

export interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** What a suite came to. `remarks` name what failed and what was left out; `files` are those of vitest. */
export interface SuiteEnd extends Count {
  remarks: string[];
  files: FileTime[];
  /** What it printed, where that was kept back. */
  output: string;
}

export interface Suite {
  name: string;
  /** `kept`: what it prints comes back with its end, so that suites that run at once do not speak into each other. */
  output: 'shown' | 'kept';
}

const ReportSchema = z.object({
  numPassedTests: z.number().default(0),
  numFailedTests: z.number().default(0),
  numPendingTests: z.number().default(0),
  testResults: z
    .array(
      z.object({
        name: z.string(),
        startTime: z.number(),
        endTime: z.number(),
        status: z.string(),
        message: z.string().default(''),
        assertionResults: z.array(z.object({ status: z.string(), fullName: z.string() })),
      }),
    )
    .default([]),
});

const repository = join(import.meta.dirname, '..', '..');

/** Runs a program of Node's in the repository, to its end. */
export async function runNode(
  args: readonly string[],
  output: Suite['output'],
): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, args, {
    cwd: repository,
    stdio: output === 'shown' ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const streams = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : Promise.resolve('')));
  const said = await Promise.all(streams);
  return { code: await ended, output: said.join('') };
}

/**
 * Vitest as a process of its own; what it counted, and never less than one failure when it ended badly. Files whose
 * process was ended by a crash of Node, before any test of theirs had failed, are run once more, and named.
 */
export async function runVitest(suite: Suite, args: readonly string[]): Promise<SuiteEnd> {
  const { crashed, ...first } = await runOnce(suite, args);
  if (crashed.length === 0) return first;
  const { crashed: _, ...again } = await runOnce({ ...suite, name: `${suite.name} again` }, [...args, ...crashed]);
  const isOfCrashed = (remark: string): boolean => crashed.some((path) => remark.startsWith(unbegunWords(path)));
  return {
    passed: first.passed + again.passed,
    failed: first.failed - crashed.length + again.failed,
    skipped: first.skipped + again.skipped,
    remarks: [
      ...first.remarks.filter((remark) => !isOfCrashed(remark)),
      `run once more, because the process of Node crashed: ${crashed.join(', ')}`,
      ...again.remarks,
    ],
    files: [...first.files, ...again.files],
    output: first.output + again.output,
  };
}

const isLeftOut = (status: string): boolean => status === 'pending' || status === 'skipped';

const unbegunWords = (path: string): string => `failed: ${path} could not begin: `;

async function runOnce({ name, output }: Suite, args: readonly string[]): Promise<SuiteEnd & { crashed: string[] }> {
  const report = join(repository, 'test-results', `${name.replaceAll(' ', '-')}.json`);
  rmSync(report, { force: true }); // an earlier run's says nothing about this one
  const program = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const ran = await runNode([program, 'run', ...args, ...reporters], output);
  const counted = ReportSchema.parse(JSON.parse(existsSync(report) ? readFileSync(report, 'utf8') : '{}'));
  // A file that could not begin has no failed test, and none that passed.
  const unbegun = counted.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((one) => one.status === 'failed'),
  );
  // One that cannot be loaded says why; a process that is gone says nothing, and its tests are not the skipped ones.
  const crashed = unbegun.filter(({ message }) => message === '');
  const remarks = counted.testResults
    .filter((file) => !crashed.includes(file))
    .flatMap(({ assertionResults }) =>
      assertionResults.flatMap(({ status, fullName }) => {
        if (status === 'failed') return [`failed: ${fullName}`];
        return isLeftOut(status) ? [`skipped: ${fullName}`] : [];
      }),
    );
  for (const one of unbegun) remarks.push(unbegunWords(relative(repository, one.name)) + one.message);
  const failed = counted.numFailedTests + unbegun.length;
  const isUnexplained = failed === 0 && ran.code !== 0;
  return {
    passed: counted.numPassedTests,
    failed: isUnexplained ? 1 : failed,
    skipped: counted.numPendingTests,
    remarks: isUnexplained ? [...remarks, `failed: ${name}: it ended with code ${ran.code ?? 'none'}`] : remarks,
    files: counted.testResults.map((file) => ({
      path: relative(repository, file.name),
      seconds: (file.endTime - file.startTime) / 1000,
    })),
    output: ran.output,
    crashed: crashed.map((one) => relative(repository, one.name)),
  };
}
