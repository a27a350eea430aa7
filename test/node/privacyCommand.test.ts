import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { FoundSource } from '../../src/shared/foundModels.ts';
import { runCli } from '../support/cli.ts';
import { ollamaServer } from '../support/ollamaServer.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

// Maximum privacy on the command line: for one run, for the list of models, and what `doctor` says of it.

async function world(userPolicy?: string) {
  const base = await temporaryFolder();
  await plant(base, { 'work/a.txt': 'a\n', 'home/.keep': '' });
  if (userPolicy !== undefined) await plant(join(base, 'config/oversign'), { 'policy.yaml': userPolicy });
  const server = await ollamaServer(() => ({ text: 'hello' }));
  onTestFinished(() => server.close());
  const oversign = (...args: string[]) =>
    runCli([...args, '--workspace', 'work'], { base, environment: { OPENAI_API_KEY: 'sk-test-key' } });
  return { server, oversign };
}

test('a run by --privacy maximum asks a model on this machine, and no other', async () => {
  const { server, oversign } = await world('privacy: usual\nmodel: {nearby_hosts: [ollama.lan]}\n');
  const run = (...args: string[]) => oversign('run', 'do it', '--privacy', 'maximum', '--json', ...args);
  const local = await run('--model', 'ollama', '--model-name', 'test-model', '--base-url', server.url);
  expect([local.code, server.requests.length]).toEqual([0, 1]);
  for (const [words, ...args] of [
    ['https://api.openai.com', '--model', 'openai', '--model-name', 'm'],
    ['http://ollama.lan:11434', '--model', 'ollama', '--model-name', 'm', '--base-url', 'http://ollama.lan:11434'],
    [
      'by its name, x:cloud runs at ollama.com',
      '--model',
      'ollama',
      '--model-name',
      'x:cloud',
      '--base-url',
      server.url,
    ],
  ] as const) {
    const { code, stdout, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stdout + stderr).toContain('Maximum privacy is on (this run)');
    expect(stdout + stderr).toContain(words);
  }
  expect(server.requests).toHaveLength(1);
});

test('the option can only tighten', async () => {
  const { oversign } = await world();
  for (const value of ['usual', 'off', 'Maximum'])
    expect(await oversign('run', 'do it', '--model', 'demo', '--privacy', value)).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('it can only be maximum') as string },
    });
});

test('models: what is not on this machine is listed as not available, and not asked', async () => {
  const { server, oversign } = await world('privacy: maximum\n');
  const list = async (...args: string[]): Promise<FoundSource> =>
    JSON.parse((await oversign('models', '--json', ...args)).stdout.split('\n')[0] ?? '') as FoundSource;
  expect(await list('--model', 'openai')).toMatchObject({
    ...{
      models: [],
      trouble: 'policy',
      problem: expect.stringContaining('no prompt goes to https://api.openai.com') as string,
    },
  });
  expect(await list('--model', 'ollama', '--base-url', server.url)).toMatchObject({ models: [{ name: 'test-model' }] });
});

test('doctor says whether it is on, by whom, and what that means', async () => {
  const line = async (policy: string) => {
    const { stdout } = await (await world(policy)).oversign('doctor');
    return stdout.split('\n').find((one) => one.includes('maximum privacy:'));
  };
  expect(await line('privacy: usual\n')).toMatch(/^ok {4}maximum privacy: off: privacy: maximum in a policy/);
  expect(await line('privacy: maximum\n')).toMatch(
    /^ok {4}maximum privacy: on \(user policy, .*policy\.yaml:1:10\): prompts go only to a model server on this machine/,
  );
});
