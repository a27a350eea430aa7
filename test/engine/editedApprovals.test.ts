import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { questionsOf } from '../../src/core/audit/questions.ts';
import { runReport } from '../../src/core/audit/report.ts';
import { turnsOf } from '../../src/core/audit/tree.ts';
import { pastOf } from '../../src/core/agent/past.ts';
import { toldAsLogged } from '../../src/core/agent/toldAgain.ts';
import type { Message } from '../../src/core/models/port.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { askingRun, type AskingRun, type Calls } from '../support/askingRun.ts';
import { outcomes, type Workbench, type WorkbenchOptions } from '../support/workbench.ts';

interface Edited extends AskingRun {
  /** The only question, once the run waits for so many. */
  until(count?: number): Promise<Approval>;
  answer(approval: Approval, answer: Answer): boolean;
}

async function asking(calls: Calls, options: WorkbenchOptions = {}): Promise<Edited> {
  const bench = await askingRun(calls, options);
  const { engine } = bench;
  const answered = new Set<string>();
  return {
    ...bench,
    async until(count = 1) {
      let first: Approval | undefined;
      await vi.waitFor(
        () => {
          const { run, approvals } = engine.view();
          expect([run?.state, approvals.length]).toEqual(['waiting', count]);
          [first] = approvals;
          expect(answered.has(first?.id ?? '')).toBe(false);
        },
        { timeout: 90_000, interval: 5 },
      );
      if (!first) throw new Error('nothing waits');
      return first;
    },
    answer(approval, answer) {
      answered.add(approval.id);
      return engine.answer(approval.id, approval.digest, answer, IN_EDITOR);
    },
  };
}

/** A machine that does other things, too. */
const PATIENT = { timeout: 90_000, interval: 5 };

const running = (command: string): Calls => [{ name: 'run_command', args: { command } }];
const writing = (content: string, path = 'a.txt'): Calls[number] => ({ name: 'write_file', args: { path, content } });
const edited = (text: string): Answer => ({ choice: 'approve-edited', text });
const read = (world: Workbench, path: string): string => readFileSync(join(world.folder, path), 'utf8');
const kinds = (events: readonly AuditRecord[]): string[] =>
  events
    .filter(({ type }) => ['proposed', 'decided', 'asked', 'answered', 'started', 'finished'].includes(type))
    .map(({ type, data }) => [type, data['verdict'] ?? data['choice'] ?? data['editedBy']].filter(Boolean).join(' '));

test('what a person made of a file is written, recorded as theirs, and told to the model', async () => {
  const world = await asking([writing('the agent wrote this\n')]);
  const card = await world.until();
  expect(card.edit).toEqual({ label: 'The whole new content', text: 'the agent wrote this\n' });
  expect(world.answer(card, edited('the person wrote this\n'))).toBe(true);
  const events = await world.ended;
  expect(read(world, 'a.txt')).toBe('the person wrote this\n');
  expect(kinds(events)).toEqual([
    ...['proposed', 'decided ask', 'asked', 'answered approve-edited'],
    ...['proposed person', 'decided ask', 'started', 'finished'],
  ]);
  const proposed = events.findLast(({ type }) => type === 'proposed');
  expect(proposed?.payload).toMatchObject({
    action: { arguments: { content: 'the person wrote this\n' } },
    editedFrom: { path: 'a.txt', content: 'the agent wrote this\n' },
  });
  expect(events.find(({ type }) => type === 'answered')).toMatchObject({
    data: { by: 'person', at: 'editor' },
    payload: { edited: 'the person wrote this\n' },
  });
  expect(world.told[0]).toContain(
    'The user changed the content before approving. This counted instead:\nthe person wrote',
  );
  expect(world.told[0]).toContain('Wrote a.txt');
  const [action] = turnsOf(events).flatMap(({ actions }) => actions);
  expect(action?.decidedBy).toMatch(/^changed and approved by you/);
  expect(action?.editedFrom).toEqual([{ name: 'content', from: 'the agent wrote this\n' }]);
  const summary = { run: 'r', task: 't', time: '', folder: '', state: 'finished', reason: '' };
  const report = runReport(summary as Parameters<typeof runReport>[0], events);
  expect(report).toContain('the agent wrote this');
  expect(report).toContain('1 approved, of which 1 changed first');
  expect(questionsOf(events)).toMatchObject({ asked: 1, approved: 1, changed: 1 });
  const entry = world.engine.view().run?.entries.find(({ kind }) => kind === 'action');
  expect(entry).toMatchObject({ edited: true, decidedBy: 'you', status: 'done' });
});

test('control: what is approved as it was has no such mark, nowhere', async () => {
  const world = await asking([writing('the agent wrote this\n')]);
  world.answer(await world.until(), { choice: 'approve' });
  const events = await world.ended;
  expect(JSON.stringify(events)).not.toContain('edited');
  expect(world.told[0]).not.toContain('changed');
  expect(turnsOf(events)[0]?.actions[0]).toMatchObject({ editedFrom: undefined });
  expect(world.engine.view().run?.entries.some((entry) => 'edited' in entry)).toBe(false);
});

test('a command that a person changed runs as they typed it', async () => {
  const world = await asking(running('touch made.txt; echo agent'));
  const card = await world.until();
  world.answer(card, edited('touch made.txt; echo person'));
  const events = await world.ended;
  expect(outcomes(events)).toEqual(['done']);
  expect(events.filter(({ type }) => type === 'asked')).toHaveLength(1);
  expect(world.told[0]).toMatch(/The user changed the command before approving\.[^]*echo person[^]*\nperson\n/);
  expect(world.told[0]).not.toContain('agent\n');
});

test.each([
  ['another file is lost', 'rm gone.txt', 'rm other.txt'],
  ['another file is written', 'touch made.txt', 'touch else.txt'],
  ['it could do more', 'touch made.txt', 'touch made.txt; node -e 1'],
  ['it has a secret in it', 'touch made.txt', 'cat .env > made.txt'],
  ['a character of it is not seen', 'touch made.txt; echo a', 'touch made.txt; echo a\u200Bb'],
  ['a part of it is out of sight', 'touch made.txt; echo a', `touch made.txt; echo a${' '.repeat(400)}b`],
])('where %s it is asked anew, and the first answer approved nothing', async (_, asks, becomes) => {
  const world = await asking(running(asks), { files: { 'gone.txt': 'x\n', 'other.txt': 'y\n', '.env': 'A=1\n' } });
  const first = await world.until();
  world.answer(first, edited(becomes));
  const second = await world.until();
  expect(second.askedAgain).toBe('You changed this; this is how it stands now.');
  expect(second.edited).toBe(true);
  expect(second.digest).not.toBe(first.digest);
  expect(existsSync(join(world.folder, 'other.txt'))).toBe(true);
  expect(existsSync(join(world.folder, 'made.txt'))).toBe(false);
  expect(world.engine.answer(first.id, first.digest, { choice: 'approve' }, IN_EDITOR)).toBe(false);
  world.answer(second, { choice: 'deny', reason: 'No.' });
  expect(outcomes(await world.ended)).toEqual(['denied:person']);
});

test('a deny rule denies it too: its sentence is on the card, and the person edits again', async () => {
  const world = await asking(running('touch made.txt'), {
    userPolicy: 'rules: [{decision: deny, commands: ["touch forbidden.txt"], why: "Not that one."}]\n',
  });
  const first = await world.until();
  world.answer(first, edited('touch forbidden.txt'));
  const second = await world.until();
  expect(second.askedAgain).toBe('What you changed it to cannot be: Not that one.');
  expect(second.edit?.text, 'as it was').toBe('touch made.txt');
  expect(second.edited).toBeUndefined();
  world.answer(second, edited('touch made.txt '));
  const events = await world.ended;
  expect(existsSync(join(world.folder, 'forbidden.txt'))).toBe(false);
  expect(existsSync(join(world.folder, 'made.txt'))).toBe(true);
  expect(kinds(events).filter((one) => one.startsWith('decided'))).toEqual([
    ...['decided ask', 'decided deny', 'decided ask', 'decided ask'],
  ]);
  expect(outcomes(events)).toEqual(['done']);
});

test('what cannot be done at all leaves the card as it was, with the reason', async () => {
  const world = await asking([{ name: 'edit_file', args: { path: 'README.md', old_text: 'hello', new_text: 'bye' } }]);
  const first = await world.until();
  world.answer(first, edited('hello'));
  const second = await world.until();
  expect(second.askedAgain).toMatch(/^What you changed it to cannot be: .*same/);
  expect(second).toMatchObject({ digest: first.digest, edit: { text: 'bye' } });
  world.answer(second, { choice: 'approve' });
  await world.ended;
  expect(read(world, 'README.md')).toBe('bye\n');
});

test('an edit binds to the card that it edits, and to a person', async () => {
  const world = await asking([writing('a\n')]);
  const card = await world.until();
  const { engine } = world;
  const other = '0'.repeat(64);
  expect(engine.answer(card.id, other, edited('b\n'), IN_EDITOR)).toBe(false);
  expect(engine.answer('other', card.digest, edited('b\n'), IN_EDITOR)).toBe(false);
  expect(engine.answer(card.id, card.digest, edited('a\n'), IN_EDITOR), 'nothing was changed').toBe(false);
  expect(engine.answer(card.id, card.digest, { choice: 'approve-edited' }, IN_EDITOR)).toBe(false);
  expect(engine.answer(card.id, card.digest, { choice: 'approve', text: 'b\n' }, IN_EDITOR)).toBe(false);
  expect(engine.answer(card.id, card.digest, edited('b\n'), { by: 'input', at: 'terminal' })).toBe(false);
  expect(existsSync(join(world.folder, 'a.txt'))).toBe(false);
  expect(world.answer(card, edited('b\n'))).toBe(true);
  expect(engine.answer(card.id, card.digest, edited('c\n'), IN_EDITOR), 'once').toBe(false);
  await world.ended;
  expect(read(world, 'a.txt')).toBe('b\n');
});

test('whoever had not seen all of it is shown all of it, with their change', async () => {
  const world = await asking([writing('a\n')]);
  world.answer(await world.until(), { ...edited('b\n'), unseen: 1 });
  const second = await world.until();
  expect(existsSync(join(world.folder, 'a.txt'))).toBe(false);
  world.answer(second, { choice: 'approve' });
  await world.ended;
  expect(read(world, 'a.txt')).toBe('b\n');
});

test('what changed on disk before an edit is done is asked anew', async () => {
  const world = await asking(
    [{ name: 'edit_file', args: { path: 'b.txt', old_text: 'one', new_text: '1' } }, writing('c\n', 'c.txt')],
    { files: { 'b.txt': 'one\n' } },
  );
  const first = await world.until(2);
  writeFileSync(join(world.folder, 'b.txt'), 'one and more\n');
  world.answer(first, edited('2'));
  const second = await world.until(2);
  expect(second).toMatchObject({ edited: true, title: 'Edit b.txt' });
  expect(read(world, 'b.txt')).toBe('one and more\n');
});

test('two calls of one reply are edited apart, each done at its turn; a later one is decided at once', async () => {
  const world = await asking([writing('a\n', 'a.txt'), writing('b\n', 'b.txt'), writing('c\n', 'c.txt')], {
    userPolicy: 'rules: [{decision: deny, commands: ["none"], why: "x"}]\n',
  });
  await world.until(3);
  const at = (place: number): Approval => {
    const found = world.engine.view().approvals.find(({ reply }) => reply?.place === place);
    if (!found) throw new Error(`nothing waits at ${place}`);
    return found;
  };
  world.answer(at(2), edited('B\n'));
  await world.until(2);
  world.answer(at(3), edited('C\u200B\n'));
  await vi.waitFor(() => {
    expect(at(3).askedAgain).toBe('You changed this; this is how it stands now.');
  }, PATIENT);
  expect(existsSync(join(world.folder, 'b.txt')), 'at its turn').toBe(false);
  world.answer(at(1), edited('A\n'));
  await vi.waitFor(() => {
    expect(read(world, 'b.txt')).toBe('B\n');
  }, PATIENT);
  expect(read(world, 'a.txt')).toBe('A\n');
  world.answer(at(3), { choice: 'deny' });
  const events = await world.ended;
  expect(outcomes(events)).toEqual(['done', 'done', 'denied:person']);
  expect(world.told.map((text) => /instead:\n(.)/.exec(text)?.[1])).toEqual(['A', 'B', undefined]);
});

test('a mask is put back where it stood in a file, and a command with a masked secret in it is refused', async () => {
  const url = 'url: postgres://app:correct-horse@db/app\n';
  const file = await asking(
    [{ name: 'edit_file', args: { path: 'x.yml', old_text: 'port: 1', new_text: 'port: 2' } }],
    {
      files: { 'x.yml': `port: 1\n${url}` },
    },
  );
  file.answer(await file.until(), edited('port: 3 # [redacted]'));
  expect((await file.until()).askedAgain).toContain('cannot be');
  expect(read(file, 'x.yml')).toBe(`port: 1\n${url}`);

  const command = "touch made.txt; echo 'postgres://app:correct-horse@db/app'";
  const world = await asking(running(command));
  const first = await world.until();
  expect(first.edit?.text).toContain('[redacted]');
  world.answer(first, edited((first.edit?.text ?? '').replace('echo', 'echo -n')));
  const second = await world.until();
  expect(second.askedAgain).toContain('masked secret');
  expect(existsSync(join(world.folder, 'made.txt'))).toBe(false);
  world.answer(second, edited('touch made.txt; echo none'));
  expect(outcomes(await world.ended)).toEqual(['done']);
});

test('line ends stay as they were; what a text box would change is not offered', async () => {
  const world = await asking([writing('a\r\nb\r\n')]);
  const card = await world.until();
  expect(card.edit?.text).toBe('a\nb\n');
  world.answer(card, edited('a\nc\n'));
  await world.ended;
  expect(read(world, 'a.txt')).toBe('a\r\nc\r\n');
  for (const content of ['a\r\nb\n', 'a\rb', 'x'.repeat(20_001)]) {
    const other = await asking([writing(content)]);
    expect((await other.until()).edit).toBeUndefined();
  }
});

test('a run that goes on is told again what counted, and shown that a person has changed it; of a cut record nothing is guessed', async () => {
  const world = await asking([writing('the agent\n')]);
  world.answer(await world.until(), edited('the person\n'));
  const events = await world.ended;
  const call = { id: 'c1_0', name: 'write_file', arguments: '{}' };
  const messages: Message[] = [
    { role: 'user', text: 'do it' },
    { role: 'assistant', text: '', calls: [call] },
  ];
  const result = (all: readonly AuditRecord[]) => toldAsLogged(messages, all).find(({ role }) => role === 'tool')?.text;
  expect(result(events)).toMatch(/This counted instead:\nthe person\n[^]*Wrote a.txt/);
  expect(pastOf(events).entries.find(({ kind }) => kind === 'action')).toMatchObject({
    edited: true,
    decidedBy: 'you',
  });

  const cut = events.map((event) =>
    event.type === 'proposed' ? { ...event, payload: { ...event.payload, cut: { editedFrom: {} } } } : event,
  );
  expect(result(cut)).toMatch(/^The user changed this call before approving it; to what is not kept whole/);
  expect(turnsOf(cut)[0]?.actions[0]?.editedFrom).toEqual([]);
});
