import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runReport } from '../../src/core/audit/report.ts';
import { turnsOf } from '../../src/core/audit/tree.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import type { AuditRecord, NewEvent } from '../../src/shared/auditEvent.ts';
import { temporaryFolder } from '../support/tree.ts';

const MIB = 1 << 20;

async function recorded(
  events: readonly NewEvent[],
  payloads = 32 * MIB,
): Promise<{ events: AuditRecord[]; report: string }> {
  const limits = { payloads, all: 64 * MIB };
  const store = new AuditStore(join(await temporaryFolder(), 'audit.db'), identityOf(process.pid), limits);
  onTestFinished(() => {
    store.close();
  });
  const started = {
    ...{ version: '1', policy: 'ab'.repeat(32), provider: 'demo', model: 'demo' },
  };
  const who = { task: 'do it', folder: '/w', destination: 'nowhere', user: 'u', host: 'h' };
  store.append({ type: 'run_started', run: 'r', data: started, payload: who });
  for (const event of events) store.append(event);
  const [summary] = store.summaries(['r']);
  if (!summary) throw new Error('no run');
  return { events: store.events('r'), report: runReport(summary, store.events('r')) };
}

function command(action: string, line: string, around = ''): NewEvent {
  const resources = Array.from({ length: 30 }, (_, at) => ({ path: `/w/${around}${at}`, access: 'read' }));
  return {
    type: 'proposed',
    run: 'r',
    turn: 1,
    action,
    data: { tool: 'run_command', effect: 'execute' },
    payload: {
      title: 'Run …',
      action: {
        ...{ tool: 'run_command', effect: 'execute', resources, preImages: resources, scripts: resources },
        arguments: { command: line },
        launch: { argv: ['/bin/bash', '-c', line], cwd: '/w', environment: {} },
        command: { programs: [[':', line], ...resources.map(({ path }) => [path])] },
      },
    },
  };
}

// Six bytes each in JSON: the longest that a command line can be.
const LONG = `: '${'\u0001'.repeat(9_900)}'; echo the-very-end`;

test('a command whose record is cut for what it names: what ran is there to its last character', async () => {
  const { events, report } = await recorded([command('a1', LONG, 'x'.repeat(4000))]);
  const payload = events.find(({ type }) => type === 'proposed')?.payload ?? {};
  expect(payload['cut']).toBeDefined(); // the control: something was cut
  expect(JSON.stringify(payload).length).toBeLessThan(256 * 1024 + 1000);
  expect(turnsOf(events)[0]?.actions[0]?.ran).toBe(LONG);
  expect(report).toContain('; echo the-very-end');
});

test('a command of a run that has used up its room for texts: what ran is there', async () => {
  const line = 'rm -rf build; echo the-very-end';
  const junk: NewEvent = {
    type: 'model_replied',
    run: 'r',
    turn: 1,
    data: { calls: 0 },
    payload: { text: 'x'.repeat(9000) },
  };
  const { events, report } = await recorded([junk, command('a1', line)], 5000);
  const payload = events.find(({ type }) => type === 'proposed')?.payload ?? {};
  expect(Object.keys(payload).sort()).toEqual(['cut', 'ran']); // the control: nothing else was kept
  expect(report).toContain(line);
});

test('arguments of a call that was none, cut: the report says so, and how much there was', async () => {
  const raw: NewEvent = {
    type: 'proposed',
    run: 'r',
    turn: 1,
    action: 'a1',
    data: { tool: 'run_command' },
    payload: { arguments: 'y'.repeat(50_000) },
  };
  expect((await recorded([raw])).report).toMatch(/yyy\n {4}\[… cut: all of it was 50000 bytes, SHA-256 [0-9a-f]{64}\]/);
  expect(
    (
      await recorded(
        [{ ...raw, type: 'model_replied', data: { calls: 0 }, payload: { text: 'x'.repeat(9000) } }, raw],
        5000,
      )
    ).report,
  ).toMatch(/\[… cut: all of it was 50000 bytes/);
});
