import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import type { ModelRequest } from '../../src/core/models/port.ts';
import { GoesElsewhere } from '../../src/core/agent/handOver.ts';
import { ConversationChanged } from '../../src/core/audit/port.ts';
import type { RunView } from '../../src/shared/runView.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { verifyDatabase } from '../../src/node/audit/verify/verifyDatabase.ts';
import { approving, scripted, workbench, type Workbench } from '../support/workbench.ts';

/** A run of three messages: the first denied something with a reason, the second wrote a file, the third says no more. */
async function threeMessages(): Promise<{ bench: Workbench; run: string }> {
  const bench = await workbench({
    files: { 'a.txt': 'alpha\n', 'b.txt': 'beta\n' },
    answer: (approval) =>
      approval.tool === 'delete_path' ? { choice: 'deny', reason: 'Keep a.txt' } : approving(approval),
  });
  const { engine } = bench;
  await bench.run([{ calls: [{ name: 'delete_path', args: { path: 'a.txt' } }] }, { text: 'Then I keep it.' }], 'one');
  const run = engine.view().run?.id ?? '';
  await engine.send(
    'two',
    scripted([{ calls: [{ name: 'write_file', args: { path: 'c.txt', content: 'c\n' } }] }, { text: 'Written.' }]),
    { run },
  );
  await engine.send('three', scripted([{ text: 'Nothing more.' }]), { run });
  return { bench, run };
}

function listening(): { model: ReturnType<typeof scripted>; sent: () => string[] } {
  const requests: ModelRequest[] = [];
  const model = scripted((request) => {
    requests.push(structuredClone(request));
    return { text: 'Another way.' };
  });
  return { model, sent: () => (requests[0]?.messages ?? []).slice(1).map(({ text }) => text) };
}

const said = (run: RunView | undefined): string[] =>
  (run?.entries ?? []).flatMap((entry) => (entry.kind === 'user' || entry.kind === 'assistant' ? entry.text : []));

test('a new run goes on from before a message, with what was denied till then and why; files stay as they are', async () => {
  const { bench, run } = await threeMessages();
  const { engine, node } = bench;
  const point = engine.view().run?.entries.findLast((entry) => entry.kind === 'user')?.point;
  expect(point).toEqual({ run, message: 3 });

  const { model, sent } = listening();
  await engine.fork({ run, message: 2, from: IN_EDITOR }, model, {}, { text: 'two, otherwise' });
  const forked = engine.view().run;
  expect(forked?.id).not.toBe(run);
  expect(forked).toMatchObject({ task: 'two, otherwise', state: 'finished', questions: 0, grants: [] });
  expect(sent()).toEqual([
    'one',
    '',
    expect.stringMatching(/^The user denied this.*Keep a\.txt/s),
    'Then I keep it.',
    'two, otherwise',
  ]);
  expect(said(forked)).toEqual(['one', 'Then I keep it.', 'two, otherwise', 'Another way.']);
  expect(readFileSync(join(bench.folder, 'c.txt'), 'utf8')).toBe('c\n'); // of the part that was left out

  // Its record names where it comes from; the old run is as it was.
  const events = await node.audit.events(forked?.id ?? '');
  const second = (await node.audit.events(run)).find(({ type }) => type === 'run_continued');
  expect(events.find(({ type }) => type === 'forked')?.data).toMatchObject({
    ...{ from: run, message: 2, seq: second?.seq },
    ...{ by: 'person', at: 'editor' },
  });
  expect(events.filter(({ type }) => type === 'run_started')).toHaveLength(1);
  expect((await node.audit.events(run)).at(-1)?.type).toBe('run_finished');
  expect((await node.audit.runsIn(bench.folder, 5)).map(({ task }) => task)).toEqual(['two, otherwise', 'one']);

  // Looked at again, and gone on with, it is the same: what came before it is read from the record of the other one.
  const before = forked?.entries;
  engine.newRun();
  await engine.show(forked?.id ?? '');
  expect(engine.view().run?.entries).toEqual(before);
  const again = listening();
  await engine.send('more', again.model, { run: forked?.id ?? '' });
  expect(again.sent()).toEqual([...sent(), 'Another way.', 'more']);
  // And a fork of the fork.
  const third = listening();
  await engine.fork({ run: forked?.id ?? '', message: 2, from: IN_EDITOR }, third.model, {}, { text: 'third' });
  expect(third.sent()).toEqual([...sent(), 'Another way.', 'third']);
  expect(said(engine.view().run)).toEqual([
    ...['one', 'Then I keep it.', 'two, otherwise', 'Another way.'],
    ...['third', 'Another way.'],
  ]);
  const verdict = verifyDatabase(node.audit.file, { testimonies: [] }, () => undefined);
  expect(verdict.problem).toBeUndefined();
  expect(verdict.state).not.toBe('broken');
});

test('without a message all of it is kept; before the first nothing is', async () => {
  const { bench, run } = await threeMessages();
  const all = listening();
  await bench.engine.fork({ run, from: IN_EDITOR }, all.model, {}, { text: 'four' });
  expect(all.sent().slice(-4)).toEqual(['Written.', 'three', 'Nothing more.', 'four']);
  const none = listening();
  await bench.engine.fork({ run, message: 1, from: IN_EDITOR }, none.model, {}, { text: 'anew' });
  expect(none.sent()).toEqual(['anew']);
  await expect(bench.engine.fork({ run, message: 4, from: IN_EDITOR }, none.model, {}, { text: 'x' })).rejects.toThrow(
    `Run ${run} has 3 messages of yours: 1 "one", 2 "two", 3 "three". Name one of those.`,
  );
});

test('what was said while it worked, or was taken back, is found by its number', async () => {
  const bench = await workbench({ files: { 'a.txt': 'alpha\n' } });
  const { engine } = bench;
  await bench.run(async (_request, turn) => {
    if (turn > 0) return { text: 'done' };
    await engine.say('forget this');
    await engine.say('be quick');
    await engine.withdraw(engine.view().run?.queued?.[0]?.id ?? '', { at: 'editor' });
    return { calls: [{ name: 'read_file', args: { path: 'a.txt' } }] };
  }, 'one');
  const run = engine.view().run?.id ?? '';
  const points = engine.view().run?.entries.flatMap((entry) => (entry.kind === 'user' ? [entry.point?.message] : []));
  expect(points).toEqual([1, 3]);
  const { model, sent } = listening();
  await engine.fork({ run, message: 3, from: IN_EDITOR }, model, {}, { text: 'be slow' });
  expect(sent()).toEqual(['one', '', expect.stringContaining('alpha'), 'be slow']);
  await expect(engine.fork({ run, message: 2, from: IN_EDITOR }, model, {}, { text: 'x' })).rejects.toThrow(
    'Message 2 was taken back: begin at another one.',
  );
});

test('with another model it begins only where somebody has agreed to that; nothing is recorded before', async () => {
  const { bench, run } = await threeMessages();
  const { engine, node } = bench;
  const { model, sent } = listening();
  const other = { ...model, label: 'other', destination: 'Prompts go to other.example.' };
  const fork = { run, message: 2, from: IN_EDITOR };
  await expect(engine.fork(fork, other, {}, { text: 'x' })).rejects.toThrow(GoesElsewhere);
  expect(sent()).toEqual([]);
  expect(await node.audit.runs(10)).toHaveLength(1);
  expect(engine.view().run?.id).toBe(run);
  const agreed = { model: { label: other.label, destination: other.destination, from: IN_EDITOR } };
  await engine.fork(fork, other, agreed, { text: 'x' });
  expect(sent().at(-1)).toBe('x');
});

test('a run whose stored conversation was changed is not forked, nor one that is at work', async () => {
  const { bench, run } = await threeMessages();
  const { engine, node } = bench;
  const { model, sent } = listening();
  const fork = { run, message: 2, from: IN_EDITOR };
  {
    using database = new DatabaseSync(node.audit.file);
    database
      .prepare("UPDATE transcripts SET body = replace(body, 'Keep a.txt', 'Delete it') WHERE run LIKE ?")
      .run(`${run}%`);
  }
  await expect(engine.fork(fork, model, {}, { text: 'x' })).rejects.toThrow(ConversationChanged);
  expect(sent()).toEqual([]);
  engine.newRun();
  let refused: unknown;
  await engine.send(
    'another',
    scripted(async () => {
      refused = await engine.fork(fork, model, {}, { text: 'x' }).catch((error: unknown) => error);
      return { text: 'ok' };
    }),
  );
  expect(String(refused)).toContain('A run is active');
});
