import { existsSync, renameSync } from 'node:fs';
import { expect, test } from 'vitest';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { movedWorld, type Opened } from '../support/movedWorld.ts';
import { scripted } from '../support/workbench.ts';

const WRITES = [{ calls: [{ name: 'write_file', args: { path: 'new.txt', content: 'new\n' } }] }];

/** A run at work, whose question waits. */
async function waitingIn({ engine, asked }: Opened): Promise<{ run: string; working: Promise<void> }> {
  const working = engine.send('write it', scripted(WRITES));
  await expect.poll(() => asked.length, { timeout: 90_000 }).toBe(1);
  return { run: engine.view().run?.id ?? '', working };
}

test('a run is let go of to a window that has lost a folder of it only once that is agreed to, and goes on there', async () => {
  const { at, open } = await movedWorld({ 'one/a.txt': 'a\n', 'two/b.txt': 'b\n' });
  const first = await open([at('one'), at('two')], { answers: false });
  const { run, working } = await waitingIn(first);
  renameSync(at('two'), at('elsewhere'));

  const second = await open([at('one')]);
  await expect(second.engine.takeOver(run, scripted([]))).rejects.toThrow('It does not go on unasked.');
  expect(first.engine.view()).toMatchObject({ run: { state: 'waiting' }, approvals: [{ id: first.asked[0]?.id }] });

  const { key, words } = await second.engine.binding(run);
  expect(words).toContain(`It goes on without ${at('two')}, which is not there any more.`);
  await second.engine.takeOver(run, scripted([]), { folders: { key, from: IN_EDITOR } });
  await working;
  expect(second.engine.view().run).toMatchObject({ id: run, state: 'finished' });
  expect(second.asked).toHaveLength(1); // the question that waited is asked here
  expect(existsSync(at('one/new.txt'))).toBe(true);
  const types = (await second.node.audit.events(run)).map(({ type }) => type);
  expect(types.filter((type) => type === 'folders_bound')).toHaveLength(1);
});

test('a run is not let go of to folders that are more than its own; control: its own', async () => {
  const { at, open } = await movedWorld({ 'one/a.txt': 'a\n', 'two/b.txt': 'b\n' });
  const first = await open([at('one')], { answers: false });
  const { run, working } = await waitingIn(first);
  const wider = await open([at('one'), at('two')]);
  await expect(wider.engine.takeOver(run, scripted([]))).rejects.toThrow('This run has other folders than are open');
  expect(first.engine.view().run).toMatchObject({ state: 'waiting' });
  const own = await open([at('one')]);
  await own.engine.takeOver(run, scripted([]));
  await working;
  expect(own.engine.view().run).toMatchObject({ id: run, state: 'finished' });
  expect(existsSync(at('one/new.txt'))).toBe(true);
});
