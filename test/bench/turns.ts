import { join } from 'node:path';
import { composeEngine } from '../../src/compose.ts';
import type { Model, ModelEvent } from '../../src/core/models/port.ts';
import { partsUnder } from '../support/partsUnder.ts';
import { plant } from '../support/tree.ts';

/** Each turn is a reply and a result. */
const TURNS = Number(process.env['TURNS'] ?? 500);
const PAIRS = 60;

/** A run that stands still before each reply of its model until it is told to take a turn. */
interface Turning {
  /** Milliseconds of our own: from a reply's end to the next request, with one file read. */
  turn(): Promise<number>;
  messages(): number;
  close(): Promise<void>;
}

/** What a turn costs of our own at 1,000 messages, beside the same at few: in turn, so that both meet the same machine. */
export async function benchTurns(base: string): Promise<void> {
  const long = await turning(join(base, 'long'));
  for (let turn = 0; turn < TURNS; turn += 1) await long.turn();
  const short = await turning(join(base, 'short'));
  const [ratios, times]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const [atFew, atMany] = [await short.turn(), await long.turn()];
    if (pair < 5) continue; // warm-up
    ratios.push(atMany / atFew);
    times.push(atMany);
  }
  console.log(
    `a turn of our own at ${long.messages()} messages / at ${short.messages()}: ${median(ratios).toFixed(2)} x (${median(times).toFixed(2)} ms)`,
  );
  await long.close();
  await short.close();
}

async function turning(base: string): Promise<Turning> {
  const folder = join(base, 'work');
  await plant(folder, { 'a.txt': 'some text\n'.repeat(200) });
  await plant(join(base, 'config', 'oversign'), { 'policy.yaml': 'max_iterations: 1000\ntimeout: 3600\n' });
  const node = await partsUnder(base, { folders: [folder] });
  const engine = composeEngine(node.parts);
  let arrived = Promise.withResolvers<number>();
  let released = Promise.withResolvers<'turn' | 'done'>();
  let [turns, messages, ended] = [0, 0, 0];
  const model: Model = {
    ...{ provider: 'demo', label: 'scripted', destination: 'nowhere', isScripted: true },
    async *stream(request): AsyncIterable<ModelEvent> {
      messages = request.messages.length;
      arrived.resolve(performance.now());
      const next = await released.promise;
      turns += 1;
      const args = JSON.stringify({ path: 'a.txt', start_line: 1 + (turns % 150), end_line: 20 + (turns % 150) });
      if (next === 'turn') yield { type: 'call', call: { id: `c${turns}`, name: 'read_file', arguments: args } };
      else yield { type: 'text', text: 'done' };
      yield { type: 'end', end: { why: 'finished' } };
      ended = performance.now();
    },
  };
  const running = engine.send('read', model);
  await arrived.promise;
  const release = (next: 'turn' | 'done'): void => {
    const { resolve } = released;
    [arrived, released] = [Promise.withResolvers(), Promise.withResolvers()];
    resolve(next);
  };
  return {
    async turn() {
      release('turn');
      return (await arrived.promise) - ended;
    },
    messages: () => messages,
    async close() {
      release('done');
      await running;
      await node.sandbox.close();
      await node.evidence[Symbol.asyncDispose]();
    },
  };
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
