import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Engine } from '../compose.ts';
import { nodeParts, WorkspaceRefused } from '../node/engineParts.ts';
import { chooseModel, type ModelChoice } from '../node/models/chooseModel.ts';
import type { RunState } from '../shared/runView.ts';
import { visible, visibleLine } from '../shared/visible.ts';
import { askInTerminal, Lines } from '../terminal/approver.ts';
import { jsonLine } from '../terminal/jsonLine.ts';
import { Printer } from '../terminal/printer.ts';

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
    process.stderr.write(`oversign: ${visible(message)}\n`);
    return code;
  };
  if (task.trim() === '' && options.resume === undefined) return fail('say what is to be done: oversign run "task"', 2);
  if (task.trim() !== '' && options.resume !== undefined)
    return fail('give a task or --resume, not both; a resumed run goes on with its own task', 2);
  const choice = modelChoice(options);
  if (typeof choice === 'string') return fail(choice, 2);
  // From here on the key is in one variable alone; no child and no library finds it in the environment.
  const keys = [choice.apiKey, process.env['OPENAI_API_KEY'] ?? ''];
  delete process.env['OPENAI_API_KEY'];
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
    return fail(error instanceof Error ? error.message : String(error), error instanceof WorkspaceRefused ? 2 : 1);
  }
  const engine = new Engine(node.parts);
  for (const value of keys) engine.addSecret({ name: 'OPENAI_API_KEY', value });
  // With --json, standard output is for the result alone.
  const write = (text: string): void => {
    (options.json ? process.stderr : process.stdout).write(text);
  };
  const reader = createInterface({ input: process.stdin, terminal: false });
  const lines = new Lines(reader, process.stdin.isTTY); // at once: a line that nobody listens for is lost
  try {
    await engine.interrupted();
    const policy = await engine.policy();
    for (const note of policy.notes)
      write(`${visibleLine(`${note.severity}: ${note.file}:${note.line}:${note.column}: ${note.message}`)}\n`);
    if (!policy.confirmActions.value) write('Questions are reduced by your policy (confirm_actions: false).\n');
    const chosen = await chooseModel(choice, node.parts.roots[0] ?? '/', node.sandbox);
    if (!chosen.ok) return fail(chosen.problem, 2);
    write(`${visibleLine(`Model: ${chosen.model.label}. ${chosen.model.destination}`)}\n`);
    answerInTerminal(engine, lines, write);
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
    else write(`\n${run.state}: ${visible(run.reason)} (${run.questions} questions, run ${run.id})\n`);
    return EXIT[run.state];
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error), 1);
  } finally {
    reader.close();
    process.stdin.destroy();
    await node.sandbox.close();
    await node.evidence[Symbol.asyncDispose]();
  }
}

/** Prints the run as it goes and asks one question at a time. */
function answerInTerminal(engine: Engine, lines: Lines, write: (text: string) => void): void {
  const printer = new Printer(write);
  let asking = false;
  engine.onChange(() => {
    const { run, approvals } = engine.view();
    if (run) printer.update(run);
    const [first] = approvals;
    if (!first || asking) return;
    asking = true;
    // A stop takes the question back; then there is nothing to say about its answer.
    const writeWhileOpen = (text: string): void => {
      if (engine.view().approvals.some(({ id }) => id === first.id)) write(text);
    };
    void askInTerminal(first, lines, writeWhileOpen).then((answer) => {
      asking = false;
      engine.answer(first.id, first.digest, answer);
    });
  });
}

function modelChoice(options: RunOptions): ModelChoice | string {
  const provider = options.model ?? 'demo';
  if (provider !== 'demo' && provider !== 'openai' && provider !== 'ollama')
    return `there is no provider "${provider}"; choose demo, openai or ollama`;
  let apiKey = process.env['OPENAI_API_KEY'] ?? '';
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
  if (provider === 'demo' && (options['model-name'] ?? options['base-url']) !== undefined)
    return 'the demo has no model name and no address; add --model openai or --model ollama';
  return { provider, name: options['model-name'] ?? '', baseUrl: options['base-url'] ?? '', apiKey };
}
