import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { turnsOf } from '../../src/core/audit/tree.ts';
import type { Approval } from '../../src/shared/approval.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { besideEditor, EDIT, output, said } from '../support/besideEditor.ts';
import { partsUnder } from '../support/partsUnder.ts';
import { ScriptedEditor } from '../support/scriptedEditor.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { outcomes, scripted } from '../support/workbench.ts';

// What a person has typed and not saved is neither overwritten by the agent, nor does saving it undo what the log calls done.

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function changed(events: readonly AuditRecord[]) {
  return turnsOf(events)
    .flatMap(({ actions }) => actions)
    .flatMap((action) => action.changed?.paths ?? []);
}

test('an edit of an unsaved file is shown on the person’s text, saves that first, and is made by the editor', async () => {
  const bench = await besideEditor();
  bench.editor.type(bench.at, 'one MINE\n'); // as long as what is on the disk
  const events = await bench.run([{ calls: [EDIT] }]);
  expect(bench.asked).toHaveLength(1);
  expect(said(bench.asked[0])).toContain('Your unsaved changes are saved first: a.txt');
  expect(JSON.stringify(bench.asked[0]?.card)).toContain('one MINE');
  expect(bench.editor.done).toEqual([`save ${bench.at}`, `write ${bench.at}`]);
  bench.editor.pressSave(bench.at);
  expect(readFileSync(bench.at, 'utf8')).toBe('two MINE\n');
  expect(bench.editor.textOf(bench.at)).toBe('two MINE\n');
  const order = events.map(({ type }) => type).filter((type) => /^(asked|answered|saving|started|changed)$/.test(type));
  expect(order).toEqual(['asked', 'answered', 'saving', 'started', 'changed']);
  expect(changed(events)).toMatchObject([
    { before: { digest: digest('one MINE\n') }, after: { digest: digest('two MINE\n') } },
  ]);
});

test('an edit of an open file that is saved is made by the editor, without a word about it', async () => {
  const bench = await besideEditor();
  const events = await bench.run([{ calls: [EDIT] }]);
  expect(said(bench.asked[0])).toBe('');
  expect(bench.editor.done).toEqual([`write ${bench.at}`]);
  expect(readFileSync(bench.at, 'utf8')).toBe('two mine\n');
  expect(events.some(({ type }) => type === 'saving')).toBe(false);
  expect(output(events)).toBe('Edited a.txt.');
});

test('a file that is not open is written by itself', async () => {
  const bench = await besideEditor();
  bench.editor.close(bench.at);
  await bench.run([{ calls: [EDIT] }]);
  expect(bench.editor.done).toEqual([]);
  expect(readFileSync(bench.at, 'utf8')).toBe('two mine\n');
});

test('typing that begins while the card waits makes the card anew', async () => {
  const bench = await besideEditor({
    answer: () => {
      if (bench.asked.length === 1) bench.editor.type(bench.at, 'one typed\n');
      return { choice: 'approve' };
    },
  });
  await bench.run([{ calls: [EDIT] }]);
  expect(bench.asked).toHaveLength(2);
  expect(bench.asked[1]?.askedAgain).toContain('Something changed');
  expect(said(bench.asked[1])).toContain('saved first');
  expect(readFileSync(bench.at, 'utf8')).toBe('two typed\n');
});

test('typing that begins when all is decided: the call is told, and nothing is done', async () => {
  const bench = await besideEditor({
    change: ({ parts }) => {
      const begin = parts.checkpoints.begin.bind(parts.checkpoints);
      parts.checkpoints.begin = (...given) => {
        bench.editor.type(bench.at, 'one late\n');
        return begin(...given);
      };
    },
  });
  const events = await bench.run([{ calls: [EDIT] }]);
  expect(output(events)).toContain('has unsaved changes in the editor by now');
  expect(readFileSync(bench.at, 'utf8')).toBe('one mine\n');
  expect(bench.editor.textOf(bench.at)).toBe('one late\n');
});

test.each(['confirm_actions: false\n', 'rules: [{tools: [edit_file], decision: allow, why: mine}]\n'])(
  'what allows edits (%s) does not allow them under unsaved text',
  async (userPolicy) => {
    const bench = await besideEditor({ userPolicy, answer: () => ({ choice: 'deny' }) });
    await bench.run([{ calls: [EDIT] }]);
    expect(bench.asked).toHaveLength(0); // a control
    bench.editor.type(bench.at, 'two more\n');
    await bench.run([{ calls: [{ name: 'edit_file', args: { path: 'a.txt', old_text: 'two', new_text: 'six' } }] }]);
    expect(bench.asked[0]?.decision).toMatchObject({ rule: 'unsaved', eachTime: true });
    expect(readFileSync(bench.at, 'utf8')).toBe('two mine\n');
  },
);

test('a file that the editor cannot save is left alone, and the call told', async () => {
  const bench = await besideEditor();
  bench.editor.type(bench.at, 'one MINE\n');
  bench.editor.refuses = 'it is read-only';
  const events = await bench.run([{ calls: [EDIT] }]);
  expect(output(events)).toContain('a.txt has unsaved changes in the editor and could not be saved: it is read-only');
  expect(events.some(({ type }) => type === 'started')).toBe(false);
  expect(readFileSync(bench.at, 'utf8')).toBe('one mine\n');
});

test('what a formatter makes of an edit when it is saved is what is recorded, and said', async () => {
  const bench = await besideEditor();
  bench.editor.format = (text) => text.toUpperCase();
  const events = await bench.run([{ calls: [EDIT] }]);
  expect(changed(events)).toMatchObject([{ after: { digest: digest('TWO MINE\n') } }]);
  expect(output(events)).toContain('it became other text than was approved');
});

test('a formatter that changes the unsaved text when that is saved first: asked again about what it made', async () => {
  const bench = await besideEditor();
  bench.editor.format = (text) => text.replace('MINE', 'Mine');
  bench.editor.type(bench.at, 'one MINE\n');
  await bench.run([{ calls: [EDIT] }]);
  expect(bench.asked.map(({ askedAgain }) => askedAgain)).toEqual([
    undefined,
    'Your changes are saved; this is how it stands now.',
  ]);
  expect(readFileSync(bench.at, 'utf8')).toBe('two Mine\n');
});

test.each([
  ['a notebook', 'notebook'],
  ['a custom editor', 'custom'],
] as const)('%s, whose saved text is not known beforehand, is saved, and then asked about anew', async (_name, of) => {
  const bench = await besideEditor();
  bench.editor.type(bench.at, 'one drawn\n', of);
  await bench.run([{ calls: [EDIT] }]);
  expect(bench.asked).toHaveLength(2);
  expect(said(bench.asked[0])).toContain('saved first');
  expect(said(bench.asked[1])).toBe('');
  expect(readFileSync(bench.at, 'utf8')).toBe('two drawn\n');
});

test('the closed editor, its changes thrown away, is no reason to go on with what was approved', async () => {
  const bench = await besideEditor({
    answer: () => {
      bench.editor.close(bench.at);
      return { choice: 'approve' };
    },
  });
  bench.editor.type(bench.at, 'one MINE\n');
  await bench.run([{ calls: [EDIT] }]);
  expect(bench.asked).toHaveLength(2);
  expect(readFileSync(bench.at, 'utf8')).toBe('two mine\n');
});

test.each([
  ['delete_path', { path: 'sub/a.txt' }],
  ['delete_path', { path: 'sub' }],
  ['delete_path', { path: 'link' }],
  ['move_path', { from: 'sub', to: 'elsewhere' }],
  ['move_path', { from: 'b.txt', to: 'sub/a.txt' }],
  ['write_file', { path: 'sub/a.txt', content: 'all new\n' }],
  ['run_command', { command: 'rm sub/a.txt' }],
] as const)('%s %o: the unsaved text is saved first, and saving brings nothing back', async (name, args) => {
  const bench = await besideEditor({ files: { 'sub/a.txt': 'saved\n', 'b.txt': 'b\n' } });
  const [at, link] = [join(bench.folder, 'sub/a.txt'), join(bench.folder, 'link')];
  symlinkSync(join(bench.folder, 'sub'), link);
  const opened = 'path' in args && args.path === 'link' ? join(link, 'a.txt') : at;
  bench.editor.type(opened, 'typed\n');
  const events = await bench.run([{ calls: [{ name, args }] }]);
  expect(said(bench.asked[0])).toContain('Your unsaved changes are saved first: sub/a.txt');
  expect(outcomes(events)).toEqual(['done']);
  expect(bench.editor.done[0]).toBe(`save ${opened}`);
  const after = existsSync(at) ? readFileSync(at, 'utf8') : undefined;
  bench.editor.pressSave(opened);
  expect(existsSync(at) ? readFileSync(at, 'utf8') : undefined).toBe(after);
  expect(existsSync(link)).toBe(
    name !== 'delete_path' || args.path !== 'link' ? existsSync(join(bench.folder, 'sub')) : false,
  );
});

test('a workspace that was opened through a link has the same files', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'real/a.txt': 'one mine\n', 'home/.keep': '' });
  const opened = join(base, 'opened');
  symlinkSync(join(base, 'real'), opened);
  const node = await partsUnder(base, { folders: [opened] });
  const editor = new ScriptedEditor();
  node.parts.editor = editor;
  const engine = composeEngine(node.parts);
  try {
    editor.type(join(opened, 'a.txt'), 'one MINE\n');
    const asked: Approval[] = [];
    engine.onChange(() => {
      for (const approval of engine.view().approvals) {
        if (asked.some(({ id }) => id === approval.id)) continue;
        asked.push(approval);
        queueMicrotask(() => engine.answer(approval.id, approval.digest, { choice: 'approve' }, IN_EDITOR));
      }
    });
    await engine.send('do it', scripted([{ calls: [EDIT] }]));
    expect(said(asked[0])).toContain('saved first: a.txt');
    expect(readFileSync(join(base, 'real/a.txt'), 'utf8')).toBe('two MINE\n');
    expect(editor.textOf(join(opened, 'a.txt'))).toBe('two MINE\n');
  } finally {
    await engine.stop('the test ended');
    await node.audit[Symbol.asyncDispose]();
  }
});

test('a revert saves what was typed since, so that the revert can be reverted', async () => {
  const bench = await besideEditor();
  const events = await bench.run([{ calls: [EDIT] }]);
  const action = turnsOf(events).flatMap(({ actions }) => actions)[0];
  bench.editor.type(bench.at, 'two mine, and more\n');
  const result = await bench.engine.revert({ run: bench.engine.view().run?.id ?? '', action: action?.id ?? '' });
  expect(said(bench.asked[1])).toContain('saved first: a.txt');
  expect(result.status).toBe('done');
  expect(bench.editor.textOf(bench.at)).toBe('one mine\n');
  const [reverted] = (await bench.node.audit.runs(1)).map(({ run }) => run);
  const again = turnsOf(await bench.node.audit.events(reverted ?? '')).flatMap(({ actions }) => actions)[0];
  await bench.engine.revert({ run: reverted ?? '', action: again?.id ?? '' });
  expect(readFileSync(bench.at, 'utf8')).toBe('two mine, and more\n');
});

test('one file under two names, unsaved under both, is not saved for either', async () => {
  const bench = await besideEditor();
  const name = join(bench.folder, 'name.txt');
  symlinkSync(bench.at, name);
  bench.editor.type(bench.at, 'one here\n');
  bench.editor.type(name, 'one there\n');
  const events = await bench.run([{ calls: [EDIT] }]);
  expect(output(events)).toContain('it is open under two names');
  expect(readFileSync(bench.at, 'utf8')).toBe('one mine\n');
});
