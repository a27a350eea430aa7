import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Model, ModelEvent } from '../../src/core/models/port.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { processesWith } from '../support/processes.ts';
import { outcomes, scripted, workbench, type Script } from '../support/workbench.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';

/** Looks at something new in every turn and never ends by itself. */
const forever: Script = (_, turn) => ({
  calls: [{ name: 'list_directory', args: { path: turn % 2 === 0 ? '.' : 'sub' } }],
});

function stateAtEnd(events: readonly AuditRecord[]): unknown {
  expect(events.at(-1)?.type).toBe('run_finished');
  return events.at(-1)?.data['state'];
}

test('max_iterations ends a run; resume goes on with the same run, its messages, and a new allowance', async () => {
  const bench = await workbench({ files: { 'sub/x': 'x' }, userPolicy: 'max_iterations: 3\n' });
  const events = await bench.run(forever, 'the task');
  const first = bench.engine.view().run;
  expect(first).toMatchObject({ state: 'limit', turn: 3, maxTurns: 3 });
  expect(first?.reason).toContain('max_iterations');
  expect(stateAtEnd(events)).toBe('limit');
  expect(events.filter(({ type }) => type === 'turn_started')).toHaveLength(3);

  let seen: string[] = [];
  await bench.engine.resume(
    first?.id ?? '',
    scripted((request) => {
      seen = request.messages.map(({ role }) => role);
      return { text: 'done now' };
    }),
  );
  expect(bench.engine.view().run).toMatchObject({ id: first?.id, state: 'finished', task: 'the task' });
  expect(seen).toEqual(['system', 'user', 'assistant', 'tool', 'assistant', 'tool', 'assistant', 'tool']);
  const all = await bench.node.audit.events(first?.id ?? '');
  expect(all.map(({ type }) => type).filter((type) => type.startsWith('run_'))).toEqual([
    'run_started',
    'run_finished',
    'run_continued',
    'run_finished',
  ]);
  expect((await bench.node.audit.runs(10)).map(({ run, state }) => [run, state])).toEqual([[first?.id, 'finished']]);
});

test('max_iterations lowered while a run goes on counts from the next turn', async () => {
  const bench = await workbench({ files: { 'sub/x': 'x' } });
  await mkdir(join(bench.folder, '.oversign'));
  const events = await bench.run(async (request, turn) => {
    if (turn === 1) await writeFile(join(bench.folder, '.oversign/policy.yaml'), 'max_iterations: 2\n');
    return typeof forever === 'function' ? forever(request, turn) : {};
  });
  expect(stateAtEnd(events)).toBe('limit');
  expect(events.filter(({ type }) => type === 'turn_started')).toHaveLength(2);
});

test('timeout ends a run in the middle of a command, and no process of it is left', async () => {
  const bench = await workbench({ userPolicy: 'timeout: 2\n' });
  await bench.node.sandbox.chosen('auto').status({ memoryBytes: 1, cpuSeconds: 1, diskBytes: 1, processes: 1 }); // the self-test takes a while
  const events = await bench.run([
    { calls: [{ name: 'run_command', args: { command: 'sleep 98761 & sleep 98761; true' } }] },
  ]);
  expect(stateAtEnd(events)).toBe('limit');
  expect(bench.engine.view().run?.reason).toContain('2 s, the limit of your policy (timeout)');
  expect(outcomes(events)).toEqual(['cancelled']);
  expect(processesWith('sleep 98761')).toEqual([]);
});

test('timeout ends a run whose model never answers', async () => {
  const bench = await workbench({ userPolicy: 'timeout: 1\n' });
  const silent: Model = {
    ...scripted([]),
    // It never says anything; it only ends when it is told to.
    stream: (_request, _permit, signal) => ({
      [Symbol.asyncIterator]: () => ({
        next: () =>
          new Promise<IteratorResult<ModelEvent>>((_, reject) => {
            signal.addEventListener('abort', () => {
              reject(new Error('aborted'));
            });
          }),
      }),
    }),
  };
  expect(stateAtEnd(await bench.run(silent))).toBe('limit');
});

test('the time that a person takes to answer does not count', async () => {
  const bench = await workbench({ userPolicy: 'timeout: 6\n', answer: () => undefined });
  bench.engine.onChange(() => {
    const [approval] = bench.engine.view().approvals;
    if (approval)
      setTimeout(() => bench.engine.answer(approval.id, approval.digest, { choice: 'approve' }, IN_EDITOR), 7000);
  });
  const events = await bench.run([{ calls: [{ name: 'write_file', args: { path: 'late.txt', content: 'late\n' } }] }]);
  expect(stateAtEnd(events)).toBe('finished');
  expect(readFileSync(join(bench.folder, 'late.txt'), 'utf8')).toBe('late\n');
  expect(Number(events.find(({ type }) => type === 'answered')?.data['waitedMs'])).toBeGreaterThan(6000);
});

test('a command over its own time limit is ended with all its children; the run goes on and the model is told', async () => {
  const bench = await workbench({ userPolicy: 'tools: {code_execution: {timeout: 1}}\n' });
  let told = '';
  const events = await bench.run((request, turn) => {
    if (turn === 0) return { calls: [{ name: 'run_command', args: { command: 'setsid sleep 98762 & sleep 98762' } }] };
    told = request.messages.at(-1)?.text ?? '';
    return { text: 'I see' };
  });
  expect(told).toContain('[stopped: it ran longer than 1 s]');
  expect(outcomes(events)).toEqual(['failed']);
  expect(stateAtEnd(events)).toBe('finished');
  expect(processesWith('sleep 98762')).toEqual([]);
});

test('the same call with the same result again and again: the model is told, then a person is asked, then it ends', async () => {
  const bench = await workbench();
  const told: number[] = [];
  const events = await bench.run((request) => {
    const said = request.messages.filter(({ text }) => text.includes('You have made this call several times'));
    told.push(said.length);
    return { calls: [{ name: 'read_file', args: { path: 'README.md' } }] };
  });
  expect(stateAtEnd(events)).toBe('limit');
  expect(bench.atLimits).toMatchObject([{ limit: 'repetition' }]);
  expect(bench.engine.view().run?.reason).toContain('again and again');
  expect(outcomes(events)).toEqual(Array(5).fill('done'));
  expect(told.slice(0, 5)).toEqual([0, 0, 0, 1, 1]);
});

test('two calls in turn, round after round, are told and asked about too', async () => {
  const bench = await workbench({ files: { 'sub/x': 'x' } });
  const events = await bench.run(forever);
  expect(bench.atLimits).toMatchObject([{ limit: 'repetition' }]);
  expect(outcomes(events)).toHaveLength(10);
});

test('the same call with other results, or other calls between, is no repetition', async () => {
  const bench = await workbench();
  const events = await bench.run((_, turn) =>
    turn < 4
      ? { calls: [{ name: 'run_command', args: { command: 'echo x >> n; wc -l n' } }] }
      : turn < 10
        ? { calls: [{ name: 'read_file', args: { path: turn % 2 === 0 ? 'README.md' : 'n' } }] }
        : {},
  );
  expect(stateAtEnd(events)).toBe('finished');
  expect(outcomes(events)).toHaveLength(10);
});

test('a reply without end, and one of calls without end, is a failure, and none of it is done', async () => {
  const bench = await workbench();
  const endless = (event: ModelEvent): Model => ({
    ...scripted([]),
    async *stream(): AsyncIterable<ModelEvent> {
      await Promise.resolve();
      for (;;) yield event;
    },
  });
  const text = await bench.run(endless({ type: 'text', text: 'and so on, ' }));
  expect(stateAtEnd(text)).toBe('failed');
  expect(bench.engine.view().run?.reason).toContain('200000 characters');
  const args = JSON.stringify({ path: 'x', content: '' });
  const calls = await bench.run(endless({ type: 'call', call: { id: 'c', name: 'write_file', arguments: args } }));
  expect(stateAtEnd(calls)).toBe('failed');
  expect(bench.engine.view().run?.reason).toContain('more than 256 tool calls');
  expect(calls.filter(({ action }) => action !== undefined)).toEqual([]);
});

test('of more calls than are carried out at once the model is told so, each has its answer, and the run goes on', async () => {
  const bench = await workbench();
  const calls = Array.from({ length: 40 }, (_, index) => ({
    name: 'write_file',
    args: { path: `f${index}`, content: 'x' },
  }));
  let told: string[] = [];
  const events = await bench.run(
    scripted((request, turn) => {
      told = request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : []));
      return turn === 0 ? { calls } : { text: 'Done.' };
    }),
  );
  expect(stateAtEnd(events)).toBe('finished');
  expect(told).toHaveLength(40);
  expect(told.filter((text) => text.includes('a reply carries out 32 calls at most'))).toHaveLength(8);
  expect(told.slice(0, 32).every((text) => text.includes('Wrote'))).toBe(true);
  expect(existsSync(join(bench.folder, 'f31'))).toBe(true);
  expect(existsSync(join(bench.folder, 'f32'))).toBe(false);
  // No effect of theirs began, and the log has them as not done.
  expect(outcomes(events).filter((outcome) => outcome === 'done')).toHaveLength(32);
});

test('32 calls in one reply are still done', async () => {
  const bench = await workbench();
  const calls = Array.from({ length: 32 }, (_, index) => ({
    name: 'write_file',
    args: { path: `f${index}`, content: 'x' },
  }));
  expect(outcomes(await bench.run([{ calls }]))).toEqual(Array(32).fill('done'));
});

test('a policy that becomes invalid ends a run before its next action, and the log says so', async () => {
  const bench = await workbench();
  await mkdir(join(bench.folder, '.oversign'));
  const events = await bench.run(async (_, turn) => {
    if (turn === 1) await writeFile(join(bench.folder, '.oversign/policy.yaml'), 'max_iteration: 2\n');
    return turn < 3 ? { calls: [{ name: 'write_file', args: { path: `f${turn}`, content: 'x' } }] } : {};
  });
  expect(outcomes(events)[0]).toBe('done');
  expect(events.filter(({ type }) => type === 'started')).toHaveLength(1);
  expect(stateAtEnd(events)).toBe('failed');
  expect(bench.engine.view().run?.reason).toMatch(/policy\.yaml:1:1: unknown key "max_iteration"/);
});
