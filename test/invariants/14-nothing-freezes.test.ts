import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/tree.ts';

// Nothing fed from outside freezes, floods or kills the host. Each stage runs in a process of its own with a cap on its
// memory; one that is not done by its deadline is ended, and has failed. Deadlines are many times what it takes.

const CHILD = join(import.meta.dirname, '..', 'support', 'freezeChild.ts');
const DEADLINE_MS = 90_000;
/** For what goes on for minutes or fills all memory: it need not be waited for long. */
const CONTROL_MS = 15_000;

interface Came {
  came: unknown;
  stillMs: number;
}

async function inChild(stage: string, deadlineMs = DEADLINE_MS): Promise<Came | 'frozen' | 'killed'> {
  const base = await temporaryFolder();
  await mkdir(join(base, 'work'));
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--max-old-space-size=400', '--no-warnings', CHILD, stage, base],
      { timeout: deadlineMs, killSignal: 'SIGKILL' },
      (error, stdout) => {
        if (error) resolve(error.killed === true ? 'frozen' : 'killed');
        else resolve(JSON.parse(stdout) as Came);
      },
    );
  });
}

/** Two minutes: a stage, its deadline, and a machine that does other things. */
const LIMIT = 120_000;

test.each([
  ['edit: a megabyte of commas, each replaced by a megabyte', 'the most that is written is 4194304'],
  ['write: two wholly different texts of megabytes', 'Wrote a.txt'],
  ['search: large counted classes on one long line', 'stopped after 20 s at a.txt; narrow the pattern or the path'],
  ['search: the same, stopped', '"state":"stopped"'],
  ['search: counts of counts', 'it stands for too much: use smaller counts'],
  ['find: stars in every part, in a folder of many names', 'Nothing found.'],
  ['ls beside a sparse file of 200 GB', 'Makefile'],
  ['move of a sparse file of 200 GB', 'Moved a.bin to b.bin'],
  ['delete of a folder 900 deep', 'too big to be looked at'],
  [
    'search in a folder 900 deep',
    'Nothing found.\\n[stopped after more than 2,000,000 files and folders; narrow the path]',
  ],
  ['list and delete of a folder of 20,000 entries', 'Deleted wide'],
  ['arguments nested 100,000 deep', 'the arguments of read_file do not fit'],
  ['arguments of 100,000 keys', 'the arguments of read_file do not fit'],
  ['a number beyond all numbers', 'the arguments of read_file do not fit'],
  ['half a character', 'not valid Unicode'],
  ['a tool name of 6 MB', 'there is no tool named'],
  ['tool calls of 6 MB each', 'The model did not stop: its tool calls went over'],
  ['a reply that never ends', 'The model did not stop: its reply went over all measure'],
  ['policy: quotes', 'the file holds more than a policy may'],
  ['policy: thousands of unknown keys', 'the file holds more than a policy may'],
  ['policy: thousands of aliases', 'more than 20 aliases'],
  ['policy: nested', 'the file holds more than a policy may'],
  ['policy: braces', 'the patterns up to here take too long'],
  ['policy: 500 rules, 1000 paths', '"came":0'],
  ['policy: examples', 'the examples up to here take too long'],
  ['redaction: long outputs, many secrets', 'true'],
])(
  '%s',
  async (stage, words) => {
    const result = await inChild(stage);
    expect(JSON.stringify(result)).toContain(words);
  },
  LIMIT,
);

test.each([
  'control: the same without counting first',
  'control: the same pattern in this thread',
  'control: the same file, hashed',
])(
  '%s',
  async (stage) => {
    expect(await inChild(stage, CONTROL_MS)).toBeTypeOf('string');
  },
  LIMIT,
);
