/**
 * A process whose data folder is on a small disk of its own that gets full: what happens to an action then, and after
 * space was made. Arguments: base folder, data folder. Prints one line of JSON.
 */
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NO_EDITOR } from '../../src/core/editor/port.ts';
import { composeEngine } from '../../src/compose.ts';
import type { Model, ModelEvent } from '../../src/core/models/port.ts';
import { accountKey } from '../../src/node/audit/keys.ts';
import { placeOf } from '../../src/node/audit/place.ts';
import { verifyDatabase } from '../../src/node/audit/verify/verifyDatabase.ts';
import { nodeParts } from '../../src/node/engineParts.ts';
import { approving } from './cards.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';

const [base = '', data = ''] = process.argv.slice(2);
const node = await nodeParts({
  folders: [join(base, 'work')],
  environment: { PATH: process.env['PATH'], XDG_DATA_HOME: data, XDG_CONFIG_HOME: join(base, 'config') },
  version: 'test',
  editor: NO_EDITOR,
  home: join(base, 'home'),
});

function model(path: string): Model {
  let isFirst = true;
  return {
    provider: 'demo',
    label: 'scripted',
    destination: 'nowhere',
    async *stream(): AsyncIterable<ModelEvent> {
      await Promise.resolve();
      if (isFirst)
        yield {
          type: 'call',
          call: { id: 'c', name: 'write_file', arguments: JSON.stringify({ path, content: 'x' }) },
        };
      else yield { type: 'text', text: 'done' };
      isFirst = false;
      yield { type: 'end', end: { why: 'finished' } };
    },
  };
}

const engine = composeEngine(node.parts);
engine.onChange(() => {
  for (const approval of engine.view().approvals)
    queueMicrotask(() => engine.answer(approval.id, approval.digest, approving(approval), IN_EDITOR));
});

async function attempt(path: string): Promise<{ isThere: boolean; words: string }> {
  engine.newRun();
  const words = await engine.send('write', model(path)).then(
    () => engine.view().run?.reason ?? '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  return { isThere: existsSync(join(base, 'work', path)), words };
}

/** Fills the disk to the last byte. */
function fill(): void {
  for (const size of [1 << 18, 1 << 12, 1])
    for (let number = 0; ; number += 1)
      try {
        writeFileSync(join(data, `filler-${size}-${number}`), Buffer.alloc(size));
        if (size === 1 && number > 5000) return;
      } catch {
        break;
      }
}

const first = await attempt('first.txt');
fill();
const full = await attempt('full.txt');
for (const name of readdirSync(data)) if (name.startsWith('filler')) rmSync(join(data, name));
const after = await attempt('after.txt');
const { file } = node.audit;
const account = { key: accountKey(node.folders.data).publicKey, from: 'local' as const };
const verdict = verifyDatabase(file, { account, testimonies: [], place: placeOf(node.folders.data) }, () => undefined);
console.log(
  JSON.stringify({ first, full, after, ok: verdict.state !== 'broken', problem: verdict.problem, gap: verdict.gap }),
);
process.exit(0);
