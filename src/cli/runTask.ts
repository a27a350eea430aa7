import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import type { Engine } from '../core/engine/engine.ts';
import { nodeParts, WorkspaceRefused } from '../node/engineParts.ts';
import { chooseModel, type ModelChoice } from '../node/models/chooseModel.ts';
import { isProvider, PROVIDER_NAMES, PROVIDERS, type ProviderName } from '../shared/providers.ts';
import type { RunState } from '../shared/runView.ts';
import { visibleLine } from '../shared/visible.ts';
import { askInTerminal } from '../terminal/approver.ts';
import { tellError } from './faults.ts';
import type { Asker } from '../terminal/asker.ts';
import { jsonLine } from '../terminal/jsonLine.ts';
import { columnsOf, openAsker, seenAt } from '../terminal/openAsker.ts';
import { Printer } from '../terminal/printer.ts';
import { ownLine } from '../terminal/quote.ts';

export interface RunOptions {
  workspace?: string | undefined;
  model?: string | undefined;
  'model-name'?: string | undefined;
  'base-url'?: string | undefined;
  'api-key-file'?: string | undefined;
  policy?: string | undefined;
  resume?: string | undefined;
  json: boolean;
}

const EXIT: Record<RunState, number> = {
  finished: 0,
  failed: 1,
  stopped: 3,
  limit: 4,
  running: 1,
  waiting: 1,
  stopping: 3,
  interrupted: 1,
};

/** `oversign run`: one task, questions in the terminal, everything else as in the editor. */
export async function runTask(task: string, options: RunOptions, version: string): Promise<number> {
  const fail = (message: string, code: number): number => {
    process.stderr.write(`${ownLine(`oversign: ${message}`, columnsOf(process.stderr))}\n`);
    return code;
  };
  if (task.trim() === '' && options.resume === undefined) return fail('say what is to be done: oversign run "task"', 2);
  if (task.trim() !== '' && options.resume !== undefined)
    return fail('give a task or --resume, not both; a resumed run goes on with its own task', 2);
  const choice = modelChoice(options);
  if (typeof choice === 'string') return fail(choice, 2);
  // From here on the key is in one variable alone; no child and no library finds it in the environment.
  const keys = takenKeys(choice);
  let node;
  try {
    node = await nodeParts({
      folders: [resolve(options.workspace ?? '.')],
      environment: process.env,
      version,
      editor: { isUnsaved: () => false },
      ...(options.policy !== undefined && { runPolicy: resolve(options.policy) }),
    });
  } catch (error) {
    tellError(error);
    return error instanceof WorkspaceRefused ? 2 : 1;
  }
  const engine = composeEngine(node.parts);
  engine.onBug = tellError;
  for (const key of keys) engine.addSecret(key);
  // With --json, standard output is for the result alone.
  const output = options.json ? process.stderr : process.stdout;
  const write = (text: string): void => {
    output.write(text);
  };
  const asker = openAsker(output);
  const say = (line: string): void => {
    write(`${ownLine(visibleLine(line), columnsOf(output))}\n`);
  };
  try {
    await engine.interrupted();
    const policy = await engine.policy();
    for (const note of policy.notes) say(`${note.severity}: ${note.file}:${note.line}:${note.column}: ${note.message}`);
    if (!policy.confirmActions.value) write('Questions are reduced by your policy (confirm_actions: false).\n');
    const chosen = await chooseModel(choice, node.parts.roots[0] ?? '/', node.sandbox.chosen('auto'));
    if (!chosen.ok) return fail(chosen.problem, 2);
    say(`Model: ${chosen.model.label}. ${chosen.model.destination}`);
    answerInTerminal(engine, asker, output);
    const stop = (): void => void engine.stop('You pressed Ctrl+C.');
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    await (options.resume === undefined
      ? engine.send(task, chosen.model)
      : engine.resume(options.resume, chosen.model));
    const run = engine.view().run;
    if (!run) return 1;
    if (options.json)
      process.stdout.write(
        `${jsonLine({ run: run.id, state: run.state, reason: run.reason, turns: run.turn, questions: run.questions })}\n`,
      );
    else
      write(
        `\n${ownLine(`${run.state}: ${run.reason} (${run.questions} questions, run ${run.id})`, columnsOf(output))}\n`,
      );
    return EXIT[run.state];
  } catch (error) {
    tellError(error);
    return 1;
  } finally {
    asker.close();
    process.stdin.destroy();
    await node.sandbox.close();
    await node.evidence[Symbol.asyncDispose]();
  }
}

/** Prints the run as it goes and asks one question at a time. */
function answerInTerminal(engine: Engine, asker: Asker, output: NodeJS.WriteStream): void {
  const write = (text: string): void => void output.write(text);
  const printer = new Printer(write, () => columnsOf(output));
  let asked: { id: string; takenBack: AbortController } | undefined;
  engine.onChange(() => {
    const { run, approvals } = engine.view();
    if (run) printer.update(run);
    // A stop takes the question back; then there is nothing to say about its answer.
    if (asked && !approvals.some(({ id }) => id === asked?.id)) {
      asked.takenBack.abort();
      asked = undefined;
    }
    const [first] = approvals;
    if (!first || asked) return;
    const { signal } = (asked = { id: first.id, takenBack: new AbortController() }).takenBack;
    void askInTerminal(first, { asker, write, columns: columnsOf(seenAt(output)) }, signal).then((answered) => {
      if (!answered) return;
      asked = undefined;
      engine.answer(first.id, first.digest, answered.answer, answered.from);
    });
  });
}

function modelChoice(options: RunOptions): ModelChoice | string {
  const provider = options.model ?? PROVIDER_NAMES[0];
  if (!isProvider(provider)) return `there is no provider "${provider}"; choose ${either(PROVIDER_NAMES)}`;
  const variable = keyVariable(provider);
  let apiKey = variable === null ? '' : (process.env[variable] ?? '');
  if (options['api-key-file'] !== undefined) {
    try {
      apiKey = readFileSync(options['api-key-file'], 'utf8').trim();
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
      return `the API key file ${options['api-key-file']} cannot be read (${code})`;
    }
    if (apiKey === '') return `the API key file ${options['api-key-file']} is empty`;
  }
  if (!/^[\x21-\x7e]*$/.test(apiKey)) return 'the API key holds a space or a character that no key has';
  const others = (fits: (name: ProviderName) => boolean): string =>
    either(PROVIDER_NAMES.filter(fits).map((name) => `--model ${name}`));
  if (!PROVIDERS[provider].server && (options['model-name'] ?? options['base-url']) !== undefined)
    return `the ${provider} has no model name and no address; add ${others((name) => PROVIDERS[name].server !== null)}`;
  if (variable === null && options['api-key-file'] !== undefined)
    return `${provider} takes no API key; add ${others((name) => keyVariable(name) !== null)}, or leave --api-key-file out`;
  return { provider, name: options['model-name'] ?? '', baseUrl: options['base-url'] ?? '', apiKey };
}

function keyVariable(provider: ProviderName): string | null {
  return PROVIDERS[provider].server?.keyVariable ?? null;
}

/** "a, b or c" */
function either(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

/** Every key that is here, each under its variable's name; after this none is in the environment. */
function takenKeys({ provider, apiKey }: ModelChoice): { name: string; value: string }[] {
  const keys = [{ name: keyVariable(provider) ?? 'API_KEY', value: apiKey }];
  for (const name of PROVIDER_NAMES.map(keyVariable).filter((variable) => variable !== null)) {
    keys.push({ name, value: process.env[name] ?? '' });
    Reflect.deleteProperty(process.env, name);
  }
  return keys;
}
