import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import { processesWith, within } from '../support/processes.ts';
import { outcomes, workbench, type Turn, type Workbench } from '../support/workbench.ts';

/** Plays turns in which each may look at what the model was told before. */
async function play(
  bench: Workbench,
  turns: readonly ((told: string) => Turn | Promise<Turn>)[],
): Promise<{ events: AuditRecord[]; told: string[] }> {
  let told: string[] = [];
  const events = await bench.run(async (request, turn) => {
    told = request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : []));
    return (await turns[turn]?.(told.at(-1) ?? '')) ?? { text: 'done' };
  });
  return { events, told };
}

const start =
  (command: string, more: object = {}) =>
  (): Turn => ({
    calls: [{ name: 'run_command', args: { command, background: true, ...more } }],
  });
const call = (name: string, args: object) => (): Turn => ({ calls: [{ name, args }] });

test('a command in the background is asked for once, read while it goes on, waited for, and recorded as one action', async () => {
  const bench = await workbench();
  const { events, told } = await play(bench, [
    start('echo first; until [ -e go ]; do sleep 0.1; done; echo second > made; echo second'),
    call('read_output', { output: 1 }),
    call('write_file', { path: 'go', content: '' }),
    call('read_output', { output: 1, wait: 60 }),
  ]);
  expect(told[0]).toMatch(
    /^first\n\[output 1: goes on since \d+ s, in the background; ended after 600 s, or with this run/,
  );
  expect(told[1]).toMatch(/^first\n\[output 1: goes on since \d+ s; lines 1 to 1 of 1\]$/);
  expect(told[3]).toMatch(/^first\nsecond\n\[output 1: exit code 0; lines 1 to 2 of 2\]$/);
  expect(readFileSync(join(bench.folder, 'made'), 'utf8')).toBe('second\n');
  expect(bench.asked.map(({ tool }) => tool)).toEqual(['run_command', 'write_file']);
  expect(outcomes(events)).toEqual(['done', 'done', 'done', 'done']);
  const [{ action = '' } = {}] = events.filter(({ type }) => type === 'started');
  const own = events.filter((event) => event.action === action);
  expect(own.map(({ type }) => type)).toEqual([
    'proposed',
    'decided',
    'asked',
    'answered',
    'started',
    'changed',
    'finished',
  ]);
  // Its record closes when it ends: after what was done meanwhile.
  const types = events.map((event) => `${event.type} ${event.action === action ? 'own' : ''}`);
  expect(types.indexOf('finished own')).toBeGreaterThan(types.indexOf('started '));
  expect(own.at(-1)?.payload).toMatchObject({ output: expect.stringMatching(/^first\nsecond\n/) as string });
  expect(own.at(-1)?.data).toMatchObject({ status: 'done', facts: { exit: 0, ending: 'exited' } });
});

test('the card of a command says that it goes on in the background, and for how long', async () => {
  const bench = await workbench({ userPolicy: 'tools: {code_execution: {background_timeout: 77}}\n' });
  await play(bench, [start('sleep 0.1 > x'), call('run_command', { command: 'sleep 0.1 > y' })]);
  const [behind, front] = bench.asked.map(({ card }) => JSON.stringify(card.blocks));
  expect(behind).toContain('Goes on in the background. It ends with this run, after 77 seconds at the latest.');
  expect(front).not.toContain('Goes on in the background');
  // 77 is less than a command in the foreground may take: it does not hand back.
  expect(front).toContain('ends after 120 seconds');
});

test('stop_command ends it with all that it started; what it was, and by whom, is recorded', async () => {
  const bench = await workbench();
  const { events, told } = await play(bench, [
    start('setsid sleep 98771 & sleep 98771; true'),
    call('stop_command', { output: 1 }),
    () => {
      expect(processesWith('sleep 98771')).toEqual([]);
      return call('read_output', { output: 1 })();
    },
    call('stop_command', { output: 1 }),
  ]);
  expect(told[1]).toBe('Command 1 was ended.\n[stopped: the agent ended it]');
  expect(told[2]).toContain('[output 1: stopped: the agent ended it; nothing so far]');
  expect(told[3]).toContain('Output 1 was over before.');
  expect(outcomes(events)).toEqual(['cancelled', 'done', 'done', 'done']);
});

test('with the end of its run it is ended, before that is recorded', async () => {
  const bench = await workbench();
  const { events, told } = await play(bench, [start('echo x > made; sleep 98772; true')]);
  expect(told).toHaveLength(1);
  expect(processesWith('sleep 98772')).toEqual([]);
  expect(outcomes(events)).toEqual(['cancelled']);
  expect(events.slice(-3).map(({ type }) => type)).toEqual(['changed', 'finished', 'run_finished']);
  const output = events.at(-2)?.payload?.['output'];
  expect(output).toContain('[stopped: its run ended]');
  expect(bench.engine.view().run?.entries.filter(({ kind }) => kind === 'action')).toMatchObject([
    { status: 'cancelled', goesOn: true },
  ]);
});

test('stop ends it within the second, and so does a limit of the run', async () => {
  const bench = await workbench();
  const running = play(bench, [start('sleep 98773; true'), call('read_output', { output: 1, wait: 600 })]);
  const isReading = (): boolean =>
    bench.engine
      .view()
      .run?.entries.some((one) => one.kind === 'action' && one.tool === 'read_output' && one.status === 'running') ===
    true;
  expect(await within(30_000, () => isReading() && processesWith('sleep 98773').length > 0)).toBe(true);
  await bench.engine.stop('enough');
  expect(processesWith('sleep 98773')).toEqual([]);
  const { events } = await running;
  expect(outcomes(events)).toEqual(['cancelled', 'cancelled']);
  expect(events.at(-1)).toMatchObject({ type: 'run_finished', data: { state: 'stopped' } });

  const limited = await workbench({ userPolicy: 'max_iterations: 1\n' });
  const { events: ended } = await play(limited, [start('sleep 98774; true'), start('never')]);
  expect(processesWith('sleep 98774')).toEqual([]);
  expect(ended.at(-1)).toMatchObject({ type: 'run_finished', data: { state: 'limit' } });
});

test('a window that goes away ends it too: the run waits to be resumed, and its number is known no more', async () => {
  const bench = await workbench();
  const running = play(bench, [start('sleep 98775; true'), call('read_output', { output: 1, wait: 600 })]);
  expect(await within(30_000, () => processesWith('sleep 98775').length > 0)).toBe(true);
  await bench.engine.interrupt('the window was reloaded');
  await running;
  expect(processesWith('sleep 98775')).toEqual([]);
  const events = await bench.node.audit.events(bench.engine.view().run?.id ?? '');
  expect(events.at(-1)?.type).toBe('interrupted');
  const [{ action } = {}] = events.filter(({ type }) => type === 'started');
  expect(events.filter((event) => event.action === action).at(-1)).toMatchObject({
    type: 'finished',
    data: { status: 'cancelled' },
  });
});

test('a command that takes longer than one may in the foreground hands back, and goes on', async () => {
  const bench = await workbench({ userPolicy: 'tools: {code_execution: {timeout: 2, background_timeout: 300}}\n' });
  const { events, told } = await play(bench, [
    call('run_command', { command: 'echo early; until [ -e go ]; do sleep 0.1; done; echo late | tee late; false' }),
    call('write_file', { path: 'go', content: '' }),
    call('read_output', { output: 1, wait: 60 }),
  ]);
  expect(told[0]).toMatch(/^early\n\[output 1: goes on since \d+ s, in the background; ended after 300 s/);
  expect(told[2]).toMatch(/^early\nlate\n\[output 1: exit code 1; lines 1 to 2 of 2\]/);
  expect(outcomes(events)).toEqual(['failed', 'done', 'done']);
  expect(JSON.stringify(bench.asked[0]?.card.blocks)).toContain(
    'goes on in the background after 2 seconds, ends after 300 seconds',
  );
});

test('where only the time of commands is set, that is the end of each; a call may ask for less, and is told where it asks for more', async () => {
  const bench = await workbench({ userPolicy: 'tools: {code_execution: {timeout: 30}}\n' });
  const { told } = await play(bench, [
    call('run_command', { command: 'sleep 60', timeout: 1 }),
    call('run_command', { command: 'true > x', timeout: 4000 }),
    start('sleep 60', { timeout: 2 }),
    call('read_output', { output: 1, wait: 60 }),
  ]);
  expect(told[0]).toContain('[stopped: it ran longer than 1 s]');
  expect(told[1]).toContain('[it may take 30 s: your policy allows no more]');
  expect(told[3]).toContain('[output 1: stopped: it ran longer than 2 s');
});

test('only so many go on at once, and none outside the sandbox', async () => {
  const bench = await workbench();
  const { told } = await play(bench, [
    ...Array.from({ length: 4 }, (_, at) => start(`sleep 9878${at}; true`)),
    start('sleep 98785'),
    call('read_output', {}),
  ]);
  expect(told[4]).toContain('4 commands go on in the background already (outputs 1, 2, 3, 4)');
  expect(told[5]?.split('\n')).toHaveLength(4);
  const outside = await workbench({ userPolicy: 'sandbox: false\n' });
  const { told: refused } = await play(outside, [start('sleep 98786')]);
  expect(refused[0]).toContain('commands outside the sandbox do not go on in the background');
});

test('what it makes that would run later is set aside when it ends, whatever other commands did meanwhile', async () => {
  const bench = await workbench();
  const { told } = await play(bench, [
    start(
      "mkdir -p sub; until [ -e go ]; do sleep 0.1; done; python3 -c \"import os; os.makedirs('sub/.gi' + 't/hooks'); open('sub/.gi' + 't/hooks/pre-commit', 'w').write('evil')\"; sleep 1",
    ),
    call('run_command', { command: 'echo beside > beside' }),
    call('write_file', { path: 'go', content: '' }),
    call('read_output', { output: 1, wait: 60 }),
  ]);
  expect(told[3]).toContain('[output 1: exit code 0');
  expect(told[3]).toMatch(/sub\/\.git appeared while the command ran; it is protected and was moved to/);
  expect(existsSync(join(bench.folder, 'sub/.git/hooks/pre-commit'))).toBe(false);
  expect(readFileSync(join(bench.folder, 'beside'), 'utf8')).toBe('beside\n');
});

test('what it put out is withheld, and no more to be read, where something denied appeared to it', async () => {
  const bench = await workbench({ userPolicy: 'tools: {file_system: {denied_paths: [private.txt]}}\n' });
  const { told } = await play(bench, [
    start(
      `echo public; python3 -uc "import time, os; n = 'priv' + 'ate.txt'\nwhile not os.path.exists(n): time.sleep(0.02)\nprint(open(n).read())\ntime.sleep(98787)"`,
    ),
    async () => {
      writeFileSync(join(bench.folder, 'private.txt'), 'the secret of the house\n');
      await within(10_000, () => processesWith('time.sleep(98787)').length === 0);
      return call('read_output', { output: 1, wait: 30 })();
    },
  ]);
  expect(told[0]).toMatch(/^public\n/);
  expect(told[1]).not.toContain('the secret of the house');
  expect(told[1]).toContain('nothing of output 1 is kept');
  expect(told[1]).toContain('private.txt');
});
