import { createReadStream, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { composeEngine } from '../compose.ts';
import type { Engine } from '../core/engine/engine.ts';
import { faultOf } from '../core/outcome.ts';
import { decidingParts, type DecidingOptions } from '../node/lab/decidingParts.ts';
import type { Way } from '../shared/wayWords.ts';
import { visibleLine } from '../shared/visible.ts';
import type { Answer } from './answer.ts';
import { jsonObject } from './jsonObject.ts';
import { progressBytes } from '../terminal/progressLine.ts';
import { Expected } from './expected.ts';
import { exitCode, type ExitName } from './exitCodes.ts';
import { errorWords, refuse } from './faults.ts';
import { linesOf, type Line } from './lines.ts';
import { toolCall, type ToolLine } from './toolCall.ts';

export interface DecideOptions extends DecidingOptions {
  way?: Way | undefined;
  /** A file of calls with the decision that each must get, instead of standard input. */
  expect: string | undefined;
  json: boolean;
}

/**
 * `oversign decide`: one tool call a line in, one decision a line out, in order, and no effect. A line that is no call
 * is answered with a denial, as every call is where the policy is not valid; the exit code says that there was one.
 */
export async function decide(options: DecideOptions): Promise<number> {
  const input = options.expect === undefined ? process.stdin : fileOf(options.expect);
  if (typeof input === 'string') return refuse('usage', input);
  const engine = composeEngine(await decidingParts(options));
  process.stdout.on('error', (error: Error & { code?: string }) => {
    if (error.code === 'EPIPE') process.exit(0); // nobody reads any further
    throw error;
  });
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort('stopped');
    input.destroy();
  };
  // Once: who asks again means it.
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const progress = progressBytes(process.stderr, 'deciding');
  const expected = options.expect === undefined ? undefined : new Expected(options.json);
  let exit: ExitName = 'done';
  try {
    for await (const line of linesOf(input)) {
      const { answer, call, is } = await answerTo(line, { engine, way: options.way }, stop.signal);
      if (exit === 'done' || is === 'policy') exit = is;
      const said = expected ? expected.compare(answer, call) : jsonObject('decision', answer);
      if (said !== undefined && !process.stdout.write(`${said}\n`))
        await new Promise((done) => process.stdout.once('drain', done));
      progress.show(line.end);
      if (stop.signal.aborted) break;
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error; // the input was closed by `interrupt`
  } finally {
    progress.end();
  }
  if (stop.signal.aborted) return exitCode('stopped');
  if (!expected) return exitCode(exit);
  const isMet = expected.end();
  return exitCode(exit === 'done' && !isMet ? 'failed' : exit);
}

interface Answered {
  answer: Answer;
  call: ToolLine | undefined;
  /** What the line does to the exit code. */
  is: 'done' | 'line' | 'policy';
}

async function answerTo(
  { text, number }: Line,
  { engine, way }: { engine: Engine; way: Way | undefined },
  signal: AbortSignal,
): Promise<Answered> {
  const read = toolCall(text);
  const named = { number, ...(read.id !== undefined && { id: read.id }) };
  const deny = (rule: string, reason: string): Answer => ({
    ...named,
    ...{ decision: 'deny', rule, reason, layer: 'built-in' },
  });
  if (!read.ok) return { answer: deny('bad-line', read.problem), call: undefined, is: 'line' };
  try {
    const { decision } = await engine.tryCall(read.call, { way }, signal);
    const { verdict, rule, reason, origin } = decision;
    const { layer, file, line } = origin;
    const where = { ...(file !== undefined && { file }), ...(line !== undefined && { line }) };
    const answer = { ...named, decision: verdict, rule, reason: visibleLine(reason), layer, ...where };
    return { answer, call: read, is: 'done' };
  } catch (error) {
    // Broken denies, whatever it is that broke.
    const isPolicy = faultOf(error) === 'policy';
    const answer = deny(isPolicy ? 'policy-invalid' : 'error', errorWords(error));
    return { answer, call: read, is: isPolicy ? 'policy' : 'done' };
  }
}

/** A file to be read as it stands, or why it cannot be. */
function fileOf(named: string): Readable | string {
  const info = statSync(resolve(named), { throwIfNoEntry: false });
  if (!info) return `--expect: ${named} is not there`;
  if (info.isDirectory()) return `--expect: ${named} is a folder`;
  return createReadStream(resolve(named));
}
