import { join } from 'node:path';
import { expect, test } from 'vitest';
import { composeEngine } from '../../src/compose.ts';
import { runCli } from '../support/cli.ts';
import { partsUnder } from '../support/partsUnder.ts';
import { plant, temporaryFolder } from '../support/tree.ts';
import { scripted } from '../support/workbench.ts';

const WRITES = { calls: [{ name: 'write_file', args: { path: 'b.txt', content: 'b\n' } }] };
const RUN = ['run', 'x', '--workspace', 'work', '--model', 'demo'];

test('a start that is refused prints no name of a run: the log has none', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'work/a.txt': 'a\n', 'home/.keep': '' });
  const node = await partsUnder(base, { folders: [join(base, 'work')] });
  await using _evidence = node.evidence;
  const engine = composeEngine(node.parts);
  const held = engine.send('holds the folder', scripted([WRITES]));
  await expect.poll(() => engine.view().approvals.length, { timeout: 30_000 }).toBe(1);
  const json = await runCli([...RUN, '--json'], { base });
  expect(json.code).toBe(75);
  const said = JSON.parse(json.stdout) as Record<string, unknown>;
  expect(said).toMatchObject({
    ...{ state: 'failed', exit: 'busy', code: 75 },
    reason: expect.stringContaining('Another run is waiting for an answer') as string,
  });
  expect(Object.keys(said)).not.toContain('run');
  const text = await runCli(RUN, { base });
  expect(text.stdout).toMatch(/failed: Another run is waiting .*nothing was recorded\)/s);
  expect(text.stdout).not.toMatch(/run [0-9a-f]{8}-/);
  await engine.stop('the test ended');
  await held;
  expect((await node.audit.runs(10)).map(({ task }) => task)).toEqual(['holds the folder']);
  // The control: what is recorded has its name.
  const begun = await runCli([...RUN, '--json'], { base });
  const { run } = JSON.parse(begun.stdout) as { run: string };
  expect((await node.audit.summaries([run])).map(({ task }) => task)).toEqual(['x']);
});
