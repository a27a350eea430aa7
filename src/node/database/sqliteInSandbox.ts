import { readFileSync, realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import type { SqliteAnswer, SqliteJob, SqlitePort } from '../../core/database/sqlite.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { endingWords } from '../../core/sandbox/endingWords.ts';
import type { Limits, Sandbox, SandboxResult, SandboxSpec } from '../../core/sandbox/port.ts';
import { NO_RULES, sandboxSpec } from '../../core/sandbox/spec.ts';
import { isInside } from '../../core/scope/spelling.ts';
import { SYSTEM } from '../sandbox/systemMounts.ts';
import { ChildOutput } from './childOutput.ts';
import { openIn } from './openIn.ts';

/** The copy lies in memory, and what is sorted or grouped beside it. */
const LIMITS: Limits = { memoryBytes: 2 * 1024 ** 3, cpuSeconds: 120, diskBytes: 1024 ** 3, processes: 64 };
/** Beside the values themselves: names of columns, and how JSON writes what is in them. */
const [MOST_COLUMNS, ROOM] = [2000, 8 * 1024 ** 2];
const MOST_DATABASE = 256 * 1024 ** 2;

/** SQLite as Node has it, in a process of its own inside the sandbox (sqliteChild.ts). */
export class SqliteInSandbox implements SqlitePort {
  #program: readonly string[] | undefined;

  heldBy(paths: readonly string[]): Promise<string[]> {
    return openIn(paths);
  }

  async ask(job: SqliteJob, { sandbox, signal }: { sandbox: Sandbox; signal: AbortSignal }): Promise<SqliteAnswer> {
    const status = await sandbox.status(LIMITS);
    if (!status.works) throw new ToolFailure(`databases are asked in the sandbox alone: ${status.cause} ${status.fix}`);
    const { caps, statements } = job;
    const output = new ChildOutput({
      lines: statements.length * (caps.rows + 2) + 2,
      characters: statements.length * (caps.characters * 6 + MOST_COLUMNS * 64) + ROOM,
      databaseBytes: MOST_DATABASE,
    });
    const own = new AbortController();
    let strange: unknown;
    const taking = (stream: 'stdout' | 'stderr', chunk: Uint8Array): undefined => {
      if (stream !== 'stdout' || strange !== undefined) return;
      try {
        output.take(chunk);
      } catch (error) {
        strange = error;
        own.abort();
      }
    };
    const spec = this.#spec(job, { environment: await sandbox.environment([]), taking });
    const result = await sandbox.run(spec, AbortSignal.any([signal, own.signal]));
    signal.throwIfAborted();
    const answer = strange === undefined ? output.answer(job.mode, statements.length) : undefined;
    if (answer && result.ending.kind === 'exited' && result.ending.code === 0) return answer;
    throw new ToolFailure(`SQLite did not come to its end: ${brokenWords(result, strange)}. Nothing was changed`);
  }

  #spec(
    job: SqliteJob,
    { environment, taking }: { environment: Record<string, string>; taking: NonNullable<SandboxSpec['onOutput']> },
  ): SandboxSpec {
    const node = realpathSync(process.execPath);
    const isOfSystem = SYSTEM.some((folder) => isInside(folder, node));
    return sandboxSpec({
      launch: {
        argv: [node, ...(this.#program ??= program())],
        cwd: '/',
        environment: { ...environment, ELECTRON_RUN_AS_NODE: '1' },
        workspace: 'read-only',
        secrets: 'hidden',
      },
      // Nothing of anybody's is in there: only the program itself, where it is none of the system's.
      rules: { ...NO_RULES, roots: isOfSystem ? [] : [dirname(node)] },
      bounds: { limits: LIMITS, timeoutMs: job.seconds * 1000 },
      streams: { outputCap: 0, onOutput: taking, input: inputOf(job) },
    });
  }
}

/** What is given to Node: the program as a text, so that no file of ours has to be there. */
function program(): string[] {
  const isSource = import.meta.url.endsWith('.ts');
  const url = new URL(isSource ? './sqliteChild.ts' : './sqlite-child.js', import.meta.url);
  const type = url.pathname.endsWith('.ts') ? 'module-typescript' : 'module';
  return ['--no-warnings', `--input-type=${type}`, '-e', readFileSync(url, 'utf8')];
}

/** One line that says what to do, and the files as they come; never another size than was said. */
async function* inputOf({ mode, files, statements, caps }: SqliteJob): AsyncIterable<Uint8Array> {
  const sizes = files.map(({ suffix, size }) => ({ suffix, size }));
  yield Buffer.from(`${JSON.stringify({ mode, files: sizes, statements, ...caps })}\n`);
  for (const { size, chunks } of files) {
    let left = size;
    for await (const chunk of chunks) {
      if (left > 0) yield chunk.subarray(0, left);
      left -= chunk.length; // read to its end whatever comes: whoever gives it looks once more then
    }
    if (left > 0) return; // it became shorter: the child sees the end of its input
  }
}

function brokenWords({ ending }: SandboxResult, strange: unknown): string {
  if (strange !== undefined) return 'what it said could not be understood';
  if (ending.kind === 'exited') return 'it ended without an answer';
  return endingWords(ending).replace(/^\[|\]$/g, '');
}
