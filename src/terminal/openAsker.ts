import { closeSync, openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { AnsweredBy } from '../shared/answered.ts';
import type { Asker } from './asker.ts';
import { NobodyAsker } from './nobodyAsker.ts';
import { PipeAsker } from './pipeAsker.ts';
import { TerminalAsker, type TerminalListener } from './terminalAsker.ts';

/** Where a person sees what is asked: `oversign run … > log` puts no question into the file. */
export function seenAt(output: NodeJS.WriteStream): NodeJS.WriteStream {
  const { stdin, stderr } = process;
  return stdin.isTTY && !output.isTTY && stderr.isTTY ? stderr : output;
}

/** How many columns a stream's lines have; undefined where nothing wraps them. */
export function columnsOf(stream: NodeJS.WriteStream): number | undefined {
  return stream.isTTY ? stream.columns : undefined;
}

export interface AskerOptions extends TerminalListener {
  /** Lines of standard input are answers, where it is no terminal. */
  answersFromInput?: boolean;
  /** What to do where no terminal is there. */
  unanswered: string;
}

/**
 * Who answers what is written to `output`. A person who sees it in a terminal answers there, also where standard
 * input is something else: a file that is piped in gives no answers, unless it is said that it does. Without a terminal
 * nobody is there.
 */
export function openAsker(output: NodeJS.WriteStream, { answersFromInput, unanswered, ...told }: AskerOptions): Asker {
  const { stdin } = process;
  const seen = seenAt(output);
  const write = (text: string): void => void seen.write(text);
  if (stdin.isTTY) return new TerminalAsker(stdin, write, told);
  if (answersFromInput === true) return new PipeAsker(stdin, write);
  const terminal = output.isTTY ? controllingTerminal() : undefined;
  return terminal === undefined
    ? new NobodyAsker(write, unanswered)
    : new TerminalAsker(new ReadStream(terminal), write, told);
}

/** Who that will be, said before anybody is asked. */
export function whoAnswers(output: NodeJS.WriteStream, answersFromInput: boolean): AnsweredBy['by'] {
  if (process.stdin.isTTY) return 'person';
  if (answersFromInput) return 'input';
  return isPersonThere(output) ? 'person' : 'nobody';
}

/** Whether a person is at a terminal and sees what is written to `output`. */
export function isPersonThere(output: NodeJS.WriteStream): boolean {
  if (process.stdin.isTTY) return true;
  const terminal = output.isTTY ? controllingTerminal() : undefined;
  if (terminal !== undefined) closeSync(terminal);
  return terminal !== undefined;
}

function controllingTerminal(): number | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    return openSync('/dev/tty', 'r');
  } catch {
    return undefined; // there is none
  }
}
