import { expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { GoesElsewhere } from '../../src/core/agent/handOver.ts';
import type { ModelRequest } from '../../src/core/models/port.ts';
import { scripted, workbench } from '../support/workbench.ts';

const HERE = { at: 'terminal', place: '/dev/pts/7' } as const;

test('an earlier run is shown as it ended, and goes on with all that was said in it', async () => {
  const bench = await workbench({ files: { 'a.txt': 'alpha\n' } });
  const { engine, node } = bench;
  await bench.run([{ calls: [{ name: 'read_file', args: { path: 'a.txt' } }] }, { text: 'It says alpha.' }], 'read a');
  const first = engine.view().run?.id ?? '';
  await bench.run([{ text: 'nothing' }], 'another');
  await engine.show(first);
  const { run } = engine.view();
  expect(run).toMatchObject({ id: first, task: 'read a', state: 'finished', model: 'scripted' });
  expect(run?.entries.map((entry) => ('text' in entry ? entry.text : entry.title))).toEqual([
    'read a',
    'Read a.txt',
    'It says alpha.',
  ]);
  // To look at it is no event of it, and keeps nobody from working here.
  expect((await node.audit.events(first)).at(-1)?.type).toBe('run_finished');
  expect(await node.audit.running()).toEqual([]);

  const requests: ModelRequest[] = [];
  const model = scripted((request) => {
    requests.push(request);
    return { text: 'Still alpha.' };
  });
  await engine.send('and now?', model, { run: first });
  expect(engine.view().run?.id).toBe(first);
  const sent = requests[0]?.messages.map(({ text }) => text).join('\n');
  expect(sent).toContain('It says alpha.');
  expect(sent).toContain('and now?');
});

test('to look at a run agrees to nothing: with another model it goes on only where that is agreed to', async () => {
  const bench = await workbench();
  const { engine } = bench;
  await bench.run([{ text: 'said to the first' }], 'first');
  const first = engine.view().run?.id ?? '';
  engine.newRun();
  await engine.show(first);
  let asked = 0;
  const other = {
    ...scripted(() => {
      asked += 1;
      return { text: 'hm' };
    }),
    label: 'other',
    destination: 'Prompts go to other.example.',
  };
  await expect(engine.send('go on', other, { run: first })).rejects.toThrow(GoesElsewhere);
  expect(asked).toBe(0);
  const agreed = { label: other.label, destination: other.destination, from: { by: 'person', ...HERE } as const };
  await engine.send('go on', other, { run: first, agreed });
  expect(asked).toBe(1); // or the refusal proved nothing
});

test('what was said in it elsewhere while it was looked at is not lost: whoever goes on with it knows it', async () => {
  const bench = await workbench();
  const { engine, node } = bench;
  await bench.run([{ text: 'one' }], 'one');
  const run = engine.view().run?.id ?? '';
  engine.newRun();
  await engine.show(run);
  const elsewhere = composeEngine(node.parts);
  await elsewhere.resume(run, scripted([{ text: 'said elsewhere' }]), { message: 'meanwhile' });
  const requests: ModelRequest[] = [];
  const model = scripted((request) => {
    requests.push({ ...request, messages: [...request.messages] });
    return { text: 'all of it' };
  });
  await engine.send('and now?', model, { run });
  expect(requests[0]?.messages.map(({ text }) => text).slice(1)).toEqual([
    ...['one', 'one', 'meanwhile', 'said elsewhere', 'and now?'],
  ]);
  expect(JSON.stringify(await node.audit.loadTranscript(run))).toContain('said elsewhere');
});

test('the runs of a folder are found however many there are of others, and pinned ones however old', async () => {
  const bench = await workbench();
  const { engine, node } = bench;
  const began: string[] = [];
  for (const task of ['a', 'b', 'c', 'd']) {
    await bench.run([{ text: 'x' }], task);
    began.push(engine.view().run?.id ?? '');
  }
  const [oldest = '', , , newest = ''] = began;
  const listed = async (limit: number): Promise<string[]> =>
    (await node.audit.runsIn(bench.folder, limit)).map(({ task }) => task);
  expect(await listed(2)).toEqual(['d', 'c']);
  await engine.label(oldest, { pinned: true }, HERE);
  expect(await listed(2)).toEqual(['d', 'c', 'a']);
  await engine.label(newest, { name: 'other' }, HERE);
  expect(await listed(1)).toEqual(['d', 'a']);
  expect(await node.audit.runsIn('/elsewhere', 10)).toEqual([]);
});

test('what is not there, or is at work, is not shown, and what is shown stays', async () => {
  const bench = await workbench();
  const { engine } = bench;
  await bench.run([{ text: 'one' }], 'one');
  const one = engine.view().run?.id ?? '';
  await expect(engine.show('no-such-run')).rejects.toThrow('There is no run no-such-run');
  expect(engine.view().run?.id).toBe(one);
  engine.newRun();
  let refused: unknown;
  await engine.send(
    'two',
    scripted(async () => {
      refused = await engine.show(one).catch((error: unknown) => error);
      return { text: 'two' };
    }),
  );
  expect(String(refused)).toContain('A run is active');
});

test('a person’s name for a run, and its pin, stand in its record and in the list; nothing of it is told to a model', async () => {
  const bench = await workbench({ environment: { MY_TOKEN: 'ghp_0123456789abcdefghijABCDEFGHIJ0123456' } });
  const { engine, node } = bench;
  await bench.run([{ text: 'one' }], 'a long task');
  const run = engine.view().run?.id ?? '';
  await engine.label(run, { name: 'The parser' }, HERE);
  await engine.label(run, { pinned: true }, HERE);
  const [summary] = await node.audit.summaries([run]);
  expect(summary).toMatchObject({ name: 'The parser', isPinned: true, task: 'a long task', state: 'finished' });
  const labelled = (await node.audit.events(run)).filter(({ type }) => type === 'run_labelled');
  expect(labelled[0]?.data).toMatchObject({ by: 'person', ...HERE });
  await engine.label(run, { name: '', pinned: false }, HERE);
  const [after] = await node.audit.summaries([run]);
  expect(after?.name).toBeUndefined();
  expect(after?.isPinned).toBeUndefined();
  await engine.label(run, { name: 'with ghp_0123456789abcdefghijABCDEFGHIJ0123456' }, HERE);
  const [masked] = await node.audit.summaries([run]);
  expect(masked?.name).toContain('with ');
  expect(masked?.name).not.toContain('ghp_0123456789');
});

test('a run says in the list how often it asked, each action once', async () => {
  const bench = await workbench({ files: { 'a.txt': 'a\n', 'b.txt': 'b\n' } });
  await bench.run([
    {
      calls: [
        { name: 'delete_path', args: { path: 'a.txt' } },
        { name: 'read_file', args: { path: 'b.txt' } },
      ],
    },
    { calls: [{ name: 'delete_path', args: { path: 'b.txt' } }] },
  ]);
  const [summary] = await bench.node.audit.summaries([bench.engine.view().run?.id ?? '']);
  expect(summary).toMatchObject({ actions: 3, questions: 2 });
});
