import { expect, test } from 'vitest';
import { attempt } from '../support/attempt.ts';
import { workbench } from '../support/workbench.ts';

test('of a line that redraws itself the model and the log get its last state', async () => {
  const bench = await workbench();
  const frames = 'for i in $(seq 1 500); do printf "\\rdownloading %d%%" $((i/5)); done; echo; echo END';
  const lines = 'printf "a 0\\nb 0\\n\\033[2A\\033[2Ka 9\\n\\033[2Kb 9\\n\\033[32mgreen\\033[0m\\n"';
  const [first, second] = await attempt(bench, [
    { name: 'run_command', args: { command: frames } },
    { name: 'run_command', args: { command: lines } },
  ]);
  expect(first?.text).toMatch(/^downloading 100%\nEND\n/);
  expect(second?.text).toMatch(/^a 9\nb 9\ngreen\n/);
});
