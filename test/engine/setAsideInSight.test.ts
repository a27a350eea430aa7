import { expect, test } from 'vitest';
import { workbench } from '../support/workbench.ts';

test.each([
  ['mkdir .husky; echo evil > .husky/pre-commit', 1],
  ['mkdir src; echo x > src/x', 0], // the control
])('what was set aside is told beside the result: %s', async (command, count) => {
  const bench = await workbench({ files: { 'a.txt': 'a\n' } });
  await bench.run([{ calls: [{ name: 'run_command', args: { command } }] }]);
  const notices = (bench.engine.view().run?.entries ?? []).filter((entry) => entry.kind === 'notice');
  expect(notices).toHaveLength(count);
  for (const { text } of notices)
    expect(text).toMatch(/\.husky appeared while the command ran; .* if you made it, move it back$/);
});
