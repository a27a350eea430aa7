import * as z from 'zod';
import { composeEngine } from '../compose.ts';
import type { Engine } from '../core/engine/engine.ts';
import type { Trial } from '../core/lab/tryCall.ts';
import { decidingParts, type DecidingOptions } from '../node/lab/decidingParts.ts';
import type { Way } from '../shared/wayWords.ts';
import { visibleLine } from '../shared/visible.ts';
import { jsonLine } from '../terminal/jsonLine.ts';

const MAX_LINE = 8 * 1024 * 1024;
const STOPPED = 3;
const LineSchema = z.object({ tool: z.string(), arguments: z.unknown().optional() });

/**
 * `oversign decide`: one tool call a line in, one decision a line out, in order, and no effect. A line that is no call
 * is answered with a denial. Exit code 1 if the policy is invalid (then every call is denied), 3 if it was stopped (then
 * the call at hand is denied), else 0.
 */
export async function decide(options: DecidingOptions & { way?: Way | undefined }): Promise<number> {
  const parts = await decidingParts(options);
  const engine = composeEngine(parts);
  process.stdout.on('error', (error: Error & { code?: string }) => {
    if (error.code === 'EPIPE') process.exit(0); // nobody reads any further
    throw error;
  });
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort('stopped');
    process.stdin.destroy();
  };
  // Once: who asks again means it.
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  let code = 0;
  try {
    for await (const line of linesOf(process.stdin)) {
      const answer = await answerTo(line, { engine, way: options.way }, stop.signal);
      if (answer.rule === 'policy-invalid') code = 1;
      if (!process.stdout.write(`${jsonLine(answer)}\n`))
        await new Promise((done) => process.stdout.once('drain', done));
      if (stop.signal.aborted) break;
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error; // the input was closed by `interrupt`
  }
  return stop.signal.aborted ? STOPPED : code;
}

interface Answer {
  decision: string;
  rule: string;
  reason: string;
  layer: string;
  file?: string;
  line?: number;
}

async function answerTo(
  line: string,
  { engine, way }: { engine: Engine; way: Way | undefined },
  signal: AbortSignal,
): Promise<Answer> {
  const deny = (rule: string, reason: string): Answer => ({ decision: 'deny', rule, reason, layer: 'built-in' });
  if (line.length > MAX_LINE) return deny('bad-line', 'the line is too long');
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return deny('bad-line', 'the line is not valid JSON');
  }
  const parsed = LineSchema.safeParse(value);
  if (!parsed.success)
    return deny(
      'bad-line',
      `the line is no tool call: ${z.prettifyError(parsed.error).replaceAll('\n', ' ').slice(0, 500)}`,
    );
  // As it stands, `__proto__` and all: what a run would refuse is refused here.
  const { tool, arguments: args = {} } = parsed.data;
  if (typeof args !== 'object' || args === null || Array.isArray(args))
    return deny('bad-line', 'the line is no tool call: its arguments are no object');
  try {
    const call = { name: tool, arguments: JSON.stringify(args) };
    return written(await engine.tryCall(call, { way }, signal));
  } catch (error) {
    // Broken denies, whatever it is that broke.
    const isPolicy = error instanceof Error && error.name === 'PolicyInvalid';
    return deny(isPolicy ? 'policy-invalid' : 'error', error instanceof Error ? error.message : String(error));
  }
}

function written({ decision }: Trial): Answer {
  const { verdict, rule, reason, origin } = decision;
  return {
    decision: verdict,
    rule,
    reason: visibleLine(reason),
    layer: origin.layer,
    ...(origin.file !== undefined && { file: origin.file }),
    ...(origin.line !== undefined && { line: origin.line }),
  };
}

/** Lines end with a line feed and with nothing else, as JSON Lines have it; one that is too long comes cut. */
async function* linesOf(input: AsyncIterable<Buffer | string>): AsyncIterable<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of input) {
    const parts = (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })).split('\n');
    const first = parts.shift() ?? '';
    if (rest.length <= MAX_LINE) rest += first;
    while (parts.length > 0) {
      yield rest.replace(/\r$/, '');
      rest = parts.shift() ?? '';
    }
  }
  if (rest !== '') yield rest.replace(/\r$/, '');
}
