import * as z from 'zod';
import type { Follow } from '../../shared/action.ts';
import { ToolFailure, throwIfStopped } from '../outcome.ts';
import { A_MASK } from '../redaction/placeholder.ts';
import { refuseDeniedSince } from './outputs/deniedSince.ts';
import { followed } from './outputs/followed.ts';
import { settledOutput, stateWords } from './outputs/outputWords.ts';
import { linesOf, readEnd, readPart, type OutputPart } from './outputs/reading.ts';
import type { CommandOutput, RunOutputs } from './outputs/runOutputs.ts';
import type { OutputSoFar } from './outputs/recorder.ts';
import { searchOutput } from './outputs/searching.ts';
import { defineTool, type CallContext, type Performed, type Tool } from './tool.ts';
import type { ToolPorts } from './ports.ts';

const MOST_CHARACTERS = 30_000;
const MOST_WAIT = 600;
/** How often an output is searched again while something is waited for. */
const LOOK_AGAIN_MS = 1000;

const parameters = z.strictObject({
  output: z.number().int().min(1).exactOptional().describe('Its number. Left out: a list of all of them'),
  from: z.number().int().min(1).exactOptional().describe('The first line to read. Left out: the last lines are read'),
  lines: z.number().int().min(1).max(5000).default(200).describe('How many lines'),
  column: z.number().int().min(1).default(1).describe('Where to begin in a first line that is very long'),
  search: z.string().min(1).max(1000).exactOptional().describe('Only lines that this text or expression fits'),
  regex: z.boolean().default(false).describe('Whether search is a regular expression (RE2 syntax)'),
  ignore_case: z.boolean().default(false),
  wait: z
    .number()
    .int()
    .min(0)
    .max(MOST_WAIT)
    .default(0)
    .describe('Seconds to wait for the end of the command, or until search finds something'),
});
type Arguments = z.infer<typeof parameters>;

type Ports = Pick<ToolPorts, 'outputs' | 'textSearch' | 'redactor'>;

export const readOutput = defineTool((ports: Ports): Tool<Arguments, Follow> => ({
  name: 'read_output',
  elsewhere: ['bashoutput', 'getterminaloutput', 'taskoutput'],
  summary:
    'Read, search or wait for the output of a command of this run: one that goes on in the background, or one whose output was too long to be shown whole.',
  family: 'code_execution',
  effects: ['follow'],
  parameters,
  about: 'The number of an output',
  tried: (output) => ({ output: Number.parseInt(output, 10) || 1 }),
  async describe(args, context) {
    const { output } = args;
    if (output === undefined)
      return followed({ tool: 'read_output', effect: 'follow', args, title: 'List the outputs of commands' });
    const one = ports.outputs.of(output);
    await refuseDeniedSince(one, context);
    const what = args.search === undefined ? 'Read' : 'Search';
    return followed({ tool: 'read_output', effect: 'follow', args, title: `${what} output ${output}: ${one.title}` });
  },
  async perform({ arguments: args }, context) {
    if (args.output === undefined) return listed(ports.outputs);
    const output = ports.outputs.of(args.output);
    if (args.search !== undefined) return searched(output, { ...args, search: args.search }, ports, context);
    await waited(output, args.wait, ports.outputs, context);
    const now = await settledOutput(output, ports.outputs);
    refuseGone(output, now);
    const total = linesOf(now);
    if (args.from !== undefined && args.from > Math.max(1, total))
      throw new ToolFailure(`output ${output.number} has ${total} lines so far; ${args.from} is behind its end`);
    const range = { lines: args.lines, column: args.column, most: MOST_CHARACTERS };
    const part =
      args.from === undefined
        ? await readEnd(now, args.lines, MOST_CHARACTERS)
        : await readPart(now, { from: args.from, ...range });
    return result(output, ports.outputs, part.text, [partWords(part, total)]);
  },
}));

function listed(outputs: RunOutputs): Performed {
  const lines = outputs.all.map((one) => `output ${one.number}: ${stateWords(one, outputs.now())}: ${one.title}`);
  const text = lines.length === 0 ? 'No command goes on, and no output is kept.' : lines.join('\n');
  return { ok: true, text, facts: { outputs: lines.length }, contentOf: [] };
}

/** Until it has ended, or the time is over. */
async function waited(
  output: CommandOutput,
  seconds: number,
  outputs: RunOutputs,
  { signal }: CallContext,
): Promise<void> {
  const until = outputs.now() + seconds * 1000;
  for (let left = seconds * 1000; left > 0 && output.ended() === undefined; left = until - outputs.now()) {
    await outputs.within(output.whenEnded, Math.min(left, LOOK_AGAIN_MS));
    throwIfStopped(signal);
  }
}

async function searched(
  output: CommandOutput,
  args: Arguments & { search: string },
  { outputs, textSearch }: Ports,
  context: CallContext,
): Promise<Performed> {
  const { signal } = context;
  const pattern = { text: args.search, isExpression: args.regex, ignoresCase: args.ignore_case };
  const until = outputs.now() + args.wait * 1000;
  for (;;) {
    const isLast = output.ended() !== undefined || outputs.now() >= until;
    const now = await settledOutput(output, outputs);
    refuseGone(output, now);
    const found = await searchOutput(now, { pattern, from: args.from ?? 1, most: args.lines }, { textSearch, signal });
    if (found.count > 0 || isLast) {
      const more = found.count > found.lines.length ? `; the first ${found.lines.length} are shown` : '';
      const words = `${found.count} of ${linesOf(now)} lines fit${more}`;
      return result(output, outputs, found.lines.join('\n'), [words]);
    }
    await outputs.within(output.whenEnded, LOOK_AGAIN_MS);
    throwIfStopped(signal);
  }
}

function refuseGone({ number, ended }: CommandOutput, { isKept }: OutputSoFar): void {
  if (isKept) return;
  throw new ToolFailure(
    `nothing of output ${number} is kept${ended() === undefined ? '' : ` (${(ended() ?? []).join(' ')})`}: it was left out, or had to make room for later ones; run the command again if you need it`,
  );
}

function partWords({ first, last, next }: OutputPart, total: number): string {
  if (total === 0) return 'nothing so far';
  const on = next ? `; goes on at {"from": ${next.from}${next.column > 1 ? `, "column": ${next.column}` : ''}}` : '';
  return `lines ${first} to ${last} of ${total}${on}`;
}

/** What was read, and how the command stands. */
function result(output: CommandOutput, outputs: RunOutputs, text: string, words: readonly string[]): Performed {
  const { number, recorder, contentOf } = output;
  const [, ...further] = output.ended() ?? [];
  const head = `[output ${number}: ${[stateWords(output, outputs.now()), ...words].join('; ')}]`;
  return {
    ok: true,
    text: [text.replace(/\n$/, ''), head, ...further].filter((line) => line !== '').join('\n'),
    masked: (text.match(A_MASK) ?? []).length,
    facts: { output: number, characters: text.length, goesOn: output.ended() === undefined },
    contentOf: recorder.bytes === 0 ? [] : [...contentOf],
  };
}
