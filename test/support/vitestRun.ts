import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { FileTime } from './budget.ts';
import { counted, fileEnds, toRunAgain, withSecondLook, type FileEnd } from './vitestReport.ts';

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
 * Vitest as a process of its own; what it counted, and never less than one failure when it ended badly. What failed
 * beside the rest of a busy machine is looked at once more, alone, and named (see {@link toRunAgain}).
 */
export async function runVitest(suite: Suite, args: readonly string[]): Promise<SuiteEnd> {
  const first = await runOnce(suite, args);
  const again = toRunAgain(first.files);
  if (again.length === 0) return suiteEnd(suite, first, []);
  const paths = again.map(({ path }) => path);
  const second = await runOnce({ ...suite, name: `${suite.name} again` }, [...args, ...paths]);
  const { files, remarks } = withSecondLook(first.files, second.files);
  return suiteEnd(suite, { code: second.code, files, output: first.output + second.output }, remarks);
}

interface VitestEnd {
  code: number | null;
  files: FileEnd[];
  output: string;
}

async function runOnce({ name, output }: Suite, args: readonly string[]): Promise<VitestEnd> {
  const report = join(repository, 'test-results', `${name.replaceAll(' ', '-')}.json`);
  rmSync(report, { force: true }); // an earlier run's says nothing about this one
  const program = join(repository, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const ran = await runNode([program, 'run', ...args, ...reporters], output);
  const files = existsSync(report) ? fileEnds(readFileSync(report, 'utf8'), repository) : [];
  return { ...ran, files };
}

function suiteEnd({ name }: Suite, { code, files, output }: VitestEnd, remarks: readonly string[]): SuiteEnd {
  const { remarks: told, ...count } = counted(files);
  const end = { ...count, files, output, remarks: [...told, ...remarks] };
  if (count.failed > 0 || code === 0) return end;
  return { ...end, failed: 1, remarks: [...end.remarks, `failed: ${name}: it ended with code ${code ?? 'none'}`] };
}
