import { closeSync, openSync, writeSync } from 'node:fs';
import type { Engine } from '../core/engine/engine.ts';
import { Failure } from '../core/outcome.ts';
import type { RunState, RunView } from '../shared/runView.ts';
import { visible } from '../shared/visible.ts';
import { exitCode, type ExitName } from './exitCodes.ts';

const EXIT: Record<RunState, ExitName> = {
  finished: 'done',
  failed: 'failed',
  stopped: 'stopped',
  limit: 'limit',
  running: 'failed',
  waiting: 'failed',
  stopping: 'stopped',
  interrupted: 'failed',
};

/** What the command line ends with when a run has ended. */
export function exitOfRun({ state, unanswered }: RunView, { fault }: Pick<Engine, 'fault'>): ExitName {
  if (state === 'failed') return fault ?? 'failed';
  return state === 'finished' && unanswered !== undefined ? 'open' : EXIT[state];
}

/** What the agent said last; empty where it said nothing. */
export function lastMessage({ entries }: RunView): string {
  for (const entry of entries.toReversed())
    if (entry.kind === 'assistant' && entry.text.trim() !== '') return entry.text;
  return '';
}

/** How a run ended, for programs. `recorded`: its name in the log, and in no other place. */
export function resultOf(run: RunView, recorded: string | undefined, exit: ExitName): Record<string, unknown> {
  const { state, reason, turn, questions, unanswered, usage } = run;
  return {
    ...(recorded !== undefined && { run: recorded }),
    ...{ state, exit, code: exitCode(exit), reason, turns: turn, questions },
    ...(unanswered !== undefined && { unanswered }),
    ...(usage !== undefined && { tokens: usage.tokens, ...(usage.cost !== undefined && { cost: usage.cost }) }),
    message: lastMessage(run),
  };
}

/** A file that a terminal may show, which what the agent says last is written into; opened before anything is done, so that it can be. */
export class MessageFile implements Disposable {
  readonly #fd: number;

  constructor(file: string) {
    try {
      this.#fd = openSync(file, 'w', 0o600);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
      throw new Failure(`--last-message: ${file} cannot be written (${code})`, { cause: error });
    }
  }

  write(text: string): void {
    if (text !== '') writeSync(this.#fd, `${visible(text).trimEnd()}\n`);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}
