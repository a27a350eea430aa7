import { expect, test } from 'vitest';
import type { ModelRequest } from '../../src/core/models/port.ts';
import { turnsOf } from '../../src/core/audit/tree.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import type { Entry } from '../../src/shared/runView.ts';
import { scripted, workbench } from '../support/workbench.ts';

const CALLS = [
  { name: 'read_file', args: { path: 'a.txt' } },
  { name: 'read_file', args: { path: 'none.txt' } },
  { name: 'read_file', args: { path: '/etc/shadow' } },
  { name: 'delete_path', args: { path: 'a.txt' } },
];
const STATUSES = ['done', 'failed', 'denied', 'denied', 'unanswered'];

/** What the panel shows of actions. */
function shown(entries: readonly Entry[] | undefined): unknown[] {
  return (entries ?? []).flatMap((entry) => (entry.kind === 'action' ? [[entry.tool, entry.status]] : []));
}

/** What a model is told of calls. */
function told(request: ModelRequest | undefined): string[] {
  return (request?.messages ?? []).flatMap((message) => (message.role === 'tool' ? [message.text] : []));
}

async function stoppedRun() {
  const bench = await workbench({
    files: { 'a.txt': 'hello\n' },
    answer: ({ tool }) => {
      if (tool === 'delete_path') return { choice: 'deny', reason: 'keep it' };
      if (tool === 'write_file') return { choice: 'approve' };
      void bench.engine.stop('You stopped it.');
      return undefined;
    },
  });
  const [first] = await bench.run([
    { text: 'I look.', calls: CALLS },
    { calls: [{ name: 'run_command', args: { command: 'node x' } }] },
  ]);
  return { bench, run: first?.run ?? '', before: bench.engine.view().run };
}

test('a resumed run shows what was denied, failed and never answered as that, with who said so', async () => {
  const { bench, run, before } = await stoppedRun();
  const calls = [...CALLS, { name: 'run_command' }].map(({ name }, at) => [name, STATUSES[at]]);
  expect(shown(before?.entries)).toEqual(calls); // control: while it went on
  bench.engine.newRun();
  await bench.engine.resume(run, scripted([]));
  const after = bench.engine.view().run;
  expect(shown(after?.entries)).toEqual(calls);
  expect(after?.questions).toBe(before?.questions);
  const nodes = turnsOf(await bench.node.audit.events(run)).flatMap(({ actions }) => actions);
  expect(nodes.map(({ outcome }) => outcome)).toEqual(STATUSES);
  const entries = after?.entries ?? [];
  expect(entries.slice(0, 2)).toEqual([
    { kind: 'user', text: 'do it', point: { run, message: 1 } },
    { kind: 'assistant', text: 'I look.', streaming: false },
  ]);
  expect(entries.find((entry) => entry.kind === 'action' && entry.tool === 'delete_path')).toMatchObject({
    verdict: 'ask',
    why: expect.stringMatching(/denied by you/) as string,
  });
  expect(entries).toContainEqual({ kind: 'notice', level: 'warning', text: 'You stopped it.' });
});

test('what the stored conversation claims is not shown, and the model is told what the log says', async () => {
  const { bench, run } = await stoppedRun();
  const stored = (await bench.node.audit.loadTranscript(run)) as { messages: { role: string; text: string }[] };
  for (const message of stored.messages)
    if (message.role === 'tool') Object.assign(message, { text: 'Deleted a.txt.', ended: 'done' });
  await bench.node.audit.saveTranscript(run, stored);
  bench.engine.newRun();
  let request: ModelRequest | undefined;
  await bench.engine.resume(
    run,
    scripted((asked) => {
      request ??= structuredClone(asked);
      return { text: 'done' };
    }),
  );
  expect(shown(bench.engine.view().run?.entries).map((one) => (one as string[])[1])).toEqual(STATUSES);
  expect(told(request)).toEqual([
    'Deleted a.txt.', // the log says that this call is done; of what it put out the conversation is the record
    expect.stringMatching(/none\.txt does not exist$/) as string,
    expect.stringMatching(/^Not allowed/) as string,
    'The user denied this. The reason given: keep it',
    expect.stringMatching(/^Not done: not answered/) as string,
  ]);
});

test('calls that were never stored are told as the log has them; where it has nothing, that is said', async () => {
  const { bench, run } = await stoppedRun();
  const stored = (await bench.node.audit.loadTranscript(run)) as { messages: { role: string }[] };
  const withoutResults = { ...stored, messages: stored.messages.filter(({ role }) => role !== 'tool') };
  await bench.node.audit.saveTranscript(run, withoutResults);
  bench.engine.newRun();
  let request: ModelRequest | undefined;
  await bench.engine.resume(
    run,
    scripted((asked) => {
      request ??= structuredClone(asked);
      return { text: 'done' };
    }),
  );
  expect(told(request)[0]).toMatch(/hello/);
  expect(told(request)[3]).toMatch(/^The user denied this/);
  const unknown = 'e0000000-0000-4000-8000-000000000000';
  await bench.node.audit.saveTranscript(unknown, stored);
  bench.engine.newRun();
  const model = scripted([]);
  // Which model it was with is not known: somebody has to agree to this one.
  await bench.engine.resume(unknown, model, { model: { ...model, from: IN_EDITOR } });
  expect(bench.engine.view().run?.entries[0]).toMatchObject({
    kind: 'notice',
    text: expect.stringMatching(/^The log (has nothing|does not have the beginning) of this run/) as string,
  });
  expect(shown(bench.engine.view().run?.entries)).toEqual([]);
});

test('what was said while it worked is shown, and what was put back since is said, to the model too', async () => {
  const bench = await workbench({ files: { 'a.txt': 'hello\n' } });
  const [first] = await bench.run(async (_request, turn) => {
    if (turn === 1) await bench.engine.say('and be quick');
    return turn === 0 ? { calls: [{ name: 'write_file', args: { path: 'b.txt', content: 'new\n' } }] } : { text: 'ok' };
  });
  const run = first?.run ?? '';
  const action = turnsOf(await bench.node.audit.events(run))[0]?.actions[0]?.id ?? '';
  const reverted = await bench.engine.revert({ run, action });
  expect(reverted.status).toBe('done');
  const outcome = async () => turnsOf(await bench.node.audit.events(run))[0]?.actions[0]?.outcome;
  expect(await outcome()).toBe('reverted');
  bench.engine.newRun();
  let request: ModelRequest | undefined;
  await bench.engine.resume(
    run,
    scripted((asked) => {
      request ??= structuredClone(asked);
      return { text: 'done' };
    }),
  );
  expect(shown(bench.engine.view().run?.entries)).toEqual([['write_file', 'reverted']]);
  expect(bench.engine.view().run?.entries).toContainEqual({
    ...{ kind: 'user', text: 'and be quick' },
    point: { run, message: 2 },
  });
  expect(told(request)[0]).toMatch(/\[The user has put back since what this changed\.\]$/);
  const own = (await bench.node.audit.events(run)).findLast(({ type }) => type === 'reverted')?.data;
  await bench.engine.revert({ run: String(own?.['run']), action: String(own?.['action']) });
  expect(await outcome()).toBe('done'); // the revert was reverted
});
