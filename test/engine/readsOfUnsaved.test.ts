import { readFileSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { questionsOf } from '../../src/core/audit/questions.ts';
import { answeredWords } from '../../src/core/audit/who.ts';
import { besideEditor, EDIT, output, said } from '../support/besideEditor.ts';
import { outcomes } from '../support/workbench.ts';

// Reads give what a person has typed, and say so; commands get what is saved, and say that.

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
