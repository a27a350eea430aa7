import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { questionsOf } from '../../src/core/audit/questions.ts';
import { turnsOf } from '../../src/core/audit/tree.ts';
import { answeredWords } from '../../src/core/audit/who.ts';
import type { Approval } from '../../src/shared/approval.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { partsUnder } from '../support/partsUnder.ts';
import { ScriptedEditor } from '../support/scriptedEditor.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { outcomes, scripted, workbench, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

// What a person has typed and not saved is neither overwritten by the agent, nor does saving it undo what the log calls done.

const EDIT = { name: 'edit_file', args: { path: 'a.txt', old_text: 'one', new_text: 'two' } };

async function besideEditor(
  options: WorkbenchOptions = {},
): Promise<Workbench & { editor: ScriptedEditor; at: string }> {
  const editor = new ScriptedEditor();
  const bench = await workbench({
    ...options,
    files: { 'a.txt': 'one mine\n', ...options.files },
    change: ({ parts }) => {
      parts.editor = editor;
      options.change?.({ parts } as Parameters<NonNullable<WorkbenchOptions['change']>>[0]);
    },
  });
  const at = join(bench.folder, 'a.txt');
  editor.open(at);
  return { ...bench, editor, at };
}

function said(approval: Approval | undefined): string {
  return (approval?.card.blocks ?? [])
    .flatMap((block) => (block.kind === 'sentence' ? [block.words.map(plain).join('')] : []))
    .join('\n');
}

function plain(piece: unknown): string {
  if (typeof piece === 'string') return piece;
  return typeof piece === 'object' && piece !== null && 'exact' in piece ? String(piece.exact) : '';
}

function output(events: readonly AuditRecord[]): string {
  return String(events.findLast(({ type }) => type === 'finished')?.payload?.['output']);
}

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

test('a file that was never saved, or is gone from the disk, is read and edited as the person has it', async () => {
  const bench = await besideEditor();
  const fresh = join(bench.folder, 'fresh.txt');
  bench.editor.type(fresh, 'one fresh\n');
  const read = await bench.run([{ calls: [{ name: 'read_file', args: { path: 'fresh.txt' } }] }]);
  expect(output(read)).toMatch(/^1\tone fresh\n\[unsaved in the editor: fresh.txt\./);
  await bench.run([{ calls: [{ name: 'edit_file', args: { ...EDIT.args, path: 'fresh.txt' } }] }]);
  expect(readFileSync(fresh, 'utf8')).toBe('two fresh\n');
});

test('reads and searches give the person’s text, masked, and say that it is unsaved', async () => {
  const token = 'a-very-secret-token-of-theirs';
  const bench = await besideEditor();
  bench.engine.addSecret({ name: 'TOKEN', value: token });
  bench.editor.type(bench.at, `typed\ntoken = ${token}\n`);
  const read = await bench.run([{ calls: [{ name: 'read_file', args: { path: 'a.txt', start_line: 2 } }] }]);
  expect(output(read)).toMatch(/^2\ttoken = \[redacted/);
  expect(output(read)).toContain('unsaved in the editor: a.txt');
  const found = await bench.run([{ calls: [{ name: 'search_files', args: { pattern: 'typed' } }] }]);
  expect(output(found)).toMatch(/^a.txt:1: typed\n\[unsaved in the editor: a.txt/);
  const other = await bench.run([{ calls: [{ name: 'read_file', args: { path: 'README.md' } }] }]);
  expect(output(other)).not.toContain('unsaved'); // a control
});

test('the text of a file that is denied is not given, under whatever name it is open', async () => {
  const bench = await besideEditor({
    files: { 'kept/secret.txt': 'disk\n' },
    userPolicy: 'tools: {file_system: {denied_paths: [kept]}}\n',
  });
  const [kept, name] = [join(bench.folder, 'kept/secret.txt'), join(bench.folder, 'name.txt')];
  symlinkSync(kept, name);
  bench.editor.type(name, 'TYPED\n');
  const denied = await bench.run([{ calls: [{ name: 'read_file', args: { path: 'name.txt' } }] }]);
  expect(outcomes(denied)).toEqual(['denied:denied_paths']);
  // The name leads elsewhere now: what is open under it is still the denied file's text.
  unlinkSync(name);
  symlinkSync(bench.at, name);
  const read = await bench.run([{ calls: [{ name: 'read_file', args: { path: 'a.txt' } }] }]);
  expect(output(read)).toContain('one mine');
  expect(output(read)).not.toContain('TYPED');
});

test('a command gets the saved text: the card and the result say so, and what it wrote beneath is told', async () => {
  const bench = await besideEditor();
  bench.editor.type(bench.at, 'one MINE\n');
  const command = 'sed s/one/two/ a.txt > b.txt; printf "got mine\\n" > "$(echo a).txt"';
  const events = await bench.run([{ calls: [{ name: 'run_command', args: { command } }] }]);
  expect(said(bench.asked[0])).toContain('Unsaved in the editor: a.txt. The command gets the saved text.');
  expect(bench.editor.isUnsaved(bench.at)).toBe(true);
  expect(output(events)).toContain('[unsaved in the editor: a.txt. This command got the older, saved text]');
  expect(output(events)).toContain('[changed on the disk meanwhile, beneath the user');
  expect(readFileSync(join(bench.folder, 'b.txt'), 'utf8')).toBe('two mine\n');
});

test('Save first saves what a command would not have, and asks anew', async () => {
  const bench = await besideEditor({
    answer: ({ savesFirst }) => ({ choice: savesFirst ? 'save-first' : 'approve' }),
  });
  bench.editor.type(bench.at, 'one MINE\n');
  const call = { name: 'run_command', args: { command: 'sed s/one/two/ a.txt > b.txt' } };
  const events = await bench.run([{ calls: [call] }]);
  expect(bench.asked.map(({ savesFirst }) => savesFirst)).toEqual([true, undefined]);
  expect(readFileSync(join(bench.folder, 'b.txt'), 'utf8')).toBe('two MINE\n');
  expect(output(events)).not.toContain('unsaved');
  // It approves nothing, and is counted as neither.
  expect(questionsOf(events)).toMatchObject({ asked: 2, approved: 1, denied: 0 });
  expect(answeredWords(events.find(({ type }) => type === 'answered')?.data ?? {})).toMatch(/^saved first by you/);
  expect(events.filter(({ type }) => type === 'answered').map(({ data }) => data['choice'])).toEqual([
    'save-first',
    'approve',
  ]);
});

test('what a command is bound to is on the disk, whatever is typed into it', async () => {
  const bench = await besideEditor({
    files: { 'run.sh': 'echo saved\n' },
    answer: () => {
      bench.editor.type(join(bench.folder, 'run.sh'), 'echo typed\n');
      return { choice: 'approve' };
    },
  });
  const events = await bench.run([{ calls: [{ name: 'run_command', args: { command: 'bash run.sh' } }] }]);
  expect(bench.asked).toHaveLength(1);
  expect(output(events)).toMatch(/^saved\n\n\[exit code 0\]\n\[unsaved in the editor: run.sh/);
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
