import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/tree.ts';

// Nothing fed from outside freezes, floods or kills the host. Each row runs in a process of its own with a cap on its
// memory; one that is not done by its deadline is ended, and has failed. Deadlines are many times what it takes.

const CHILD = join(import.meta.dirname, '..', 'support', 'freezeChild.ts');
const DEADLINE_MS = 110_000;
/** For what goes on for minutes or fills all memory: it need not be waited for long. */
const CONTROL_MS = 12_000;

async function inChild(stages: string[], deadlineMs: number): Promise<unknown[] | 'frozen' | 'killed'> {
  const base = await temporaryFolder();
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--max-old-space-size=400', '--no-warnings', CHILD, base, ...stages],
      { timeout: deadlineMs, killSignal: 'SIGKILL', maxBuffer: 64 * 2 ** 20 },
      (error, stdout) => {
        if (error) resolve(error.killed === true ? 'frozen' : 'killed');
        else resolve((JSON.parse(stdout) as { came: unknown[] }).came);
      },
    );
  });
}

/** A row, its deadline, and a machine that does other things. */
const LIMIT = 130_000;

/** For each stage the words that come of it. */
const ROWS: Record<string, Record<string, string[]>> = {
  'texts to be changed': {
    'edit: a megabyte of commas, each replaced by a megabyte': ['the most that is written is 4194304'],
    'write: two wholly different texts of megabytes': ['Wrote a.txt'],
    'write: two hundred lines, each with a long run of blanks within': ['Wrote a.txt'],
    'write: beginnings of masks without an end': ['Wrote a.txt'],
    'write: a repository whose alias is one word of 900,000 letters, or of quotes': ['"state":"finished"'],
    'perl: options of digits that could be told apart in many ways': ['"state":"finished"'],
  },
  'patterns to search for': {
    'search: large counted classes on one long line': ['stopped after 20 s at a.txt; narrow the pattern or the path'],
    'search: the same, stopped': ['"state":"stopped"'],
    'search: counts of counts': ['it stands for too much: use smaller counts'],
    'find: stars in every part, in a folder of many names': ['Nothing found.'],
  },
  'files without end': {
    'ls beside a sparse file of 200 GB': ['Makefile'],
    'move of a sparse file of 200 GB': ['Moved a.bin to b.bin'],
    'a pipe that nobody writes to, read, searched and edited': [
      'pipe is not a regular file',
      'other.txt:1: x',
      'Not done:',
    ],
  },
  'folders without end': {
    'search in a folder 900 deep': ['Nothing found.'],
    'delete of a folder 900 deep': ['Deleted d.'],
    'links that lead back, two in each folder': ['Nothing found.', 'too many links', 'Deleted loops.'],
    'names of 255 bytes, as deep as a path may be': ['Nothing found.', 'Deleted n'],
    'names of 255 bytes, deeper than any path': ['cannot be looked through'],
  },
  'a wide folder': { 'list and delete of a folder of 20,000 entries': ['n0/', 'Deleted wide'] },
  'arguments of calls': {
    'arguments nested 100,000 deep': ['the arguments of read_file do not fit'],
    'arguments of 100,000 keys': ['the arguments of read_file do not fit'],
    'a number beyond all numbers': ['the arguments of read_file do not fit'],
    'half a character': ['half a character'],
    'a tool name of 6 MB': ['there is no tool'],
  },
  'replies of models': {
    'tool calls of 6 MB each': ['The model did not stop: its tool calls went over'],
    'a reply that never ends': ['its reply went over all measure'],
    'redaction: long outputs, many secrets': ['true'],
  },
  'policy files': {
    'policy: quotes': ['the file holds more than a policy may'],
    'policy: thousands of unknown keys': ['the file holds more than a policy may'],
    'policy: thousands of aliases': ['more than 20 aliases'],
    'policy: nested': ['the file holds more than a policy may'],
    'policy: braces': ['the patterns up to here take too long'],
    'policy: 500 rules, 1000 paths': ['0'],
    'policy: folders of slashes, tried with examples': ['0'],
    'policy: examples': ['the file holds more than a policy may'],
  },
};

test.each(Object.entries(ROWS))(
  '%s',
  async (_, stages) => {
    const came = await inChild(Object.keys(stages), DEADLINE_MS);
    if (typeof came === 'string') throw new Error(`It was ${came}.`);
    for (const [index, [stage, words]] of Object.entries(stages).entries())
      for (const word of words) expect(JSON.stringify(came[index]), stage).toContain(word);
  },
  LIMIT,
);

test.concurrent.each([
  'control: the same without counting first',
  'control: the same pattern in this thread',
  'control: the same file, hashed',
  'control: the pipe, opened as a file',
  'control: the same links, followed',
])(
  '%s',
  async (stage) => {
    expect(await inChild([stage], CONTROL_MS)).toBeTypeOf('string');
  },
  LIMIT,
);
