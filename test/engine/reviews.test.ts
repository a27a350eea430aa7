import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ReviewSchema, type ReviewedFile } from '../../src/shared/review.ts';
import { turnsOf } from '../../src/core/audit/tree.ts';
import { workbench } from '../support/workbench.ts';

const FROM = { at: 'editor', place: 'app' } as const;
const TEN = Array.from({ length: 10 }, (_, index) => `line ${index + 1}\n`).join('');

test('a review lists what a run changed; each file, place, action or all of it is kept or put back through the gate', async () => {
  const bench = await workbench({
    files: {
      'ten.txt': TEN,
      'gone.txt': 'gone\n',
      'stay.txt': 'stay\n',
      'old.txt': 'moved\n',
      'crlf.txt': 'a\r\nb\r\n',
    },
  });
  const { engine, folder } = bench;
  await engine.chooseWay('review', FROM);
  const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const edit = (path: string, old_text: string, new_text: string): object => ({
    name: 'edit_file',
    args: { path, old_text, new_text },
  });
  await bench.run([
    {
      calls: [
        edit('ten.txt', 'line 2', 'LINE 2'),
        edit('ten.txt', 'line 9\n', ''),
        edit('crlf.txt', 'b', 'B'),
        {
          name: 'run_command',
          args: { command: 'rm gone.txt; printf "new\\n" > "evil\u202Etxt"; echo x >> stay.txt' },
        },
        { name: 'move_path', args: { from: 'old.txt', to: 'new.txt' } },
      ] as never,
    },
  ]);
  expect(bench.asked).toEqual([]);
  const run = engine.view().run?.id ?? '';
  const at = (name: string): string => join(folder, name);
  const reviewed = async (): Promise<Map<string, ReviewedFile>> => {
    const review = ReviewSchema.parse(await engine.reviews.of(run));
    expect([review.more, review.unknown]).toEqual([0, []]);
    return new Map(review.files.map((file) => [file.path.slice(folder.length + 1), file]));
  };

  let files = await reviewed();
  expect(
    [...files].map(([name, { what, added, removed, state, since }]) => [name, what, added, removed, state, since]),
  ).toEqual([
    ['crlf.txt', 'changed', 1, 1, 'open', false],
    ['evil\u202Etxt', 'new', 1, 0, 'open', false],
    ['gone.txt', 'deleted', 0, 1, 'open', false],
    ['new.txt', 'moved', undefined, undefined, 'open', false],
    ['stay.txt', 'changed', 1, 0, 'open', false],
    ['ten.txt', 'changed', 1, 2, 'open', false],
  ]);
  expect(files.get('ten.txt')?.actions).toHaveLength(2);

  // A place of a file: the rest of it stays as the run has it, line ends too.
  const { digest, parts } = await engine.reviews.partsOf(run, at('ten.txt'));
  expect(parts).toEqual([
    { line: 2, removed: ['line 2\n'], added: ['LINE 2\n'] },
    { line: 9, removed: ['line 9\n'], added: [] },
  ]);
  const onePart = (part: unknown): Parameters<typeof engine.revertParts>[0] => ({
    path: at('ten.txt'),
    digest,
    parts: [part as { line: number; removed: string[]; added: string[] }],
  });
  expect((await engine.revertParts(onePart(parts[1]), 'review')).status).toBe('done');
  expect(await text('ten.txt')).toBe(TEN.replace('line 2', 'LINE 2'));
  // What was seen in another file than stands there now is not put back.
  const late = await engine.revertParts(onePart(parts[0]), 'review');
  expect([late.status, late.text]).toEqual(['failed', expect.stringContaining('look at it again')]);
  expect(await text('ten.txt')).toBe(TEN.replace('line 2', 'LINE 2'));
  const crlf = await engine.reviews.partsOf(run, at('crlf.txt'));
  await engine.revertParts({ path: at('crlf.txt'), digest: crlf.digest, parts: crlf.parts as never }, 'review');
  expect(await text('crlf.txt')).toBe('a\r\nb\r\n');

  // Kept, put back, and what another one has changed since.
  await engine.reviews.keep(run, [at('ten.txt')], FROM);
  expect((await engine.revertRun(run, { only: [at('gone.txt'), at('new.txt'), at('old.txt')] }, 'review')).status).toBe(
    'done',
  );
  expect([await text('gone.txt'), await text('old.txt')]).toEqual(['gone\n', 'moved\n']);
  await writeFile(at('stay.txt'), 'mine\n');
  files = await reviewed();
  expect([...files].map(([name, { state, since }]) => [name, state, since])).toEqual([
    ['crlf.txt', 'put back', false],
    ['evil\u202Etxt', 'open', false],
    ['gone.txt', 'put back', false],
    ['new.txt', 'put back', false],
    ['stay.txt', 'open', true],
    ['ten.txt', 'kept', true],
  ]);
  const { before, after, now } = await engine.reviews.texts(run, at('stay.txt'));
  expect([before, after, now]).toEqual(['stay\n', 'stay\nx\n', 'mine\n']);

  // Each is an action of its own, in a run of the person's; the agent's run says who kept what.
  const events = await bench.node.audit.events(run);
  expect(events.find(({ type }) => type === 'changes_kept')).toMatchObject({
    data: { files: 1, by: 'person', at: 'editor', place: 'app' },
    payload: { paths: [at('ten.txt')] },
  });
  const [latest] = await bench.node.audit.runs(1);
  const own = await bench.node.audit.events(latest?.run ?? '');
  expect(own.find(({ type }) => type === 'run_started')?.data['provider']).toBe('none');
  expect(turnsOf(own)[0]?.actions[0]?.tool).toBe('revert_action');

  // One action alone.
  const command = turnsOf(events)
    .flatMap(({ actions }) => actions)
    .find(({ tool }) => tool === 'run_command');
  expect((await engine.revertRun(run, { from: command?.id, alone: true }, 'review')).status).toBe('done');
  expect(await text('stay.txt')).toBe('stay\n');
  await expect(text('evil\u202Etxt')).rejects.toThrow(/ENOENT/);
  // All of it, once more.
  await engine.revertRun(run, {}, 'review');
  expect([await text('ten.txt'), await text('old.txt')]).toEqual([TEN, 'moved\n']);
  expect([...(await reviewed()).values()].every(({ state }) => state === 'put back')).toBe(true);
});

test('what the policy keeps from review asks when it is put back, too; a path that the run did not change has no texts', async () => {
  const bench = await workbench({
    files: { 'a.txt': 'one\n' },
    userPolicy: 'ways: {allowed: [look, ask]}\n',
  });
  await bench.run([{ calls: [{ name: 'edit_file', args: { path: 'a.txt', old_text: 'one', new_text: 'two' } }] }]);
  expect(bench.asked).toHaveLength(1);
  const run = bench.engine.view().run?.id ?? '';
  await bench.engine.revertRun(run, {}, 'review');
  expect(bench.asked).toHaveLength(2);
  await expect(bench.engine.reviews.texts(run, '/etc/passwd')).rejects.toThrow('did not change this file');
  await expect(bench.engine.chooseWay('review', FROM)).rejects.toThrow(
    /^Review afterwards is left out by the user policy/,
  );
});
