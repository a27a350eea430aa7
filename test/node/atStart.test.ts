import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { interruptedAtStart } from '../../src/extension/atStart.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { partsUnder } from '../support/partsUnder.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { scripted } from '../support/workbench.ts';

const WRITES = { calls: [{ name: 'write_file', args: { path: 'b.txt', content: 'b\n' } }] };

test('a start of the editor mentions what was interrupted here, and nothing else; it makes no log', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'work/a.txt': 'a\n', 'other/a.txt': 'a\n', 'home/.keep': '' });
  const [work, other] = [join(base, 'work'), join(base, 'other')];
  symlinkSync(work, join(base, 'linked'));
  const environment = { XDG_DATA_HOME: join(base, 'data'), XDG_CONFIG_HOME: join(base, 'config') };
  const said = (...folders: string[]): string | undefined => interruptedAtStart(folders, environment);

  expect(said(work)).toBeUndefined();
  expect(existsSync(join(base, 'data'))).toBe(false);

  const node = await partsUnder(base, { folders: [work] });
  await using _evidence = node.evidence;
  const engine = composeEngine(node.parts);
  const run = engine.send('write it', scripted([WRITES]));
  await expect.poll(() => engine.view().approvals.length, { timeout: 90_000 }).toBe(1);
  // It is at work: the process that holds it lives.
  expect(said(work)).toBeUndefined();
  await engine.interrupt('The window was closed or reloaded.');
  await run;
  expect(said(work)).toBe('Oversign: a run of this folder was interrupted: write it.');
  expect(said(join(base, 'linked'))).toBe(said(work));
  expect(said(other)).toBeUndefined();
  expect(said(join(base, 'gone'))).toBeUndefined();
  expect(said()).toBeUndefined();

  const id = engine.view().run?.id ?? '';
  await engine.dismiss(id, IN_EDITOR);
  expect(said(work)).toBeUndefined();
}, 180_000);

test('a log that cannot be read is no reason to wait or to change it', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'work/a.txt': 'a\n' });
  mkdirSync(join(base, 'data', 'oversign'), { recursive: true });
  const file = join(base, 'data', 'oversign', 'audit.db');
  for (const broken of ['no database', '']) {
    writeFileSync(file, broken);
    expect(() => interruptedAtStart([join(base, 'work')], { XDG_DATA_HOME: join(base, 'data') })).toThrow();
  }
});
