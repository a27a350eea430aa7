import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runCli } from '../support/cli.ts';
import { copySample } from '../support/sampleStory.ts';
import { openAiServer } from '../support/openAiServer.ts';
import type { ModelServer, ScriptedReply } from '../support/modelServer.ts';
import { inTerminal, type Step } from '../support/terminal.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

async function place(script: readonly ScriptedReply[]): Promise<{
  base: string;
  server: ModelServer;
  run: readonly string[];
}> {
  const base = await temporaryFolder();
  await plant(base, { 'home/.keep': '', key: 'sk-test-key\n' });
  await copySample(join(base, 'work'));
  const server = await openAiServer((_, number) => script[number] ?? { text: 'That is all.' });
  const model = ['--model', 'openai', '--model-name', 'm', '--base-url', server.url, '--api-key-file', 'key'];
  return { base, server, run: ['run', '--workspace', 'work', ...model] };
}
const write = (path: string): ScriptedReply => ({
  calls: [{ name: 'write_file', args: { path, content: 'x' } }],
});

test('a run that was kept from something for want of a person says so, and ends with a code of its own', async () => {
  const { base, server, run } = await place([write('a.txt')]);
  const end = await runCli([...run, 'write', '--json'], { base });
  expect(end.code).toBe(5);
  expect(JSON.parse(end.stdout)).toMatchObject({
    state: 'finished',
    unanswered: 1,
    reason: 'The agent is done, but 1 action was not done: nobody was there to approve it.',
  });
  expect(JSON.stringify(server.requests[0]?.body)).toContain('Nobody is there to answer');
});

test('control: where all was answered, or nothing asked, it is a plain end', async () => {
  const answered = await place([write('a.txt')]);
  const end = await runCli([...answered.run, 'write', '--answers-from-input'], { base: answered.base }, 'y\n');
  expect(end.code).toBe(0);
  const quiet = await place([]);
  expect((await runCli([...quiet.run, 'look', '--json'], { base: quiet.base })).code).toBe(0);
});

test('a run that has ended goes on with a message from the command line, which its end names', async () => {
  const { base, server, run } = await place([{ text: 'First.' }, { text: 'Second.' }]);
  const one = await runCli([...run, 'do one'], { base });
  const [, id = ''] = /oversign run --resume (\S+) "message"/.exec(one.stdout) ?? [];
  expect(id).not.toBe('');
  const two = await runCli([...run, '--resume', id, 'now two'], { base });
  expect(two).toMatchObject({ code: 0 });
  const said = JSON.stringify(server.requests.at(-1)?.body);
  expect(said).toMatch(/do one.*First\..*now two/);
});

test('at a terminal the next message is asked for; Enter alone ends', async () => {
  const { base, server, run } = await place([{ text: 'First.' }, { text: 'Second.' }]);
  const steps: Step[] = [
    ['Next message', 'send', 'and two\r'],
    ['Second\\.[\\s\\S]*Next message', 'send', '\r'],
  ];
  const end = await inTerminal([...run, 'do one'], { base, steps, asksOn: true });
  expect(end).toMatchObject({ code: 0, failed: null });
  expect(server.requests).toHaveLength(2);
  expect(JSON.stringify(server.requests[1]?.body)).toMatch(/do one.*First\..*and two/);
});

test('with --once no further message is asked for', async () => {
  const { base, run } = await place([{ text: 'First.' }]);
  const end = await inTerminal([...run, 'do one'], { base, steps: [] });
  expect(end.output).not.toContain('Next message');
  expect(end.code).toBe(0);
});
