import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { openReadOnly } from '../../src/node/audit/database.ts';
import { eventsOf } from '../../src/node/audit/logReader.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { runCli } from '../support/cli.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { inTerminal, type Step, type TerminalEnd } from '../support/terminal.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

let base: string;
let model: string[];
let requests: number;

beforeEach(async () => {
  base = await temporaryFolder();
  await plant(base, { 'work/README.md': 'x\n', 'home/.keep': '', key: 'sk-test-key\n' });
  requests = 0;
  const server = await openAiServer(({ results }) => {
    requests += 1;
    return results.every((result) => /^(Interrupted|Not done: not answered: interrupted)/.test(result))
      ? { calls: [{ name: 'write_file', args: { path: 'a.txt', content: 'once\n' } }] }
      : { text: 'All done.' };
  });
  onTestFinished(() => server.close());
  model = ['--model', 'openai', '--model-name', 'm', '--base-url', server.url, '--api-key-file', 'key'];
});

const inWork = (...args: string[]): string[] => ['run', ...args, '--workspace', 'work', ...model];
const terminal = (steps: Step[], ...args: string[]): Promise<TerminalEnd> =>
  inTerminal(inWork(...args), { base, steps });
/** Until it ends by itself. */
const ASKED: Step[] = [['Allow\\?', 'pause', 0]];

interface Listed {
  run: string;
  state: string;
  place: string;
  pid: number;
}

async function listed(): Promise<Listed[]> {
  const { stdout } = await runCli(['runs', '--json'], { base });
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Listed);
}

/** The run that waits for an answer. */
async function asking(): Promise<Listed> {
  let found: Listed | undefined;
  await expect
    .poll(async () => (found = (await listed()).find(({ state }) => state === 'asking')), { timeout: 30_000 })
    .toBeDefined();
  return found ?? expect.fail();
}

function eventsIn(run: string): AuditRecord[] {
  const connection = openReadOnly(join(base, 'data', 'oversign', 'audit.db'));
  try {
    return eventsOf(connection, run);
  } finally {
    connection.close();
  }
}

test('a question that waits in one terminal is shown in another, answered there, and asked of no model again', async () => {
  const first = terminal(ASKED, 'write');
  const { run, place } = await asking();
  expect(place).toMatch(/^\/dev\/pts\//);
  const second = await terminal([['Allow\\?', 'send', 'y\r']], '--take-over', run);
  expect(second).toMatchObject({ code: 0, failed: null });
  const ended = await first;
  // Whether it had drawn the question by then is not said.
  expect(ended.code).toBe(1);
  expect(ended.output.replace(/\s+/g, ' ')).toMatch(/interrupted: You took it over at terminal pts\//);
  expect(readFileSync(join(base, 'work', 'a.txt'), 'utf8')).toBe('once\n');
  expect(requests).toBe(2);
  const events = eventsIn(run);
  const taken = events.find(({ type, action }) => type === 'interrupted' && action === undefined);
  expect(taken?.data).toMatchObject({ by: 'person', at: 'terminal' });
  expect(taken?.data['place']).not.toBe(place);
  expect(events.find(({ type }) => type === 'run_continued')?.data).toMatchObject({ place: taken?.data['place'] });
  expect(events.filter(({ type }) => type === 'answered').map(({ data }) => data['by'])).toEqual([
    'interruption',
    'person',
  ]);
  expect(await listed()).toEqual([]);
});

test('a run is stopped from elsewhere, and the log says from where', async () => {
  const first = terminal(ASKED, 'write');
  const { run } = await asking();
  const refused = await terminal([], 'another');
  expect(refused).toMatchObject({ code: 75 });
  expect(refused.output.replace(/\s+/g, ' ')).toMatch(/Another run is waiting for an answer in terminal pts\//);
  expect(refused.output).toContain(`oversign stop ${run}`);
  expect(await runCli(['stop', run], { base })).toMatchObject({ code: 0, stdout: `run ${run}: stopped\n` });
  expect((await first).code).toBe(3);
  const last = eventsIn(run).findLast(({ type }) => type === 'run_finished');
  expect(last?.data).toMatchObject({ state: 'stopped', by: 'person', at: 'terminal' });
  expect(last?.data['place']).toContain('a program');
  expect(await runCli(['stop', run], { base })).toMatchObject({ code: 1 });
  expect(existsSync(join(base, 'work', 'a.txt'))).toBe(false);
});

test('of two that take over at once one has it in the end, and the other is told', async () => {
  const first = terminal(ASKED, 'write');
  const { run, pid } = await asking();
  const both = [1, 2].map(() => terminal([], '--take-over', run));
  await expect
    .poll(async () => (await listed()).find((one) => one.pid !== pid)?.state, { timeout: 30_000 })
    .toBe('asking');
  expect((await first).code).toBe(1);
  const loser = await Promise.race(both);
  expect(loser.output.replace(/\s+/g, ' ')).toMatch(/Another run is|let go|not at work any more|You took it over/);
  await runCli(['stop', run], { base });
  const codes = (await Promise.all(both)).map(({ code }) => code);
  expect(codes).toContain(3);
  // It may have had it for a moment, or not even that.
  expect([1, 75]).toContain(codes.find((code) => code !== 3));
  expect(existsSync(join(base, 'work', 'a.txt'))).toBe(false);
});

test('a run whose process was killed is at work nowhere, and goes on where it is resumed', async () => {
  const first = terminal(ASKED, 'write');
  const { run, pid } = await asking();
  execFileSync('kill', ['-9', String(pid)]);
  await first;
  expect(await listed()).toEqual([]);
  const taken = await terminal([], '--take-over', run);
  expect(taken.output).toContain('not at work any more');
  expect(await terminal([['Allow\\?', 'send', 'y\r']], '--resume', run)).toMatchObject({ code: 0, failed: null });
});
