import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Sandbox } from '../../src/core/sandbox/port.ts';
import type { Model } from '../../src/core/models/port.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import { chooseModel } from '../../src/node/models/chooseModel.ts';
import { findModels } from '../../src/node/models/findModels.ts';
import { STRAIGHT } from '../../src/node/egress/route.ts';
import { LanguageModels } from '../../src/vscode/languageModels.ts';
import { agent } from './agent.ts';

// The editor's language models, in a real editor, with an extension beside that brings some (modelProvider/).

const models = new LanguageModels();
// Only the demo looks at it.
const NO_SANDBOX = {} as Sandbox;

export const EDITOR_MODELS: [name: string, test: () => Promise<void>][] = [
  [
    'a model that another extension brings is found, and what decides where data goes is said',
    async () => {
      const found = [];
      const policy = mergePolicies([]);
      const { signal } = new AbortController();
      const permit = () => Promise.reject(new Error('nobody is asked'));
      for await (const one of findModels([], { policy, wayOut: STRAIGHT, permit, editorModels: models, signal }))
        found.push(one);
      const [first] = found.filter(({ models: [model] }) => model?.name === 'oversign-test/steady');
      assert.ok(first);
      assert.equal(first.label, 'Models of a test');
      assert.match(first.destination, /the extension Models of a test \(oversign-test\) decides where they go/);
    },
  ],
  [
    'a run with it: its tools are ours alone, each sending is recorded, and tokens are estimates',
    async () => {
      await seen();
      const { events } = await agent(folderWith('lm-run'), await chosen('oversign-test/steady'));
      const [first, second, ...more] = await seen();
      assert.deepEqual(more, []);
      assert.ok(first);
      assert.ok(first.tools.includes('list_directory'));
      assert.deepEqual(
        first.tools.filter((name) => vscode.lm.tools.some((tool) => tool.name === name)),
        [],
      );
      assert.match(second?.texts.join('\n') ?? '', /call call_1 list_directory[^]*result call_1: .*here\.txt/);
      const sent = events.filter(({ type }) => type === 'egress');
      assert.deepEqual(
        sent.map(({ data }) => [data['origin'], data['method']]),
        [1, 2].map(() => ['vscode-lm:oversign-test', 'sendRequest']),
      );
      const replied = events.filter(({ type }) => type === 'model_replied').map(({ data }) => data);
      assert.deepEqual(
        replied.map(({ end, isEstimate }) => [end, isEstimate]),
        [
          ['calls', true],
          ['finished', true],
        ],
      );
      assert.ok(Number(replied[0]?.['inputTokens']) > 100);
      assert.equal(events.at(-1)?.data['state'], 'finished');
    },
  ],
  [
    'under a policy that lets no prompt go to another machine it is not asked',
    async () => {
      await seen();
      const folder = folderWith('lm-denied');
      mkdirSync(join(folder, '.oversign'));
      writeFileSync(join(folder, '.oversign', 'policy.yaml'), 'model: {allow_cloud: false}\n');
      const { events } = await agent(folder, await chosen('oversign-test/steady'));
      assert.equal(events.at(-1)?.data['state'], 'failed');
      assert.match(JSON.stringify(events.at(-1)?.payload), /lets no prompt go to another machine/);
      assert.deepEqual(await seen(), []);
    },
  ],
  [
    'what it says went wrong is told, and a model that is not there is said to be none',
    async () => {
      const { events } = await agent(folderWith('lm-broken'), await chosen('oversign-test/broken'));
      assert.match(JSON.stringify(events.at(-1)?.payload), /The conversation is longer than Test broken takes/);
      await assert.rejects(chosen('oversign-test/none'), /no language model .*oversign-test\/steady/);
    },
  ],
];

export async function chosen(name: string): Promise<Model> {
  const choice = { provider: 'vscode-lm' as const, name, baseUrl: '', apiKey: '' };
  const policy = mergePolicies([]);
  const found = await chooseModel(choice, { folder: '/', sandbox: NO_SANDBOX, policy, editorModels: models });
  if (!found.ok) throw new Error(found.problem);
  return found.model;
}

/** What the model was sent since it was asked last. */
async function seen(): Promise<{ tools: string[]; texts: string[] }[]> {
  return vscode.commands.executeCommand('oversignTest.seen');
}

function folderWith(name: string): string {
  const folder = join(process.env['XDG_DATA_HOME'] ?? '', '..', 'models', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'here.txt'), 'x\n');
  return folder;
}
