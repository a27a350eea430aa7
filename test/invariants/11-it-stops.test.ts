import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { NO_EDITOR } from '../../src/core/editor/port.ts';
import { composeEngine } from '../../src/compose.ts';
import type { Model } from '../../src/core/models/port.ts';
import { nodeParts } from '../../src/node/engineParts.ts';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import type { ModelServer, ServerScript } from '../support/modelServer.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { processesWith } from '../support/processes.ts';
import { scripted, workbench } from '../support/workbench.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';

/** A strict server: it refuses a conversation in which a call was left without a result. */
async function strict(script: ServerScript): Promise<{ server: ModelServer; model: Model }> {
  const server = await openAiServer(script);
  onTestFinished(() => server.close());
  return { server, model: openAiModel({ model: 'test-model', baseUrl: server.url, apiKey: 'sk-test-key' }) };
}

/** Everything that a run does, with two calls in its first reply. */
const everything: ServerScript = ({ results, messages }) => {
  if (messages.at(-1)?.text === 'go on') return { text: 'going on' };
  if (results.length === 0)
    return {
      text: 'first',
      calls: [
        { name: 'read_file', args: { path: 'README.md' } },
        { name: 'write_file', args: { path: 'new.txt', content: 'new\n' } },
      ],
    };
  if (results.length === 2)
    return { text: 'then', calls: [{ name: 'run_command', args: { command: 'echo made > made.txt' } }] };
  return { text: 'done' };
};

test('Stop at each event of a run: it stops, the log is whole, and a follow-up goes on in the same run', async () => {
  let events = 0;
  for (let stopAt = 1; events === 0 || stopAt < events; stopAt += 1) {
    const { server, model } = await strict(everything);
    let seen = 0;
    const bench = await workbench({
      change: ({ audit }) => {
        const append = audit.append.bind(audit);
        audit.append = (event) => {
          seen += 1;
          if (seen === stopAt) void bench.engine.stop('Stopped by the test');
          return append(event);
        };
      },
    });
    // What the log adds of itself is not told here.
    const told = ({ type }: { type: string }): boolean => type !== 'conversation';
    const log = (await bench.run(model, 'the task')).filter(told);
    // The first time round, the stop comes at once; how many events there are is known from a run that nobody stops.
    if (events === 0) {
      events = (await workbench().then((free) => free.run(model, 'the task'))).filter(told).length;
      expect(events).toBeGreaterThan(25);
    }
    const at = `stopped at event ${stopAt} (${log[stopAt - 1]?.type ?? ''})`;
    expect(bench.engine.view().run?.state, at).toBe('stopped');
    expect(log.at(-1), at).toMatchObject({
      type: 'run_finished',
      data: { state: 'stopped' },
      payload: { reason: 'Stopped by the test' },
    });
    const types = (type: string): (string | undefined)[] =>
      log.filter((event) => event.type === type).map(({ action }) => action);
    const begun = types('started');
    expect(
      types('finished').filter((action) => begun.includes(action)),
      at,
    ).toEqual(begun);
    for (const { data } of log.filter(({ type, action }) => type === 'finished' && !begun.includes(action)))
      expect(data, at).toEqual({ status: 'cancelled', durationMs: 0 }); // stopped before it was begun
    expect(types('asked'), at).toEqual(types('answered'));
    // Only what was being recorded at that moment may still come; nothing new is begun after it.
    expect(
      log.slice(stopAt).filter(({ type }) => ['turn_started', 'started', 'proposed', 'egress'].includes(type)),
      at,
    ).toEqual([]);
    expect(bench.engine.view().approvals, at).toEqual([]);
    const started = log.filter(({ type }) => type === 'started').map(({ data }) => data['tool']);
    if (!started.includes('write_file')) expect(existsSync(join(bench.folder, 'new.txt')), at).toBe(false);
    if (!started.includes('run_command')) expect(existsSync(join(bench.folder, 'made.txt')), at).toBe(false);

    await bench.engine.send('go on', model);
    expect(server.problems, at).toEqual([]);
    expect(bench.engine.view().run, at).toMatchObject({ id: log[0]?.run, state: 'finished' });
  }
}, 180_000);

test('Stop while the model speaks ends the connection', async () => {
  const { server, model } = await strict(() => ({ text: 'word '.repeat(10_000), paceMs: 5 }));
  const bench = await workbench();
  const working = bench.engine.send('talk', model);
  await expect
    .poll(() => bench.engine.view().run?.entries.at(-1), { timeout: 10_000 })
    .toMatchObject({ kind: 'assistant', streaming: true });
  await bench.engine.stop('enough');
  await working;
  expect(bench.engine.view().run).toMatchObject({ state: 'stopped', reason: 'enough' });
  expect(bench.engine.view().run?.entries.filter((entry) => entry.kind === 'assistant' && entry.streaming)).toEqual([]);
  await expect.poll(() => server.open(), { timeout: 10_000 }).toBe(0);
});

test.each(['silent', 'stall'] as const)('Stop while the model is %s ends the connection at once', async (misbehave) => {
  const { server, model } = await strict(() => ({ misbehave }));
  const bench = await workbench();
  const working = bench.engine.send('talk', model);
  await expect.poll(() => server.open(), { timeout: 10_000 }).toBe(1);
  await bench.engine.stop('enough'); // the model itself would be waited for without end
  await working;
  expect(bench.engine.view().run?.state).toBe('stopped');
  await expect.poll(() => server.open(), { timeout: 10_000 }).toBe(0);
});

test('Stop while a failed request waits to be tried again', async () => {
  const { server, model } = await strict(() => ({ misbehave: 'overloaded' }));
  const bench = await workbench();
  const working = bench.engine.send('talk', model);
  await expect.poll(() => server.requests.length, { timeout: 10_000 }).toBe(1);
  await bench.engine.stop('enough');
  await working;
  expect(bench.engine.view().run?.state).toBe('stopped');
  expect(server.requests).toHaveLength(1);
});

test('Stop while a command runs: none of its processes is left when Stop returns', async () => {
  const bench = await workbench();
  const command = 'trap "" TERM INT HUP; setsid nohup sleep 98763 & (sleep 98763 &) ; sleep 98763';
  const working = bench.engine.send('run', scripted([{ calls: [{ name: 'run_command', args: { command } }] }]));
  await expect.poll(() => processesWith('sleep\u000098763').length, { timeout: 100_000 }).toBe(3);
  await bench.engine.stop('enough');
  expect(processesWith('98763')).toEqual([]);
  await working;
  const log = await bench.node.audit.events(bench.engine.view().run?.id ?? '');
  expect(log.filter(({ type }) => type === 'finished').map(({ data }) => data['status'])).toEqual(['cancelled']);
}, 120_000);

test('Stop while a person is asked: the question goes, an answer that comes too late does nothing', async () => {
  const bench = await workbench({ answer: () => undefined });
  const working = bench.engine.send(
    'write',
    scripted([{ calls: [{ name: 'write_file', args: { path: 'a.txt', content: 'a' } }] }]),
  );
  await expect.poll(() => bench.asked.length, { timeout: 10_000 }).toBe(1);
  const [approval] = bench.asked;
  await bench.engine.stop('enough');
  await working;
  expect(bench.engine.answer(approval?.id ?? '', approval?.digest ?? '', { choice: 'approve' }, IN_EDITOR)).toBe(false);
  expect(existsSync(join(bench.folder, 'a.txt'))).toBe(false);
  const log = await bench.node.audit.events(approval?.run ?? '');
  expect(log.find(({ type }) => type === 'answered')?.data).toMatchObject({ choice: 'deny', by: 'cancelled' });
});

test('Stop right after the task was sent, before the run has begun', async () => {
  const bench = await workbench();
  const working = bench.engine.send(
    'write',
    scripted([{ calls: [{ name: 'write_file', args: { path: 'a.txt', content: 'a' } }] }]),
  );
  await bench.engine.stop('enough');
  await working;
  expect(bench.engine.view().run?.state).toBe('stopped');
  expect(existsSync(join(bench.folder, 'a.txt'))).toBe(false);
});

test('two tasks sent at the same moment are one run; what is said while it works joins it', async () => {
  const { server, model } = await strict(({ messages }) => ({
    text: `heard ${messages.filter(({ role }) => role === 'user').length}`,
  }));
  const bench = await workbench();
  await Promise.all([bench.engine.send('one', model), bench.engine.send('two', model)]);
  await expect.poll(() => bench.engine.isWorking, { timeout: 10_000 }).toBe(false);
  expect(server.problems).toEqual([]);
  expect(await bench.node.audit.runs(10)).toHaveLength(1);
  expect(bench.engine.view().run?.entries.at(-1)).toMatchObject({ kind: 'assistant', text: 'heard 2' });
});

test('a second engine gets no run in the same folder while the first one works, and gets one afterwards', async () => {
  const bench = await workbench({ answer: () => undefined });
  const working = bench.engine.send(
    'write',
    scripted([{ calls: [{ name: 'write_file', args: { path: 'a.txt', content: 'a' } }] }]),
  );
  await expect.poll(() => bench.asked.length, { timeout: 10_000 }).toBe(1);
  const other = await nodeParts({
    folders: [bench.folder],
    environment: {
      PATH: process.env['PATH'],
      XDG_DATA_HOME: join(bench.data, '..'),
      XDG_CONFIG_HOME: join(bench.config, '..'),
    },
    version: 'test',
    editor: NO_EDITOR,
    home: bench.home,
  });
  onTestFinished(() => other.audit[Symbol.asyncDispose]());
  const second = composeEngine(other.parts);
  await second.send('me too', scripted([{ text: 'hello' }]));
  const { state, reason } = second.view().run ?? expect.fail();
  expect(state).toBe('failed');
  expect(reason).toContain('Another run is waiting for an answer in another program since ');
  expect(reason).toContain(`, in ${bench.folder}. Show it here, or stop it there.`);
  expect(await other.audit.events(second.view().run?.id ?? '')).toEqual([]);
  expect(bench.engine.view().approvals).toHaveLength(1);
  await bench.engine.stop('enough');
  await working;
  await second.send('now?', scripted([{ text: 'hello' }]));
  expect(second.view().run?.state).toBe('finished');
});
