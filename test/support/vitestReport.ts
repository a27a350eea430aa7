/** What vitest's JSON report says of each file, and what several runs of the same files come to. */
import { relative } from 'node:path';
import * as z from 'zod';

interface TestEnd {
  name: string;
  status: 'passed' | 'failed' | 'skipped';
  message: string;
}

/** How one file of tests ended. */
export interface FileEnd {
  /** From the repository's root: `test/unit/x.test.ts`. */
  path: string;
  seconds: number;
  tests: TestEnd[];
  /** Why the file as a whole failed, with no test that did: it could not be loaded; empty where its process is gone. */
  unbegun?: string;
}

const ReportSchema = z.object({
  testResults: z
    .array(
      z.object({
        name: z.string(),
        startTime: z.number(),
        endTime: z.number(),
        status: z.string(),
        message: z.string().default(''),
        assertionResults: z.array(
          z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).default([]) }),
        ),
      }),
    )
    .default([]),
});

/** Reads the report; `repository` is the folder that paths are given from. @throws where it is no report of vitest's. */
export function fileEnds(json: string, repository: string): FileEnd[] {
  return ReportSchema.parse(JSON.parse(json)).testResults.map((file) => {
    const tests = file.assertionResults.map(({ status, fullName, failureMessages }): TestEnd => ({
      name: fullName,
      status: status === 'passed' || status === 'failed' ? status : 'skipped',
      message: failureMessages.join('\n'),
    }));
    const hasFailed = file.status === 'failed' && !tests.some(({ status }) => status === 'failed');
    return {
      path: relative(repository, file.name),
      seconds: (file.endTime - file.startTime) / 1000,
      tests,
      ...(hasFailed && { unbegun: file.message }),
    };
  });
}

/** More files than this, and something is broken that a second look only makes longer. */
const MOST_AGAIN = 8;

/** What holds only most of the time does not hold: a guarantee is never given a second chance. */
const GUARANTEES = /^test\/(invariants\/|sandbox\/attacks)/;

const isFailed = ({ tests, unbegun }: FileEnd): boolean =>
  unbegun !== undefined || tests.some(({ status }) => status === 'failed');

/** A process that is gone says nothing; a file that cannot be loaded says why, and would say it again. */
const isCrashed = ({ unbegun }: FileEnd): boolean => unbegun === '';

/**
 * The files that get a second look, alone: those whose process crashed before a test of theirs had failed, and those
 * with a failed test, but for the guarantees.
 */
export function toRunAgain(files: readonly FileEnd[]): FileEnd[] {
  const failed = files.filter(isFailed);
  if (failed.length > MOST_AGAIN) return failed.filter(isCrashed).slice(0, MOST_AGAIN);
  return failed.filter((file) => isCrashed(file) || (file.unbegun === undefined && !GUARANTEES.test(file.path)));
}

/** What a second look says in place of the first one, and a line for each file that needed it. */
export function withSecondLook(
  first: readonly FileEnd[],
  second: readonly FileEnd[],
): { files: FileEnd[]; remarks: string[] } {
  const seen = new Map(second.map((file) => [file.path, file]));
  const remarks = toRunAgain(first).map((file) => {
    if (isCrashed(file)) return `run once more, because the process of Node crashed: ${file.path}`;
    const failed = file.tests.filter(({ status }) => status === 'failed');
    const whys = failed.map(({ name, message }) => `${name} (${firstLine(message)})`);
    return `run once more, alone, because at first it failed: ${file.path}: ${whys.join('; ')}`;
  });
  return { files: first.map((file) => seen.get(file.path) ?? file), remarks };
}

/** What files came to: counts, and a line for whatever failed or was left out. */
export function counted(files: readonly FileEnd[]): {
  passed: number;
  failed: number;
  skipped: number;
  remarks: string[];
} {
  const tests = files.flatMap((file) => file.tests);
  const unbegun = files.filter((file) => file.unbegun !== undefined);
  const count = (wanted: string): number => tests.filter(({ status }) => status === wanted).length;
  return {
    passed: count('passed'),
    failed: count('failed') + unbegun.length,
    skipped: count('skipped'),
    remarks: [
      ...tests.filter(({ status }) => status !== 'passed').map(({ name, status }) => `${status}: ${name}`),
      ...unbegun.map((file) => `failed: ${file.path} could not begin: ${file.unbegun ?? ''}`),
    ],
  };
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0]?.slice(0, 200) ?? '';
}
