import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { turnsOf, type ActionNode } from '../../src/core/audit/tree.ts';
import type { Files } from '../../src/core/scope/files.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import type { AuditRecord, EventType, NewEvent } from '../../src/shared/auditEvent.ts';
import { temporaryFolder } from '../support/tree.ts';
import { workbench, type Workbench } from '../support/workbench.ts';

/** Runs one after the other in which so many appends fail, from one on; each writes a file, and makes one by a command. */
async function runsWithFailing(): Promise<
  (from: number, many: number) => Promise<{ appends: number; actions: ActionNode[] }>
> {
  let fails = (): boolean => false;
  const bench = await workbench({
    files: { 'make.sh': 'touch "$1"\n' },
    change: ({ parts: { audit } }) => {
      const append = audit.append.bind(audit);
      audit.append = (event) => (fails() ? Promise.reject(new Error('the disk is full')) : append(event));
    },
  });
  let runs = 0;
  return async (from, many) => {
    runs += 1;
    const effects = { write_file: `written${runs}.txt`, run_command: `made${runs}.txt` };
    let appends = 0;
    fails = () => {
      appends += 1;
      return appends >= from && appends < from + many;
    };
    const calls = [
      { name: 'write_file', args: { path: effects.write_file, content: 'x' } },
      { name: 'run_command', args: { command: `bash make.sh ${effects.run_command}` } },
    ];
    await bench.run(calls.map((call) => ({ calls: [call] }))).catch(() => undefined); // before there is a run
    fails = () => false;
    const events = await bench.node.audit.events(bench.engine.view().run?.id ?? '');
    const actions = turnsOf(events).flatMap((turn) => turn.actions);
    for (const [tool, file] of Object.entries(effects)) {
      const said = actions.find((action) => action.tool === tool);
      const where = `${tool}, ${many} appends failing from ${from} on`;
      if (existsSync(join(bench.folder, file))) {
        expect(['done', 'unknown'], where).toContain(said?.outcome);
        if (said?.outcome === 'unknown') expect(effectOf(said), where).toBe('may have happened');
      } else expect(said?.outcome, where).not.toBe('done');
    }
    return { appends, actions };
  };
}

function effectOf({ events }: ActionNode): unknown {
  return events.findLast(({ type }) => type === 'interrupted')?.data['effect'];
}

test('whichever record fails, once or for a while, the log never says what is not so', async () => {
  const runWith = await runsWithFailing();
  await runWith(Infinity, 0);
  const honest = await runWith(Infinity, 0);
  expect(honest.actions.map(({ outcome }) => outcome)).toEqual(['done', 'done']); // the control
  let late = 0;
  for (let from = 1; from <= honest.appends; from += 1) {
    await runWith(from, 3);
    const { actions } = await runWith(from, 1);
    // What failed once is recorded before the run says that it is over.
    const begun = actions.filter(({ events }) => events.some(({ type }) => type === 'started'));
    for (const { outcome } of begun) expect(outcome).toBe('done');
    if (begun.length === 1 && actions.length === 1) late += 1;
  }
  expect(late).toBeGreaterThan(0);
}, 240_000);

/** A store as a process that is gone left it. */
async function leftBy(dead: number, events: NewEvent[]): Promise<AuditRecord[]> {
  const file = join(await temporaryFolder(), 'audit.db');
  const gone = new AuditStore(file, { pid: dead, start: '1', boot: '1' });
  gone.claim(['/w'], 'r');
  for (const event of events) gone.append(event);
  gone.close();
  const next = new AuditStore(file, { pid: process.pid, start: '2', boot: '2' });
  onTestFinished(() => {
    next.close();
  });
  expect(next.recover()).toEqual(['r']);
  return next.events('r');
}

test('after a crash only what was open is interrupted: not what had been denied', async () => {
  const of = (type: EventType, action: string, data: NewEvent['data']): NewEvent => ({ type, run: 'r', action, data });
  const asked = { approval: 'a', digest: 'd'.repeat(64).replaceAll('d', '0'), shown: '0'.repeat(64) };
  const events = await leftBy(2 ** 22 - 3, [
    { type: 'turn_started', run: 'r', data: { turn: 1 } },
    of('asked', 'denied', asked),
    of('answered', 'denied', { choice: 'deny', by: 'person', at: 'editor' }),
    of('asked', 'approved', asked),
    of('answered', 'approved', { choice: 'approve', by: 'person', at: 'editor' }),
    of('asked', 'open', asked),
  ]);
  const interrupted = events.filter(({ type }) => type === 'interrupted').map(({ action }) => action);
  expect(interrupted).toEqual(['approved', 'open']);
});

test('calls that are none, or not possible, are no denials of the policy; what a command is bound to it does not change', async () => {
  const bench = await workbench({ files: { 'make.sh': 'true\n' } });
  const events = await bench.run([
    {
      calls: [
        { name: 'nothing', args: {} },
        { name: 'read_file', raw: '{' },
        { name: 'edit_file', args: { path: 'make.sh', old_text: 'missing', new_text: 'x' } },
        { name: 'run_command', args: { command: 'bash make.sh' } },
      ],
    },
  ]);
  const actions = turnsOf(events).flatMap((turn) => turn.actions);
  expect(actions.map(({ outcome, decidedBy }) => `${outcome}: ${decidedBy}`)).toEqual([
    ...Array<string>(3).fill('failed: not possible'),
    'done: approved by you',
  ]);
  expect(events.filter(({ type, data }) => type === 'decided' && data['verdict'] === 'deny')).toEqual([]);
  const causes = events.flatMap(({ type, data }) => (type === 'finished' ? [data['cause']] : []));
  expect(causes).toEqual(['unknown-tool', 'arguments', 'not-possible', undefined]);
  expect(events.filter(({ type }) => type === 'changed').map(({ data }) => data)).toEqual([
    { extent: 'seen', paths: 0 },
  ]);
});

test('what breaks off after an approval, before anything began, has an end in the log', async () => {
  const bench = await workbench({
    files: { 'a.txt': 'before' },
    change: ({ parts }) => {
      parts.checkpoints.begin = () => Promise.reject(new Error('ENOSPC: no space left on device'));
    },
  });
  const events = await bench.run([{ calls: [{ name: 'delete_path', args: { path: 'a.txt' } }] }]);
  const [action] = turnsOf(events).flatMap((turn) => turn.actions);
  expect(action).toMatchObject({ outcome: 'failed', decidedBy: 'approved by you' });
  expect(action?.events.at(-1)?.payload).toEqual({ output: 'ENOSPC: no space left on device' });
  expect(existsSync(join(bench.folder, 'a.txt'))).toBe(true);
});

test.each(['write_file', 'run_command'])(
  'a stop that comes when %s is done has stopped nothing of it',
  async (name) => {
    const bench: Workbench = await workbench({
      change: ({ parts }) => {
        const sandbox = parts.sandbox.chosen('auto');
        const [files, run] = [parts.files.bind(parts), sandbox.run.bind(sandbox)];
        const stop = (): void => void bench.engine.stop('enough');
        const stopping = (real: Files): Files => {
          const [write, within] = [real.write.bind(real), real.within.bind(real)];
          real.write = async (...given) => {
            const written = await write(...given);
            stop();
            return written;
          };
          real.within = (effort) => stopping(within(effort));
          return real;
        };
        parts.files = (scope) => stopping(files(scope));
        sandbox.run = async (...given) => {
          const result = await run(...given);
          if (result.output.includes('made')) stop();
          return result;
        };
      },
    });
    const args = { write_file: { path: 'a.txt', content: 'x' }, run_command: { command: 'echo made | tee a.txt' } };
    const events = await bench.run([{ calls: [{ name, args: args[name as keyof typeof args] }] }]);
    const [action] = turnsOf(events).flatMap((turn) => turn.actions);
    expect(existsSync(join(bench.folder, 'a.txt'))).toBe(true);
    expect(action).toMatchObject({ outcome: 'done' });
    expect(bench.engine.view().run).toMatchObject({ state: 'stopped', reason: 'enough' });
  },
);
