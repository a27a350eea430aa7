import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeEngine } from '../../src/compose.ts';
import type { Model, ModelEvent } from '../../src/core/models/port.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { approving } from './cards.ts';
import { Random } from './logWorldRandom.ts';
import { partsUnder } from './partsUnder.ts';
import { undoCall } from './undoCalls.ts';
import { undoGitCall } from './undoGitCalls.ts';

/** `undoChild.ts BASE SEED CALLS KIND`: a run of so many random calls in BASE/work, for whoever kills it meanwhile (undoTable.ts). */
const [base = '', seed = '1', calls = '5', kind = 'files'] = process.argv.slice(2);
const random = new Random(Number(seed));
const node = await partsUnder(base, { folders: [join(base, 'work')] });
const engine = composeEngine(node.parts);
engine.onChange(() => {
  for (const approval of engine.view().approvals)
    queueMicrotask(() => engine.answer(approval.id, approval.digest, approving(approval), IN_EDITOR));
});
let turn = 0;
const model: Model = {
  provider: 'demo',
  label: 'random',
  destination: 'nowhere',
  async *stream(): AsyncIterable<ModelEvent> {
    await Promise.resolve();
    turn += 1;
    if (turn <= Number(calls)) {
      const { name, args } = (kind === 'git' ? undoGitCall : undoCall)(random);
      yield { type: 'call', call: { id: `c${turn}`, name, arguments: JSON.stringify(args) } };
    } else yield { type: 'text', text: 'done' };
    yield { type: 'end', end: { why: 'finished' } };
  },
};
writeFileSync(join(base, 'ready'), '');
await engine.send('change files', model);
await node.sandbox.close();
await node.outputs.close();
await node.evidence[Symbol.asyncDispose]();
process.exit(0);
