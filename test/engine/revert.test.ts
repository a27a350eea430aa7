import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { turnsOf, type ActionNode } from '../../src/core/audit/tree.ts';
import type { CallResult } from '../../src/core/tools/callRun.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import type { Approval } from '../../src/shared/approval.ts';
import { BlobCheckpoints } from '../../src/node/checkpoint/blobCheckpoints.ts';
import { SCAN_LIMITS } from '../../src/node/checkpoint/tree/scan.ts';
import { scripted, workbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

const FILES = { 'a.txt': 'one\n', 'b.txt': 'two\n', 'd/c.txt': 'three\n', 'd/e/f.txt': 'four\n' };
type Call = { name: string; args: Record<string, string> };

interface Scene {
  bench: Workbench;
  run: string;
  actions: ActionNode[];
  revert: (of: { run: string; action: string }) => Promise<CallResult>;
}

async function after(calls: Call[], options: WorkbenchOptions = {}): Promise<Scene> {
  const bench = await workbench({ ...options, files: { ...FILES, ...options.files } });
  const events = await bench.run([{ calls }]);
  const run = bench.engine.view().run?.id ?? '';
  return { bench, run, actions: actionsOf(events), revert: (of) => bench.engine.revert(of) };
}

function actionsOf(events: readonly AuditRecord[]): ActionNode[] {
  return turnsOf(events).flatMap(({ actions }) => actions);
}

function at({ bench }: Scene, name: string): string | undefined {
  const path = join(bench.folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** The words of a card, a line for each block. */
function cardText(approval: Approval | undefined): string {
  const blocks = approval?.card.blocks ?? [];
  const words = blocks.map((block) => (block.kind === 'sentence' ? block.words : []));
  return words
    .map((all) => all.map((one) => (typeof one === 'object' && 'exact' in one ? one.exact : one)).join(''))
    .join('\n');
}

const NEW_FILE = { name: 'write_file', args: { path: 'new.txt', content: 'x' } };
const OVERWRITE = { name: 'write_file', args: { path: 'a.txt', content: 'x' } };
const EDIT = { name: 'edit_file', args: { path: 'b.txt', old_text: 'two', new_text: '2' } };
const FOLDER_DELETED = { name: 'delete_path', args: { path: 'd' } };
const CHANGES: [what: string, call: Call, path: string, changed: string | undefined, before: string | undefined][] = [
  ['a new file', NEW_FILE, 'new.txt', 'x', undefined],
  ['an overwrite', OVERWRITE, 'a.txt', 'x', 'one\n'],
  ['an edit', EDIT, 'b.txt', '2\n', 'two\n'],
  ['a deletion', { name: 'delete_path', args: { path: 'a.txt' } }, 'a.txt', undefined, 'one\n'],
  ['a folder deleted', FOLDER_DELETED, 'd/e/f.txt', undefined, 'four\n'],
  ['a move', { name: 'move_path', args: { from: 'a.txt', to: 'n/a.txt' } }, 'a.txt', undefined, 'one\n'],
  ['a move onto a file', { name: 'move_path', args: { from: 'a.txt', to: 'b.txt' } }, 'b.txt', 'one\n', 'two\n'],
];

test.each(CHANGES)(
  '%s is reverted as an action of its own: asked, kept, recorded, and to be reverted itself',
  async (_what, call, path, changed, before) => {
    const scene = await after([call]);
    const { bench, run, actions, revert } = scene;
    const [action] = actions;
    expect(action?.canRevert).toBe(true);
    expect(at(scene, path)).toBe(changed);
    const asked = bench.asked.length;
    expect(await revert({ run, action: action?.id ?? '' })).toMatchObject({ status: 'done' });
    expect(at(scene, path)).toBe(before);
    for (const [name, text] of Object.entries(FILES)) expect(at(scene, name)).toBe(text);
    expect(bench.asked.slice(asked).map(({ title }) => title)).toEqual([`Revert: ${action?.title ?? ''}`]);
    const [own] = await bench.node.audit.runs(1);
    expect(own).toMatchObject({ state: 'finished', task: `Revert: ${action?.title ?? ''}` });
    const events = await bench.node.audit.events(own?.run ?? '');
    expect(events.map(({ type }) => type)).toEqual([
      ...['run_started', 'proposed', 'decided', 'asked', 'answered', 'checkpoint', 'started', 'changed', 'finished'],
      'run_finished',
    ]);
    // Undo of the undo.
    const [reverted] = actionsOf(events);
    expect(await revert({ run: own?.run ?? '', action: reverted?.id ?? '' })).toMatchObject({ status: 'done' });
    expect(at(scene, path)).toBe(changed);
  },
);

test('what a person says no to is not reverted; what a policy denies is not, whoever clicks', async () => {
  let choice: 'approve' | 'deny' = 'approve';
  const scene = await after([OVERWRITE], { answer: () => ({ choice }) });
  const of = { run: scene.run, action: scene.actions[0]?.id ?? '' };
  choice = 'deny';
  expect(await scene.revert(of)).toMatchObject({ status: 'denied' });
  expect(at(scene, 'a.txt')).toBe('x');
  choice = 'approve';
  const file = join(scene.bench.config, 'policy.yaml');
  mkdirSync(scene.bench.config, { recursive: true });
  writeFileSync(file, 'tools: {file_system: {denied_paths: [a.txt]}}\n');
  const denied = await scene.revert(of);
  expect(denied).toMatchObject({ status: 'denied' });
  expect(at(scene, 'a.txt')).toBe('x');
  rmSync(file);
  expect(await scene.revert(of)).toMatchObject({ status: 'done' }); // the control
});

test('what a person changed since is said before it is replaced, and is kept', async () => {
  const scene = await after([OVERWRITE, NEW_FILE]);
  for (const { id } of scene.actions) {
    const path = id === scene.actions[0]?.id ? 'a.txt' : 'new.txt';
    writeFileSync(join(scene.bench.folder, path), 'a person’s\n');
    expect(await scene.revert({ run: scene.run, action: id })).toMatchObject({ status: 'done' });
    expect(cardText(scene.bench.asked.at(-1))).toContain(`${path} was changed since`);
    const [own] = await scene.bench.node.audit.runs(1);
    const [reverted] = actionsOf(await scene.bench.node.audit.events(own?.run ?? ''));
    await scene.revert({ run: own?.run ?? '', action: reverted?.id ?? '' });
    expect(at(scene, path)).toBe('a person’s\n');
  }
});

test('a deleted folder comes back with its links, its empty folders and its permissions', async () => {
  const scene = await after([{ name: 'delete_path', args: { path: 's' } }], {
    files: { 's/run.sh': 'true\n' },
    change: ({ parts }) => {
      const [folder] = parts.roots;
      chmodSync(join(folder ?? '', 's/run.sh'), 0o755);
      symlinkSync('run.sh', join(folder ?? '', 's/link'));
      mkdirSync(join(folder ?? '', 's/empty'));
    },
  });
  await scene.revert({ run: scene.run, action: scene.actions[0]?.id ?? '' });
  const shown = cardText(scene.bench.asked.at(-1));
  expect(shown).not.toContain('Does not come back');
  for (const words of ['Makes the link s/link again', 'Makes the folder s/empty again', 'Puts back s/run.sh'])
    expect(shown).toContain(words);
  const [link, file] = [join(scene.bench.folder, 's/link'), join(scene.bench.folder, 's/run.sh')];
  expect([readlinkSync(link), statSync(file).mode & 0o777]).toEqual(['run.sh', 0o755]);
});

test('what does not come back is said beforehand', async () => {
  const scene = await after([FOLDER_DELETED, OVERWRITE]);
  for (const name of readdirSync(join(scene.bench.data, 'checkpoints', scene.run)))
    if (name.startsWith(scene.actions[0]?.id ?? ' ')) rmSync(join(scene.bench.data, 'checkpoints', scene.run, name));
  expect(await scene.bench.engine.revertRun(scene.run)).toMatchObject({ status: 'done' });
  expect(cardText(scene.bench.asked.at(-1))).toContain('Does not come back');
  expect(at(scene, 'a.txt')).toBe('one\n');
});

test('no plan without knowledge: what nobody looked at, what is not kept any more, what stands already', async () => {
  const calls = [{ name: 'run_command', args: { command: 'echo x | tee a.txt' } }, EDIT, FOLDER_DELETED];
  const scene = await after(calls, {
    change: ({ parts, folders }) => {
      const limits = { ...SCAN_LIMITS, entries: 3 };
      parts.checkpoints = new BlobCheckpoints(folders.data, undefined, { limits });
    },
  });
  const [command, edit, deletion] = scene.actions.map(({ id }) => ({ run: scene.run, action: id }));
  if (!command || !edit || !deletion) throw new Error('three actions');
  expect(scene.bench.asked[0]).toMatchObject({ undoState: 'none' });
  expect(scene.actions.map(({ canRevert }) => canRevert)).toEqual([false, true, true]);
  expect((await scene.revert(command)).text).toContain('what a command changed is not known');
  await scene.revert(edit);
  expect((await scene.revert(edit)).text).toContain('stands as it did before');
  rmSync(join(scene.bench.data, 'checkpoints'), { recursive: true });
  expect((await scene.revert(deletion)).text).toContain('is not kept');
  await expect(scene.revert({ run: scene.run, action: 'none' })).rejects.toThrow('not in the log');
});

test('a link that somebody put where a folder was is replaced, and nothing is written where it leads', async () => {
  const scene = await after([FOLDER_DELETED]);
  mkdirSync(join(scene.bench.folder, 'elsewhere'));
  symlinkSync('elsewhere', join(scene.bench.folder, 'd'));
  expect(await scene.revert({ run: scene.run, action: scene.actions[0]?.id ?? '' })).toMatchObject({ status: 'done' });
  expect(cardText(scene.bench.asked.at(-1))).toContain('d was changed since');
  expect(readdirSync(join(scene.bench.folder, 'elsewhere'))).toEqual([]);
  expect(at(scene, 'd/c.txt')).toBe('three\n');
});

test('a link on the way to what was changed: nothing is reverted through it', async () => {
  const scene = await after([{ name: 'write_file', args: { path: 'd/c.txt', content: 'x' } }]);
  mkdirSync(join(scene.bench.folder, 'elsewhere'));
  rmSync(join(scene.bench.folder, 'd'), { recursive: true });
  symlinkSync('elsewhere', join(scene.bench.folder, 'd'));
  const { text } = await scene.revert({ run: scene.run, action: scene.actions[0]?.id ?? '' });
  expect(text).toContain('leads to another place');
  expect(readdirSync(join(scene.bench.folder, 'elsewhere'))).toEqual([]);
});

test('nothing is reverted while a run is active, and no run begins meanwhile', async () => {
  const scene = await after([OVERWRITE]);
  const of = { run: scene.run, action: scene.actions[0]?.id ?? '' };
  let during: unknown;
  scene.bench.engine.newRun();
  await scene.bench.engine.send(
    'go on',
    scripted(async () => {
      during = await scene.revert(of).catch((error: unknown) => error);
      return {};
    }),
  );
  expect(String(during)).toContain('A run is active');
  expect(at(scene, 'a.txt')).toBe('x');
  // The control.
  expect(await scene.revert(of)).toMatchObject({ status: 'done' });
});

test('a stop takes the question of a revert back', async () => {
  let isOpen = false;
  const scene = await after([OVERWRITE], {
    answer: ({ title }) => {
      if (!title.startsWith('Revert')) return { choice: 'approve' };
      isOpen = true;
      return undefined;
    },
  });
  const reverting = scene.revert({ run: scene.run, action: scene.actions[0]?.id ?? '' });
  await expect.poll(() => isOpen, { timeout: 90_000 }).toBe(true);
  expect(scene.bench.engine.isWorking).toBe(true);
  await scene.bench.engine.stop('You stopped it.');
  expect(await reverting).toMatchObject({ status: 'cancelled' });
  expect(scene.bench.engine.isWorking).toBe(false);
  expect(at(scene, 'a.txt')).toBe('x');
});
