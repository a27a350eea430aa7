import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { partsUnder } from '../support/partsUnder.ts';
import { scripted, type Turn } from '../support/workbench.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

/** What came of calls, one a turn, in an engine over some folders; everything is approved. */
async function resultsIn(folders: string[], calls: NonNullable<Turn['calls']>): Promise<string[]> {
  const base = await temporaryFolder();
  for (const name of ['data', 'config', 'home']) mkdirSync(join(base, name));
  const node = await partsUnder(base, { folders });
  const engine = composeEngine(node.parts);
  onTestFinished(async () => {
    await engine.stop('the test ended');
    await node.audit[Symbol.asyncDispose]();
  });
  engine.onChange(() => {
    for (const { id, digest } of engine.view().approvals)
      queueMicrotask(() => engine.answer(id, digest, { choice: 'approve' }, IN_EDITOR));
  });
  let texts: string[] = [];
  engine.newRun();
  await engine.send(
    'do it',
    scripted((request, turn) => {
      texts = request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : []));
      const call = calls[turn];
      return call ? { calls: [call] } : {};
    }),
  );
  return texts;
}

async function twoFolders(names: [string, string] = ['frontend', 'backend']): Promise<[string, string]> {
  const base = await temporaryFolder();
  const [first, second] = [join(base, names[0]), join(base, names[1])];
  await plant(first, { 'src/app.ts': 'front\n' });
  await plant(second, { 'src/app.ts': 'NEEDLE back\n' });
  return [first, second];
}

test('a path that a tool printed is one that every tool takes, and nothing comes to stand elsewhere', async () => {
  const [front, back] = await twoFolders();
  const results = await resultsIn(
    [front, back],
    [
      { name: 'search_files', args: { pattern: 'NEEDLE' } },
      { name: 'read_file', args: { path: 'backend/src/app.ts' } },
      { name: 'edit_file', args: { path: './backend/src/app.ts', old_text: 'NEEDLE', new_text: 'X' } },
      { name: 'write_file', args: { path: 'backend/src/new.ts', content: 'new\n' } },
      { name: 'move_path', args: { from: 'backend/src/new.ts', to: 'frontend/src/moved.ts' } },
      { name: 'list_directory', args: { path: 'backend/' } },
      { name: 'delete_path', args: { path: 'backend/src/app.ts' } },
      { name: 'read_file', args: { path: 'frontend/src/app.ts' } },
      { name: 'read_file', args: { path: 'src/app.ts' } },
      { name: 'run_command', args: { command: 'pwd', folder: 'backend/src' } },
    ],
  );
  expect(results[0]).toBe('backend/src/app.ts:1: NEEDLE back\n[looked in frontend/, backend/]');
  expect(results[1]).toBe('1\tNEEDLE back\n');
  expect(results[2]).toBe('Edited backend/src/app.ts.');
  expect(results[3]).toContain('Wrote backend/src/new.ts');
  expect(results[4]).toBe('Moved backend/src/new.ts to frontend/src/moved.ts.');
  expect(results[5]).toBe('src/\n[looked in backend/, not frontend/]');
  expect(results[7]).toBe('1\tfront\n');
  expect(results[8]).toBe('1\tfront\n');
  expect(results[9]).toContain(`${join(back, 'src')}\n`);
  expect(results[9]).toContain(`[ran in backend/src; elsewhere: ${front}]`);
  expect(readFileSync(join(front, 'src/moved.ts'), 'utf8')).toBe('new\n');
  expect(existsSync(join(back, 'src/app.ts'))).toBe(false);
  for (const wrong of ['backend', 'frontend']) expect(existsSync(join(front, wrong))).toBe(false);
});

test('what is looked for everywhere is looked for in every folder, and the answer says in which', async () => {
  const [front, back] = await twoFolders();
  const results = await resultsIn(
    [front, back],
    [
      { name: 'list_directory', args: {} },
      { name: 'find_files', args: { pattern: '**/*.ts' } },
      { name: 'find_files', args: { pattern: 'backend/**/*.ts' } },
      { name: 'search_files', args: { pattern: 'front', path: 'frontend' } },
    ],
  );
  const all = '\n[looked in frontend/, backend/]';
  expect(results[0]).toBe(`frontend/:\nsrc/\n\nbackend/:\nsrc/${all}`);
  expect(results[1]).toBe(`backend/src/app.ts\nfrontend/src/app.ts${all}`);
  expect(results[2]).toBe(`backend/src/app.ts${all}`);
  expect(results[3]).toBe('frontend/src/app.ts:1: front\n[looked in frontend/, not backend/]');
});

test('two folders of one name: each is called by its place, and their name alone is refused', async () => {
  const [first, second] = await twoFolders(['one/app', 'two/app']);
  const results = await resultsIn(
    [first, second],
    [
      { name: 'write_file', args: { path: 'app/new.ts', content: 'new\n' } },
      { name: 'search_files', args: { pattern: 'NEEDLE' } },
      { name: 'read_file', args: { path: join(second, 'src/app.ts') } },
      { name: 'read_file', args: { path: 'app (two)/src/app.ts' } },
      { name: 'run_command', args: { command: 'pwd', folder: 'app (two)/src' } },
    ],
  );
  expect(results[0]).toContain('say which one, app (one)/new.ts or app (two)/new.ts');
  expect(existsSync(join(first, 'app'))).toBe(false);
  expect(results[1]).toContain('app (two)/src/app.ts:1: NEEDLE');
  expect(results[2]).toBe('1\tNEEDLE back\n');
  expect(results[3]).toBe('1\tNEEDLE back\n');
  expect(results[4]).toContain(`${join(second, 'src')}\n`);
});

test('control: in one folder a path starts there, whatever the folder is called', async () => {
  const base = await temporaryFolder();
  const folder = join(base, 'app');
  await plant(folder, { 'app/inner.ts': 'inner\n' });
  const results = await resultsIn(
    [folder],
    [
      { name: 'read_file', args: { path: 'app/inner.ts' } },
      { name: 'list_directory', args: {} },
    ],
  );
  expect(results).toEqual(['1\tinner\n', 'app/']);
});
