import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { questionsOf } from '../../src/core/audit/questions.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import type { Answer, Approval } from '../../src/shared/approval.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { unseenLines } from '../../src/shared/unseen.ts';
import { askingRun, type AskingRun, type Calls } from '../support/askingRun.ts';
import { outcomes, scripted, type WorkbenchOptions } from '../support/workbench.ts';

const writing = (path: string, content = `${path}\n`): Calls[number] => ({
  name: 'write_file',
  args: { path, content },
});
const eventually = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 90_000, interval: 5 });
const YES: Answer = { choice: 'approve' };
const NO: Answer = { choice: 'deny', reason: 'Not this one.' };

interface Asked extends AskingRun {
  /** What waits, by title, in its order. */
  waiting(): string[];
  /** The approval of this place in its reply. */
  at(place: number): Approval;
  answer(place: number, answer: Answer): boolean;
  /** Until so many questions wait, and the run waits for a person. */
  until(count: number): Promise<void>;
}

/** One reply with these calls, and a person who answers when the test says so. */
async function asking(calls: Calls, options: WorkbenchOptions = {}): Promise<Asked> {
  const bench = await askingRun(calls, options);
  const { engine } = bench;
  const at = (place: number): Approval => {
    const found = engine.view().approvals.find(({ reply }) => reply?.place === place);
    if (!found) throw new Error(`nothing waits at ${place}`);
    return found;
  };
  return {
    ...{ ...bench, at },
    waiting: () => engine.view().approvals.map(({ title }) => title),
    answer(place, answer) {
      const { id, digest, card } = at(place);
      const unseen = unseenLines(card.blocks);
      return engine.answer(id, digest, { ...(unseen > 0 && { unseen }), ...answer }, IN_EDITOR);
    },
    until: (count) =>
      eventually(() => {
        const { run, approvals } = engine.view();
        expect([run?.state, approvals.length]).toEqual(['waiting', count]);
      }),
  };
}

/** Which kinds of events there were, each with the place of its call in the reply. */
function order(events: readonly AuditRecord[], ...types: AuditRecord['type'][]): string[] {
  const places = new Map(
    events.flatMap(({ type, action, data }) => (type === 'proposed' ? [[action, data['call'] ?? 1] as const] : [])),
  );
  return events
    .filter(({ type }) => types.includes(type))
    .map(({ type, action, data }) => {
      const how = type === 'answered' ? ` ${String(data['by'] === 'person' ? data['choice'] : data['by'])}` : '';
      return `${type} ${String(places.get(action))}${how}`;
    });
}

test('calls of one reply wait together, in its order; each has its own answer, and is done at its turn', async () => {
  const world = await asking([writing('a.txt'), writing('b.txt'), writing('c.txt')]);
  await world.until(3);
  expect(world.waiting()).toEqual(['Create a.txt', 'Create b.txt', 'Create c.txt']);
  const replies = world.engine.view().approvals.map(({ reply }) => reply);
  expect(new Set(replies.map((reply) => reply?.id)).size).toBe(1);
  expect(replies.map((reply) => [reply?.place, reply?.calls])).toEqual([
    [1, 3],
    [2, 3],
    [3, 3],
  ]);

  expect(world.answer(2, YES)).toBe(true);
  await world.until(2);
  expect(existsSync(join(world.folder, 'b.txt')), 'a later one does not overtake').toBe(false);
  expect(world.answer(3, NO)).toBe(true);
  await world.until(1);
  expect(world.answer(1, YES)).toBe(true);
  const events = await world.ended;
  expect(outcomes(events)).toEqual(['done', 'done', 'denied:person']);
  expect(world.told.map((text) => text.slice(0, 30))).toEqual([
    expect.stringContaining('a.txt'),
    expect.stringContaining('b.txt'),
    'The user denied this. Their re',
  ]);
  expect(world.told[2]).toContain('Not this one.');
  expect(order(events, 'asked', 'answered', 'started', 'finished')).toEqual([
    ...['asked 1', 'asked 2', 'asked 3', 'answered 2 approve', 'answered 3 deny', 'answered 1 approve'],
    ...['started 1', 'finished 1', 'started 2', 'finished 2'],
  ]);
  expect(world.engine.view().run?.questions).toBe(3);
});

test('what asks nothing is done at its turn, between the others; what cannot be described yet asks at its turn', async () => {
  const edit = { name: 'edit_file', args: { path: 'a.txt', old_text: 'a.txt', new_text: 'other' } };
  const world = await asking([
    writing('a.txt'),
    { name: 'read_file', args: { path: 'README.md' } },
    edit,
    writing('d.txt'),
  ]);
  await world.until(2);
  expect(world.waiting()).toEqual(['Create a.txt', 'Create d.txt']);
  world.answer(1, YES);
  await world.until(2);
  expect(world.waiting()).toEqual(['Edit a.txt', 'Create d.txt']);
  expect(world.at(3).askedAgain).toBeUndefined();
  world.answer(3, YES);
  await world.until(1);
  world.answer(4, YES);
  const events = await world.ended;
  expect(order(events, 'started')).toEqual(['started 1', 'started 2', 'started 3', 'started 4']);
  expect(readFileSync(join(world.folder, 'a.txt'), 'utf8')).toBe('other\n');
});

test('a call about what one before it would change waits for its turn; beside it, other files do not', async () => {
  const edit = (path: string, old: string, to: string) => ({
    ...{ name: 'edit_file', args: { path, old_text: old, new_text: to } },
  });
  const files = { 'a.txt': 'one two\n', 'b.txt': 'one two\n' };
  const same = await asking([edit('a.txt', 'one', '1'), edit('a.txt', 'two', '2')], { files });
  await same.until(1);
  same.answer(1, YES);
  await same.until(1);
  same.answer(2, YES);
  const events = await same.ended;
  expect(order(events, 'asked', 'answered')).toEqual([
    'asked 1',
    'answered 1 approve',
    'asked 2',
    'answered 2 approve',
  ]);
  expect(readFileSync(join(same.folder, 'a.txt'), 'utf8')).toBe('1 2\n');

  const control = await asking([edit('a.txt', 'one', '1'), edit('b.txt', 'two', '2')], { files });
  await control.until(2);
});

test('what others wait for is asked anew where it has changed meanwhile, and an answer to what was shown counts no more', async () => {
  const edit = { name: 'edit_file', args: { path: 'b.txt', old_text: 'one', new_text: '1' } };
  const world = await asking([writing('a.txt'), edit, writing('c.txt')], { files: { 'b.txt': 'one\n' } });
  await world.until(3);
  const [, before, same] = world.engine.view().approvals;
  writeFileSync(join(world.folder, 'b.txt'), 'one and more\n');
  world.answer(1, YES);
  await eventually(() => {
    expect(world.at(2).digest).not.toBe(before?.digest);
  });
  await world.until(2);
  expect(world.at(2).askedAgain).toBe('This changed while it waited; this is how it stands now.');
  expect(world.at(3), 'what did not change waits on as it was').toEqual(same);
  for (const digest of [before?.digest ?? '', world.at(2).digest])
    expect(world.engine.answer(before?.id ?? '', digest, YES, IN_EDITOR)).toBe(false);
  expect(world.engine.answer(world.at(2).id, before?.digest ?? '', YES, IN_EDITOR)).toBe(false);
  world.answer(2, YES);
  await eventually(() => {
    expect(readFileSync(join(world.folder, 'b.txt'), 'utf8')).toBe('1 and more\n');
  });
  world.answer(3, YES);
  const events = await world.ended;
  expect(order(events, 'asked', 'answered', 'started')).toEqual([
    ...['asked 1', 'asked 2', 'asked 3', 'answered 1 approve', 'started 1'],
    ...['answered 2 outdated', 'asked 2', 'answered 2 approve', 'started 2', 'answered 3 approve', 'started 3'],
  ]);
  expect(outcomes(events)).toEqual(['done', 'done', 'done']);
});

test('an approval that was given early is decided again at its turn: what has changed since is asked again', async () => {
  const edit = { name: 'edit_file', args: { path: 'b.txt', old_text: 'one', new_text: '1' } };
  const world = await asking([writing('a.txt'), edit], { files: { 'b.txt': 'one\n' } });
  await world.until(2);
  world.answer(2, YES);
  await world.until(1);
  writeFileSync(join(world.folder, 'b.txt'), 'one and more\n');
  world.answer(1, YES);
  await eventually(() => {
    expect(world.at(2).askedAgain).toBe('Something changed after you approved; this is how it stands now.');
  });
  expect(readFileSync(join(world.folder, 'b.txt'), 'utf8')).toBe('one and more\n');
  world.answer(2, NO);
  expect(outcomes(await world.ended)).toEqual(['done', 'denied:person']);
});

test('a remembered approval, given with whichever of them, spares the others their question', async () => {
  const world = await asking([writing('src/a.txt'), writing('src/b.txt'), writing('c.txt'), writing('src/d.txt')]);
  await world.until(4);
  const offer = world.at(2).grantOffers.find(({ id }) => id === 'folder');
  world.answer(2, { choice: 'approve-and-grant', grant: { offer: offer?.id ?? '', until: { kind: 'run' } } });
  await eventually(() => {
    expect(world.waiting()).toEqual(['Create c.txt']);
  });
  await world.until(1);
  world.answer(3, YES);
  const events = await world.ended;
  expect(outcomes(events)).toEqual(['done', 'done', 'done', 'done']);
  expect(order(events, 'answered', 'grant_used')).toEqual([
    ...['answered 2 approve-and-grant', 'answered 1 outdated', 'grant_used 1', 'answered 4 outdated'],
    ...['answered 3 approve', 'grant_used 4'],
  ]);
  expect(world.engine.view().run?.questions, 'what nobody had to answer is not counted').toBe(2);
  expect(questionsOf(events)).toMatchObject({ asked: 2, approved: 2, takenBack: 0 });
});

test('a stop takes all of them back: nothing begins, neither what waits nor what was approved early', async () => {
  const world = await asking([writing('a.txt'), writing('b.txt'), writing('c.txt')]);
  await world.until(3);
  world.answer(2, YES);
  await world.until(2);
  await world.engine.stop('You stopped it.', { by: 'person', at: 'editor' });
  const events = await world.ended;
  expect(world.waiting()).toEqual([]);
  expect(order(events, 'answered', 'started', 'finished').sort()).toEqual([
    ...['answered 1 cancelled', 'answered 2 approve', 'answered 3 cancelled', 'finished 2'],
  ]);
  expect(outcomes(events)).toEqual(['denied:person', 'cancelled', 'denied:person']);
  for (const path of ['a.txt', 'b.txt', 'c.txt']) expect(existsSync(join(world.folder, path)), path).toBe(false);
  const shown = world.engine.view().run?.entries.flatMap((entry) => (entry.kind === 'action' ? entry.status : []));
  expect(shown).toEqual(['unanswered', 'cancelled', 'unanswered']);
});

test('Rule of Two: what a call lights counts at its turn, also for one that was approved before', async () => {
  const reading = { name: 'read_file', args: { path: '.vscode/settings.json' } };
  const touching = { name: 'run_command', args: { command: 'touch made.txt' } };
  const world = await asking([reading, touching], {
    files: { '.vscode/settings.json': '{}\n' },
    userPolicy: 'rules: [{decision: ask, paths: [.vscode/settings.json], why: mine}]\n',
  });
  await world.until(2);
  expect(world.at(2).decision.reason).not.toContain('Rule of Two');
  world.answer(2, YES);
  await world.until(1);
  world.answer(1, YES);
  await eventually(() => {
    expect(world.at(2).decision.reason).toContain('Rule of Two');
  });
  expect(existsSync(join(world.folder, 'made.txt'))).toBe(false);
  world.answer(2, NO);
  expect(outcomes(await world.ended)).toEqual(['done', 'denied:person']);
});

test('a policy that is made stricter meanwhile takes back what it denies now', async () => {
  const world = await asking([writing('a.txt'), writing('b.txt')], { userPolicy: '' });
  await world.until(2);
  const stale = world.at(2);
  writeFileSync(world.node.userPolicy, 'rules: [{decision: deny, paths: [b.txt], why: no}]\n');
  world.answer(1, YES);
  const events = await world.ended;
  expect(outcomes(events)).toEqual(['done', 'denied:rules: deny b.txt']);
  expect(world.engine.answer(stale.id, stale.digest, YES, IN_EDITOR)).toBe(false);
}, 20_000);

test('what goes on after an interruption is told of each call what became of it, whatever order they were answered in', async () => {
  const world = await asking([writing('a.txt'), { name: 'read_file', args: { path: 'README.md' } }, writing('c.txt')]);
  await world.until(2);
  world.answer(3, NO);
  await world.until(1);
  await world.engine.interrupt('The window was closed.');
  await world.ended;
  const run = world.engine.view().run?.id ?? '';
  const again: string[] = [];
  world.engine.newRun();
  await world.engine.resume(
    run,
    scripted(({ messages }) => {
      again.push(...messages.flatMap((message) => (message.role === 'tool' ? message.text : [])));
      return {};
    }),
  );
  expect(again).toEqual([
    'Interrupted, not done: The window was closed.',
    'Not begun: the run was ended before this call.',
    expect.stringContaining('Not this one.'),
  ]);
});

test('one call alone is as it was: no place in the log, and nothing taken back', async () => {
  const world = await asking([writing('a.txt')]);
  await world.until(1);
  world.answer(1, YES);
  const events = await world.ended;
  expect(events.filter(({ type }) => type === 'proposed').map(({ data }) => data['call'])).toEqual([undefined]);
  expect(order(events, 'asked', 'answered', 'started')).toEqual(['asked 1', 'answered 1 approve', 'started 1']);
});
