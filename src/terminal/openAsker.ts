import { openSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import type { Asker } from './asker.ts';
import { PipeAsker } from './pipeAsker.ts';
import { TerminalAsker } from './terminalAsker.ts';

/** Where a person sees what is asked: `oversign run … > log` puts no question into the file. */
export function seenAt(output: NodeJS.WriteStream): NodeJS.WriteStream {
  const { stdin, stderr } = process;
  return stdin.isTTY && !output.isTTY && stderr.isTTY ? stderr : output;
}

/** How many columns a stream's lines have; undefined where nothing wraps them. */
export function columnsOf(stream: NodeJS.WriteStream): number | undefined {
  return stream.isTTY ? stream.columns : undefined;
}

/**
 * Who answers what is written to `output`. A person who sees it in a terminal answers there, also where standard
 * input is something else: a file that is piped in gives no answers then. Without a terminal its lines are the answers.
 */
export function openAsker(output: NodeJS.WriteStream): Asker {
  const { stdin } = process;
  const seen = seenAt(output);
  const write = (text: string): void => void seen.write(text);
  if (stdin.isTTY) return new TerminalAsker(stdin, write);
  const terminal = output.isTTY ? controllingTerminal() : undefined;
  return terminal ? new TerminalAsker(terminal, write) : new PipeAsker(stdin, write);
}

function controllingTerminal(): ReadStream | undefined {
  if (process.platform === 'win32') return undefined;
  try {
    return new ReadStream(openSync('/dev/tty', 'r'));
  } catch {
    return undefined; // there is none
  }
}
