import { createInterface } from 'node:readline';
import * as z from 'zod';
import { Engine } from '../compose.ts';
import type { Trial } from '../core/lab/tryCall.ts';
import { decidingParts, type DecidingOptions } from '../node/lab/decidingParts.ts';
import { visibleLine } from '../shared/visible.ts';
import { jsonLine } from '../terminal/jsonLine.ts';

const MAX_LINE = 8 * 1024 * 1024;
const LineSchema = z.object({ tool: z.string(), arguments: z.record(z.string(), z.unknown()).default({}) });

/**
 * `oversign decide`: one tool call a line in, one decision a line out, in order, and no effect. A line that is no call
 * is answered with a denial. Exit code 1 if the policy is invalid (then every call is denied), else 0.
 */
export async function decide(options: DecidingOptions): Promise<number> {
  const parts = await decidingParts(options);
  const engine = new Engine(parts);
  const lines = createInterface({ input: process.stdin, terminal: false, crlfDelay: Infinity });
  process.stdout.on('error', (error: Error & { code?: string }) => {
    if (error.code === 'EPIPE') process.exit(0); // nobody reads any further
    throw error;
  });
  let code = 0;
  for await (const line of lines) {
    const answer = await answerTo(line, engine);
    if (answer.rule === 'policy-invalid') code = 1;
    if (!process.stdout.write(`${jsonLine(answer)}\n`)) await new Promise((done) => process.stdout.once('drain', done));
  }
  return code;
}

interface Answer {
  decision: string;
  rule: string;
  reason: string;
  layer: string;
  file?: string;
  line?: number;
}

async function answerTo(line: string, engine: Engine): Promise<Answer> {
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
  try {
    const call = { name: parsed.data.tool, arguments: JSON.stringify(parsed.data.arguments) };
    return written(await engine.tryCall(call));
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
