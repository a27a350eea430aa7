import type { CommandTimes } from '../command/times.ts';
import { countOf, readEnd } from './reading.ts';
import type { CommandOutput, RunOutputs } from './runOutputs.ts';
import type { OutputSoFar } from './recorder.ts';

/** What a command is ended for having shown is seen within this time: what it put out before that is not passed on earlier. */
const SETTLED_MS = 500;
const LINES_SO_FAR = 200;

/**
 * An output as it stands now. While the command goes on, what it has put out is given a moment: where it turns out to
 * have read what was not to be seen, nothing of it is passed on.
 */
export async function settledOutput(output: CommandOutput, outputs: RunOutputs): Promise<OutputSoFar> {
  const now = await output.recorder.soFar();
  if (output.ended() !== undefined) return now;
  await outputs.within(output.whenEnded, SETTLED_MS);
  return output.recorder.isDropped ? output.recorder.soFar() : now;
}

/** The last of what a command has put out so far; nothing where it is not kept. */
export async function soFar(output: CommandOutput, outputs: RunOutputs, most: number): Promise<string> {
  const now = await settledOutput(output, outputs);
  if (!now.isKept) return '';
  const { text } = await readEnd(now, LINES_SO_FAR, most);
  return text.replace(/\n$/, '');
}

/** "output 2: npm test, goes on since 34 s". */
export function stateWords(output: CommandOutput, now: number): string {
  const state = output.ended();
  if (state === undefined) return `goes on since ${Math.max(1, Math.round((now - output.began) / 1000))} s`;
  return state.length === 0 ? 'over' : (state[0] ?? '').replace(/^\[|\]$/g, '');
}

/** What the result of a command says that goes on. */
export function goesOnWords(output: CommandOutput, { endsAfter }: CommandTimes, now: number): string {
  const { number } = output;
  return `[output ${number}: ${stateWords(output, now)}, in the background; ended after ${endsAfter} s, or with this run. read_output {"output": ${number}, "wait": 30} waits for more of it, stop_command {"output": ${number}} ends it]`;
}

/** What the result of a command says whose output is not all shown. `shown`: what is, cut in the middle. */
export async function keptWords({ number, recorder }: CommandOutput, shown: string): Promise<string[]> {
  const { isKept, size } = await recorder.soFar();
  if (!isKept) return [`[output ${number}: it is not kept, there was no room for it]`];
  const lines = size.lines + (size.isOpen ? 1 : 0);
  const from = Math.max(1, countOf(shown.slice(0, shown.indexOf('\n[… '))) + 1);
  return [
    `[output ${number}: ${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'} kept; read_output {"output": ${number}, "from": ${from}} reads on where it is cut, {"output": ${number}, "search": "…"} searches it]`,
  ];
}
