import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { turnsOf } from '../../src/core/audit/tree.ts';
import { treeState } from '../support/treeState.ts';
import { workbench } from '../support/workbench.ts';

const OLD = 1500;

test('an action that changed more paths than a record has room for can be reverted alone', async () => {
  const bench = await workbench({ userPolicy: 'sandbox: false\n' });
  mkdirSync(join(bench.folder, 'old'));
  for (let at = 0; at < OLD; at += 1) writeFileSync(join(bench.folder, 'old', `${at}.txt`), `${at}\n`);
  const before = treeState(bench.folder);
  const command = `mkdir new; for n in $(seq ${OLD}); do echo $n > new/a-file-with-a-longer-name-$n.txt; done; rm -r old`;
  const events = await bench.run([{ calls: [{ name: 'run_command', args: { command } }] }]);
  const [action] = turnsOf(events).flatMap(({ actions }) => actions);
  expect(action).toMatchObject({ canRevert: true, changed: { isWhole: false } });
  const run = bench.engine.view().run?.id ?? '';
  expect(await bench.engine.revert({ run, action: action?.id ?? '' })).toMatchObject({
    status: 'done',
    text: 'Reverted.',
  });
  expect(treeState(bench.folder)).toEqual(before);
}, 180_000);
