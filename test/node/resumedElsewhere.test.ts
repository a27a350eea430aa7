import { expect, onTestFinished, test } from 'vitest';
import { runCli, type CliEnd } from '../support/cli.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

test('a run is resumed with another model only by a plain yes, after it was said where the conversation goes', async () => {
  const base = await temporaryFolder();
  await plant(base, { 'work/a.txt': 'a\n', 'home/.keep': '' });
  const environment = { OPENAI_API_KEY: 'sk-test-key' };
  const server = await openAiServer(() => ({ text: 'hello' }));
  onTestFinished(() => server.close());
  const run = (model: string, args: string[], input = ''): Promise<CliEnd> => {
    const named = ['--model', 'openai', '--model-name', model, '--base-url', server.url];
    return runCli(['run', ...args, ...named, '--workspace', 'work'], { base, environment }, input);
  };
  const first = await run('one', ['x', '--json']);
  const id = (JSON.parse(first.stdout) as { run: string }).run;
  expect(server.requests).toHaveLength(1);
  // Nobody is there; and whoever is there says something else than yes.
  const refused = await run('two', ['--resume', id]);
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining('nothing was sent') as string });
  expect(refused.stdout).toMatch(
    /This run was with one \(127.*To go on with two \(127.* is to send it all that was said here/s,
  );
  expect((await run('two', ['--resume', id, '--answers-from-input'], 'maybe\n')).code).toBe(3);
  expect(server.requests).toHaveLength(1);
  expect((await run('one', ['--resume', id])).code).toBe(0); // the control: where it was, nobody is asked
  expect((await run('two', ['--resume', id, '--answers-from-input'], 'y\n')).code).toBe(0);
  expect(server.requests).toHaveLength(3);
  const history = await runCli(['history', id, '--json'], { base });
  const events = history.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; data: unknown });
  expect(events.filter(({ type }) => type === 'handed_over').map(({ data }) => data)).toEqual([
    expect.objectContaining({ by: 'input', at: 'terminal', leftOut: 0 }),
  ]);
  const report = await runCli(['report', id], { base });
  expect(report.stdout).toMatch(/- Then: .*two \(127/);

  // A new run with what was said in it is the same question.
  const asked = server.requests.length;
  expect((await run('one', ['--fork', `${id}:1`, 'other words'])).code).toBe(3);
  expect(server.requests).toHaveLength(asked);
  const wrong = await run('two', ['--fork', `${id}:7`, 'other words']);
  expect(wrong.code).toBe(1);
  expect(wrong.stderr).toContain(`Run ${id} has 1 message of yours: 1 "x". Name one of those.`);
  const forked = await run('two', ['--fork', id, 'other words', '--json']);
  expect(forked.code).toBe(0);
  const own = (JSON.parse(forked.stdout) as { run: string }).run;
  expect(own).not.toBe(id);
  expect(JSON.stringify(server.requests.at(-1)?.body)).toMatch(/hello.*other words/);
  expect((await runCli(['report', own], { base })).stdout).toContain(`knows what was said in run ${id}`);
  expect((await run('two', ['--fork', `${id}:0`, 'x'])).code).toBe(2);
  expect((await run('two', ['--fork', id])).code).toBe(2); // it has nothing to say
  expect((await run('two', ['--fork', id, '--resume', id, 'x'])).code).toBe(2);
});
