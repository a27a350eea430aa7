import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import type { Model } from '../../src/core/models/port.ts';
import type { Sandbox } from '../../src/core/sandbox/port.ts';
import { anthropicModel } from '../../src/node/models/anthropicModel.ts';
import { chooseModel, type ModelChoice } from '../../src/node/models/chooseModel.ts';
import { findModels } from '../../src/node/models/findModels.ts';
import { ollamaModel } from '../../src/node/models/ollamaModel.ts';
import { openAiModel } from '../../src/node/models/openaiModel.ts';
import { STRAIGHT } from '../../src/node/egress/route.ts';
import type { EditorModels } from '../../src/shared/editorModels.ts';
import type { FoundSource } from '../../src/shared/foundModels.ts';
import { ollamaServer } from '../support/ollamaServer.ts';
import { layerOf } from '../support/policies.ts';
import { workbench } from '../support/workbench.ts';

// Which models there are under Maximum privacy: those on this machine, by the address that is dialled, not by a name.

const ON = mergePolicies([layerOf('privacy: maximum\nmodel: {nearby_hosts: [ollama.lan, 192.168.7.7]}\n', 'user')]);
const OFF = mergePolicies([layerOf('model: {nearby_hosts: [ollama.lan, 192.168.7.7]}\n', 'user')]);

const choosing = (policy: typeof ON, choice: Partial<ModelChoice>, editorModels?: EditorModels) =>
  chooseModel(
    { provider: 'openai', name: 'm', baseUrl: '', apiKey: 'k', ...choice },
    { folder: '/', sandbox: {} as Sandbox, policy, editorModels },
  );

describe('choosing', () => {
  test.each<Partial<ModelChoice>>([
    { provider: 'openai' },
    { provider: 'anthropic' },
    { provider: 'openai', baseUrl: 'https://localhost.example.com/v1' },
    { provider: 'openai', baseUrl: 'https://127.0.0.1.nip.io/v1' },
    { provider: 'ollama', baseUrl: 'http://ollama.lan:11434' },
    { provider: 'ollama', baseUrl: 'http://192.168.7.7:11434' },
    {
      provider: 'openai',
      baseUrl: 'https://api.example.com/v1',
      wayOut: { ...STRAIGHT, proxy: 'http://127.0.0.1:3128', proxyFrom: 'x' },
    },
    { provider: 'ollama', name: 'gpt-oss:120b-cloud' },
    { provider: 'ollama', name: 'glm-4.6:cloud' },
    { provider: 'openai', baseUrl: 'http://127.0.0.1:11434/v1', name: 'gpt-oss:120b-cloud' },
  ])('%j is none', async (choice) => {
    const found = await choosing(ON, choice);
    expect(found).toMatchObject({ ok: false });
    expect(found.ok ? '' : found.problem).toMatch(
      /^Maximum privacy is on \(user policy\): .*Choose a model that runs on this machine\.$/,
    );
    expect(await choosing(OFF, choice), 'control').toMatchObject({ ok: true });
  });

  test.each<Partial<ModelChoice>>([
    { provider: 'demo' },
    { provider: 'ollama' },
    { provider: 'ollama', baseUrl: 'http://localhost:11434' },
    { provider: 'ollama', baseUrl: 'http://[::1]:11434' },
    { provider: 'openai', baseUrl: 'http://127.9.9.9:8080/v1' },
    { provider: 'anthropic', baseUrl: 'http://127.1:8080' },
  ])('%j is one', async (choice) => {
    expect(await choosing(ON, choice)).toMatchObject({ ok: true });
  });

  test('the editor’s models are not even asked for', async () => {
    let asked = 0;
    const editor = { models: () => Promise.resolve((asked += 1) > 0 ? [] : []) } as unknown as EditorModels;
    expect(await choosing(ON, { provider: 'vscode-lm' }, editor)).toMatchObject({ ok: false });
    const permit = () => Promise.reject(new Error('nothing is asked'));
    const found: FoundSource[] = [];
    const looking = {
      policy: ON,
      wayOut: STRAIGHT,
      permit,
      editorModels: editor,
      signal: new AbortController().signal,
    };
    const cloud = { provider: 'openai', baseUrl: '', apiKey: 'k' } as const;
    for await (const one of findModels([cloud], looking)) found.push(one);
    expect(found).toEqual([
      expect.objectContaining({
        provider: 'openai',
        models: [],
        trouble: 'policy',
        problem: expect.stringMatching(/api\.openai\.com/) as string,
      }),
      expect.objectContaining({ provider: 'vscode-lm', models: [], trouble: 'policy' }),
    ]);
    expect(asked).toBe(0);
    expect(await choosing(OFF, { provider: 'vscode-lm' }, editor)).toMatchObject({ ok: false });
    expect(asked, 'control').toBe(1);
  });
});

/** A local server of all three protocols that counts what it gets, and says this of its model. */
async function localServer(show: { status: number; body: unknown } = { status: 404, body: {} }) {
  const got: { path: string; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      got.push({ path: request.url ?? '', body });
      const isShow = request.url === '/api/show';
      response.writeHead(isShow ? show.status : 400, { 'content-type': 'application/json' });
      response.end(JSON.stringify(isShow ? show.body : { error: { message: 'no' } }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const prompts = () => got.filter(({ body }) => body.includes('a telling task')).map(({ path }) => path);
  return { origin, prompts };
}

const MAKE = {
  ollama: (origin: string): Model => ollamaModel({ model: 'plain-name', baseUrl: origin }),
  openai: (origin: string): Model => openAiModel({ model: 'plain-name', baseUrl: `${origin}/v1`, apiKey: '' }),
  anthropic: (origin: string): Model => anthropicModel({ model: 'plain-name', baseUrl: origin, apiKey: '' }),
};

/** How a run ends, and what of the prompt came to the server. */
async function ran(make: (origin: string) => Model, at: Awaited<ReturnType<typeof localServer>>, policy: string) {
  const bench = await workbench({ userPolicy: policy });
  await bench.run(make(at.origin), 'a telling task');
  return { prompts: at.prompts().length, reason: bench.engine.view().run?.reason ?? '' };
}

describe('a server on this machine that passes prompts on', () => {
  test.each(Object.entries(MAKE))('%s: it is asked before each prompt, and gets none', async (_protocol, make) => {
    for (const body of [
      { remote_host: 'https://ollama.com:443' },
      { remote_host: 7 },
      { remote_model: 'x' },
      { remote_host: ['a'] },
    ]) {
      const at = await localServer({ status: 200, body });
      const { prompts, reason } = await ran(make, at, 'privacy: maximum\n');
      expect([prompts, reason]).toEqual([0, expect.stringMatching(/^Maximum privacy is on .*this model runs at/)]);
    }
    const control = await localServer({ status: 200, body: { remote_host: 'https://ollama.com:443' } });
    expect((await ran(make, control, 'privacy: usual\n')).prompts).toBeGreaterThan(0);
    const own = await localServer({ status: 200, body: { capabilities: ['tools'] } });
    expect((await ran(make, own, 'privacy: maximum\n')).prompts, 'one that runs it itself').toBeGreaterThan(0);
  });

  test('an Ollama that fails to say where is not sent a prompt; a server that is none need not say', async () => {
    const broken = { status: 400, body: { error: 'no' } };
    const at = await localServer(broken);
    expect((await ran(MAKE.ollama, at, 'privacy: maximum\n')).reason).toMatch(/does not say where this model runs/);
    expect(at.prompts()).toEqual([]);
    expect((await ran(MAKE.openai, await localServer(), 'privacy: maximum\n')).prompts).toBe(1);
  });

  test('a name that is given to another model in the middle of a run', async () => {
    const show: Record<string, unknown> = { capabilities: ['tools'] };
    const server = await ollamaServer(
      () => {
        show['remote_host'] = 'https://ollama.com:443';
        return { calls: [{ name: 'list_directory', args: { path: '.' } }] };
      },
      { show },
    );
    onTestFinished(() => server.close());
    const bench = await workbench({ userPolicy: 'privacy: maximum\n' });
    await bench.run(ollamaModel({ model: 'test-model', baseUrl: server.url }));
    expect(server.requests).toHaveLength(1);
    expect(bench.engine.view().run?.reason).toMatch(/this model runs at `https:\/\/ollama\.com:443`/);
  });

  test('one that says only in its reply that it passed the prompt on gets nothing more, whatever the policy', async () => {
    const server = await ollamaServer(() => ({ fields: [], text: 'x', calls: [] }), {
      show: { capabilities: ['tools'] },
    });
    onTestFinished(() => server.close());
    const passing = createServer((request, response) => {
      if (request.url === '/api/show') response.end(JSON.stringify({ capabilities: ['tools'] }));
      else response.end(`${JSON.stringify({ message: { content: 'x' }, remote_host: 'https://ollama.com:443' })}\n`);
    });
    await new Promise<void>((resolve) => passing.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void passing.close());
    const bench = await workbench({});
    await bench.run(
      ollamaModel({ model: 'm', baseUrl: `http://127.0.0.1:${(passing.address() as AddressInfo).port}` }),
    );
    expect(bench.engine.view().run?.reason).toMatch(
      /passed the prompt on to https:\/\/ollama\.com:443, and had not said/,
    );
    await bench.run(ollamaModel({ model: 'test-model', baseUrl: server.url }));
    expect(bench.engine.view().run?.state, 'control').toBe('finished');
  });

  test('a redirect to elsewhere is not followed', async () => {
    const server = await ollamaServer(() => ({ misbehave: 'redirect' }));
    onTestFinished(() => server.close());
    const bench = await workbench({ userPolicy: 'privacy: maximum\n' });
    const events = await bench.run(ollamaModel({ model: 'test-model', baseUrl: server.url }));
    expect(bench.engine.view().run?.reason).toMatch(/redirect, and none is followed/);
    const origins = events.flatMap(({ type, data }) => (type === 'egress' ? [data['origin']] : []));
    expect(new Set(origins)).toEqual(new Set([server.origin]));
  });
});

test('of the models of a local server, those that run elsewhere are listed and cannot be chosen', async () => {
  const listing = createServer((_request, response) => {
    response.end(
      JSON.stringify({
        models: [
          { name: 'qwen3:8b', size: 5e9 },
          { name: 'alias', remote_host: 'https://ollama.com:443' },
          { name: 'gpt-oss:120b-cloud' },
        ],
      }),
    );
  });
  await new Promise<void>((resolve) => listing.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void listing.close());
  const baseUrl = `http://127.0.0.1:${(listing.address() as AddressInfo).port}`;
  const names = async (policy: typeof ON) => {
    const permit = () => Promise.resolve({ received: () => undefined, endedBy: () => Promise.resolve(undefined) });
    const looking = { policy, wayOut: STRAIGHT, permit, signal: new AbortController().signal };
    for await (const { models } of findModels([{ provider: 'ollama', baseUrl, apiKey: '' }], looking))
      return models.map(({ name, refused }) => [name, refused]);
    return [];
  };
  expect(await names(ON)).toEqual([
    ['qwen3:8b', undefined],
    ['alias', 'Maximum privacy is on (user policy), and this model runs at https://ollama.com:443.'],
    ['gpt-oss:120b-cloud', 'Maximum privacy is on (user policy), and this model runs at ollama.com.'],
  ]);
  expect((await names(OFF)).map(([, refused]) => refused)).toEqual([undefined, undefined, undefined]);
});
