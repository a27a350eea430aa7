import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { cancellationOf, throwIfStopped } from '../../core/outcome.ts';
import {
  PageTextSchema,
  type Pages,
  type PageSource,
  type PageText,
  type Unreadable,
} from '../../core/egress/pages.ts';
import { startProcess } from '../process/spawn.ts';
import { HostTurns } from './hostTurns.ts';

const MOST_SECONDS = 5;
const MEMORY_MB = 400;
const MOST_ANSWER = 8 * 1024 ** 2;

const AnswerSchema = z.union([PageTextSchema, z.strictObject({ unreadable: z.string().max(500) })]);

export interface ChildPagesOptions {
  seconds?: number;
  /** Between two requests to one host. */
  gapMs?: number;
  /** The program that reads pages, where it is another one (tests). */
  program?: string;
}

/**
 * Reads pages in processes of their own, one for each: whatever a page holds, it can cost some seconds and some memory of
 * a process that is ended then, and has no network, no files and nothing of the environment to look for.
 */
export class ChildPages implements Pages {
  readonly #seconds: number;
  readonly #program: string;
  readonly #turns: HostTurns;

  constructor({ seconds = MOST_SECONDS, gapMs, program = ownProgram() }: ChildPagesOptions = {}) {
    this.#seconds = seconds;
    this.#program = program;
    this.#turns = new HostTurns(gapMs);
  }

  inTurn<T>(host: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#turns.take(host, work, signal);
  }

  /** Where looking for the main text broke it, a second one reads the page without that. */
  async read(source: PageSource, signal: AbortSignal): Promise<PageText | Unreadable> {
    const first = await this.#answer(source, false, signal);
    const answer = first ?? (await this.#answer(source, true, signal));
    return answer ?? { unreadable: `it took more than ${this.#seconds} s, or too much memory, to read it` };
  }

  /** Undefined where the process had to be ended, broke, or answered something else. */
  async #answer(
    { bytes, ...said }: PageSource,
    isCareful: boolean,
    signal: AbortSignal,
  ): Promise<PageText | Unreadable | undefined> {
    throwIfStopped(signal);
    const spawned = await startProcess({
      file: process.execPath,
      args: [`--max-old-space-size=${MEMORY_MB}`, '--max-semi-space-size=16', this.#program],
      cwd: '/',
      environment: { ELECTRON_RUN_AS_NODE: '1' },
      dropsErrors: true,
      input: Readable.from([Buffer.from(`${JSON.stringify({ ...said, isCareful })}\n`), bytes]),
      outputCap: MOST_ANSWER,
    });
    const kill = (): void => {
      spawned.kill();
    };
    const timer = setTimeout(kill, this.#seconds * 1000);
    signal.addEventListener('abort', kill, { once: true });
    if (signal.aborted) kill();
    try {
      const { code, output } = await spawned.ended;
      if (signal.aborted) throw cancellationOf(signal);
      return code === 0 ? parsed(output) : undefined;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
    }
  }
}

function parsed(output: Buffer): PageText | Unreadable | undefined {
  try {
    const answer = AnswerSchema.safeParse(JSON.parse(output.toString()));
    return answer.success ? answer.data : undefined;
  } catch {
    return undefined;
  }
}

function ownProgram(): string {
  const isSource = import.meta.url.endsWith('.ts');
  return fileURLToPath(new URL(isSource ? './pageChild.ts' : './page-child.js', import.meta.url));
}
