import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import { cloudRule } from '../core/agent/cloudRule.ts';
import { NO_EDITOR } from '../core/editor/port.ts';
import { nodeParts } from '../node/engineParts.ts';
import { findModels } from '../node/models/findModels.ts';
import type { FoundSource } from '../shared/foundModels.ts';
import { PROVIDERS } from '../shared/providers.ts';
import { visibleLine } from '../shared/visible.ts';
import { exitCode } from './exitCodes.ts';
import { refuse, tellProgram } from './faults.ts';
import { writeObject } from './jsonObject.ts';
import { privacyProblem } from './runOptions.ts';
import { HERE, keyVariable, modelSources, takenKeys, type ModelOptions } from './modelOptions.ts';

export interface ModelsOptions extends Omit<ModelOptions, 'isPersonThere'> {
  workspace: string;
  /** The workspace was named: without it, no folder is needed. */
  isNamed: boolean;
  policy?: string | undefined;
  privacy?: string | undefined;
  json: boolean;
  version: string;
}

const print = (line: string): void => void process.stdout.write(`${visibleLine(line)}\n`);

/** `oversign models`: what there is to choose from, and where each would send data. Ends as `model` or `key` where nothing is. */
export async function models(options: ModelsOptions): Promise<number> {
  const wrong = privacyProblem(options);
  if (wrong !== undefined) return refuse('usage', wrong);
  const sources = modelSources(options);
  if (typeof sources === 'string') return refuse('usage', sources);
  const keys = sources.flatMap(({ provider, apiKey }) => takenKeys({ provider, apiKey }));
  const node = await nodeParts({
    folders: [resolve(options.workspace)],
    environment: process.env,
    version: options.version,
    editor: NO_EDITOR,
    mayHaveNone: true,
    ...(options.policy !== undefined && { runPolicy: resolve(options.policy) }),
    isPrivate: options.privacy !== undefined,
  });
  await using evidence = node.evidence;
  const [left] = node.leftOut;
  if (options.isNamed && left && node.parts.roots.length === 0) return refuse('workspace', left.why);
  const engine = composeEngine(node.parts);
  for (const key of keys) engine.addSecret(key);
  const policy = await engine.policy();
  const permit = evidence.permit({
    purpose: 'models',
    rules: [cloudRule(() => engine.policy())],
    contentOf: () => [],
  });
  const wayOut = { proxy: options.proxy ?? '', proxyFrom: '--proxy', caFile: options['ca-file'] ?? '' };
  let found = 0;
  let isKeyRefused = false;
  for await (const source of findModels(sources, {
    policy,
    wayOut,
    permit,
    signal: AbortSignal.timeout(60_000),
  })) {
    found += source.models.filter(({ refused }) => refused === undefined).length;
    isKeyRefused ||= source.trouble === 'key';
    const { problem } = source;
    const told = { ...source, ...(problem !== undefined && { problem: engine.redactor.text(problem) }) };
    if (options.json) writeObject('model-source', told);
    else printSource(told);
  }
  await node.sandbox.close();
  if (!options.json && options.model === undefined) printUnasked(sources.map(({ provider }) => provider));
  return found > 0 ? exitCode('done') : tellProgram(isKeyRefused ? 'key' : 'model', 'there is no model to choose here');
}

function printSource({ provider, label, address, destination, models: list, problem }: FoundSource): void {
  print(`${label} at ${address} (--model ${provider})`);
  if (destination !== '') print(`  ${destination}`);
  for (const { name, about, refused } of list) {
    print(`  ${name}${about === '' ? '' : `  (${about})`}`);
    if (refused !== undefined) print(`    Not available: ${refused}`);
  }
  if (problem !== undefined) print(`  ${problem}`);
  else if (list.length === 0) print('  It has no models.');
}

/** What was not asked for want of a key. */
function printUnasked(asked: readonly string[]): void {
  for (const provider of HERE) {
    const variable = keyVariable(provider);
    if (PROVIDERS[provider].server && variable !== null && !asked.includes(provider))
      print(`${PROVIDERS[provider].label} was not asked: there is no key (${variable} or --api-key-file).`);
  }
}
