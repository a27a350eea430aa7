import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { NodeParts } from '../../src/node/engineParts.ts';
import { processesWith, within } from '../support/processes.ts';
import { outcomes, workbench, type Script, type Workbench } from '../support/workbench.ts';

// A command that takes longer than one may in the foreground, at the very moment that the test says.
const POLICY = 'tools: {code_execution: {timeout: 77, background_timeout: 300}}\n';

/** The time that a command has in the foreground is over when `up` is called, and not before. */
function foreground() {
  const pending: (() => void)[] = [];
  return {
    up: () => {
      for (const action of pending.splice(0)) action();
    },
    change: ({ parts }: NodeParts) => {
      const { clock } = parts;
      parts.clock = {
        monotonic: () => clock.monotonic(),
        after: (ms, action) => {
          if (ms !== 77_000) return clock.after(ms, action);
          pending.push(action);
          return () => undefined;
        },
      };
    },
  };
}

/** One command; `told`: what the model was told of it. */
function telling(command: string): { script: Script; told: string[] } {
  const told: string[] = [];
  const script: Script = (request, turn) => {
    told.push(...request.messages.flatMap((message) => (message.role === 'tool' ? [message.text] : [])));
    return turn === 0 ? { calls: [{ name: 'run_command', args: { command } }] } : { text: 'done' };
  };
  return { script, told };
}

test('a command whose output cannot be read any more goes on, and ends with its run', async () => {
  const time = foreground();
  const bench = await workbench({ userPolicy: POLICY, change: time.change });
  const outputs = join(bench.data, 'outputs');
  const { script, told } = telling('seq 1 60000; sleep 98790; true');
  const running = bench.run(script);
  const isKept = (): boolean =>
    existsSync(outputs) && readdirSync(outputs).some((name) => readdirSync(join(outputs, name)).length > 1);
  expect(await within(30_000, () => isKept() && processesWith('sleep 98790').length > 0)).toBe(true);
  rmSync(outputs, { recursive: true });
  time.up();
  const events = await running;
  expect(processesWith('sleep 98790')).toEqual([]);
  expect(told[0]).toMatch(/^\[output 1: goes on since \d+ s, in the background/);
  expect(outcomes(events)).toEqual(['cancelled']);
  expect(events.at(-2)?.payload?.['output']).toContain('[stopped: its run ended]');
});

// A command at work makes what would run later: nobody can tell whether a person did.
const FILES = { 'make.sh': 'mkdir .husky\necho evil > .husky/pre-commit\n' };

test('while a person is asked whose it is what appeared, the call waits, however long that takes', async () => {
  const time = foreground();
  const bench = await workbench({
    ...{ files: FILES, userPolicy: POLICY, change: time.change },
    answer: ({ card }) => {
      if (card.kind === 'appeared') time.up();
      return { choice: 'approve' };
    },
  });
  const { script, told } = telling('bash make.sh');
  const events = await bench.run(script);
  expect(bench.asked.map(({ card }) => card.kind)).toContain('appeared');
  expect(told[0]).not.toContain('in the background');
  expect(told[0]).toContain('[exit code 0]');
  expect(existsSync(join(bench.folder, '.husky/pre-commit'))).toBe(true);
  // Nothing was said by the model before the action was over.
  const types = events.map(({ type }) => type).filter((type) => /^(whose_answered|finished|turn_started)$/.test(type));
  expect(types).toEqual(['turn_started', 'whose_answered', 'finished', 'turn_started']);
});

test('a run that is stopped then takes the question back, and sets aside what appeared', async () => {
  const time = foreground();
  const bench: Workbench = await workbench({
    ...{ files: FILES, userPolicy: POLICY, change: time.change },
    answer: ({ card }) => {
      if (card.kind !== 'appeared') return { choice: 'approve' };
      time.up();
      queueMicrotask(() => void bench.engine.stop('enough'));
      return undefined;
    },
  });
  const events = await bench.run(telling('bash make.sh').script);
  expect(events.find(({ type }) => type === 'whose_answered')?.data).toMatchObject({ choice: 'deny', by: 'cancelled' });
  expect(existsSync(join(bench.folder, '.husky'))).toBe(false);
});
