import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { FoundSource } from '../../src/shared/foundModels.ts';
import { anthropicServer } from '../support/anthropicServer.ts';
import { runCli } from '../support/cli.ts';
import type { ModelServer } from '../support/modelServer.ts';
import { ollamaServer } from '../support/ollamaServer.ts';
import { openAiServer } from '../support/openAiServer.ts';
import { plant, temporaryFolder } from '../support/tree.ts';

// `oversign models`: what there is to choose from, and where each would send data.

const KEY = 'sk-test-key';

async function closing(server: Promise<ModelServer>): Promise<ModelServer> {
  const one = await server;
  onTestFinished(() => one.close());
  return one;
}

async function world(
  userPolicy?: string,
): Promise<(args: string[], environment?: Record<string, string>) => ReturnType<typeof runCli>> {
  const base = await temporaryFolder();
  await plant(base, { 'work/a.txt': 'a\n', 'home/.keep': '' });
  if (userPolicy !== undefined) await plant(join(base, 'config/oversign'), { 'policy.yaml': userPolicy });
  return (args, environment = {}) => runCli(args, { base, environment });
}

test.each(['openai', 'anthropic', 'ollama'] as const)(
  '%s: the models of a server, where they send data, and a record of the question',
  async (model) => {
    const servers = { openai: openAiServer, anthropic: anthropicServer, ollama: ollamaServer };
    const server = await closing(servers[model](() => ({ text: 'hello' })));
    const oversign = await world();
    const variable = { openai: 'OPENAI_API_KEY', anthropic: 'ANTHROPIC_API_KEY', ollama: 'NO_KEY' }[model];
    const { code, stdout } = await oversign(
      ['models', '--workspace', 'work', '--model', model, '--base-url', server.url, '--json'],
      { [variable]: KEY },
    );
    expect(code).toBe(0);
    const found = JSON.parse(stdout) as FoundSource;
    expect(found).toMatchObject({ provider: model, address: server.url, models: [{ name: 'test-model' }] });
    expect(found.destination).toContain(`are sent to ${new URL(server.url).host} on this machine`);
    expect(stdout).not.toContain(KEY);
    const { stdout: log } = await oversign(['history', 'log', '--json']);
    expect(log).toContain('"purpose":"list of models"');
  },
);

test('a server that refuses the key, one that is not there and one that lists nothing each say so', async () => {
  const server = await closing(openAiServer(() => ({ text: 'hello' })));
  const ollama = await closing(ollamaServer(() => ({ text: 'hello' })));
  const oversign = await world();
  const asked = async (...args: string[]): Promise<string> => {
    const { code, stdout } = await oversign(['models', '--workspace', 'work', '--model', ...args], {
      OPENAI_API_KEY: 'sk-wrong',
    });
    expect([69, 77]).toContain(code);
    return stdout;
  };
  const refused = await asked('openai', '--base-url', server.url);
  expect(refused).toMatch(/refused the API key \(401\)/);
  expect(refused).not.toContain('sk-wrong');
  expect(await asked('openai', '--base-url', ollama.url)).toMatch(
    /knows no model|no such address \(404\)|answered with/,
  );
  await ollama.close();
  expect(await asked('ollama', '--base-url', ollama.url)).toMatch(/No Ollama answers at .*ollama serve/);
});

test('what the policy keeps from being asked is not asked; what lacks a key is said to', async () => {
  const oversign = await world('model: {allow_cloud: false}\n');
  const { stdout } = await oversign(['models', '--workspace', 'work'], { ANTHROPIC_API_KEY: KEY });
  expect(stdout).toMatch(
    /Anthropic at https:\/\/api\.anthropic\.com[^]*Your policy lets no prompt go to another machine/,
  );
  expect(stdout).toMatch(/OpenAI or compatible was not asked: there is no key \(OPENAI_API_KEY/);
  expect(stdout).toMatch(/Ollama at http:\/\/127\.0\.0\.1:11434/);
  const { code, stderr } = await oversign(['models', '--model', 'vscode-lm']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('in the editor alone') as string]);
});
