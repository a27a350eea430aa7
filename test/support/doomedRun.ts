/**
 * A process that runs an engine and is killed with -9 at a moment of the parent's choice: `checkpoint` (approved, not
 * yet done), `effect` (right after the effect), or `never` (it writes files until it is killed from outside).
 * Arguments: base folder, moment.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Engine } from '../../src/compose.ts';
import type { Model, ModelEvent } from '../../src/core/models/port.ts';
import { nodeParts } from '../../src/node/engineParts.ts';

const [base = '', moment = ''] = process.argv.slice(2);
const node = await nodeParts({
  folders: [join(base, 'work')],
  environment: { PATH: process.env['PATH'], XDG_DATA_HOME: join(base, 'data'), XDG_CONFIG_HOME: join(base, 'config') },
  version: 'test',
  editor: { isUnsaved: () => false },
  home: join(base, 'home'),
});
const die = (): never => {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('still alive');
};
const { checkpoints } = node.parts;
const files = node.parts.files.bind(node.parts);
if (moment === 'checkpoint')
  node.parts.checkpoints = { canKeep: (paths) => checkpoints.canKeep(paths), keep: () => Promise.resolve(die()) };
if (moment === 'effect')
  node.parts.files = (scope) => {
    const real = files(scope);
    const write = real.write.bind(real);
    real.write = async (...args) => {
      await write(...args);
      die();
    };
    return real;
  };

let turn = 0;
const model: Model = {
  provider: 'demo',
  label: 'doomed',
  destination: 'nowhere',
  async *stream(): AsyncIterable<ModelEvent> {
    await Promise.resolve();
    turn += 1;
    yield {
      type: 'call',
      call: {
        id: `c${turn}`,
        name: 'write_file',
        arguments: JSON.stringify({ path: `f${turn}.txt`, content: `${turn}\n` }),
      },
    };
  },
};
const engine = new Engine(node.parts);
engine.onChange(() => {
  for (const approval of engine.view().approvals)
    queueMicrotask(() => engine.answer(approval.id, approval.digest, { choice: 'approve' }));
});
writeFileSync(join(base, 'ready'), '');
await engine.send('write files', model);
