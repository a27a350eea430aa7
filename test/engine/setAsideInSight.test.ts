import { expect, test } from 'vitest';
import { workbench } from '../support/workbench.ts';

const FILES = {
  'make.sh': 'mkdir .husky\necho evil > .husky/pre-commit\n',
  'other.sh': 'mkdir src\necho x > src/x\n',
};

test.each([
  ['bash make.sh', 1],
  ['bash other.sh', 0], // the control
])('what was set aside is told beside the result: %s', async (command, count) => {
  const bench = await workbench({ files: FILES });
  await bench.run([{ calls: [{ name: 'run_command', args: { command } }] }]);
  const notices = (bench.engine.view().run?.entries ?? []).filter((entry) => entry.kind === 'notice');
  expect(notices).toHaveLength(count);
  for (const { text } of notices)
    expect(text).toMatch(/\.husky appeared while the command ran; .* if you made it, move it back$/);
});
