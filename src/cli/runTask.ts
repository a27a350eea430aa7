import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import { NO_EDITOR } from '../core/editor/port.ts';
import type { Engine } from '../core/engine/engine.ts';
import { nodeParts, type NodeParts } from '../node/engineParts.ts';
import { WorkspaceRefused } from '../node/workspaceFolders.ts';
import { chooseModel, type ModelChoice } from '../node/models/chooseModel.ts';
import type { RunState, RunView } from '../shared/runView.ts';
import { visibleLine } from '../shared/visible.ts';
import { askInTerminal } from '../terminal/approver.ts';
import type { Asker } from '../terminal/asker.ts';
import { jsonLine } from '../terminal/jsonLine.ts';
import { columnsOf, isPersonThere, openAsker, seenAt } from '../terminal/openAsker.ts';
import { Printer } from '../terminal/printer.ts';
import { ownLine } from '../terminal/quote.ts';
import { Endings } from './endings.ts';
import { tellError } from './faults.ts';
import { goneOn } from './goneOn.ts';
import { terminalHere } from './here.ts';
import { modelChoice, takenKeys, type ModelOptions } from './modelOptions.ts';
import { agreementFor } from './resumeElsewhere.ts';

export interface RunOptions extends Omit<ModelOptions, 'isPersonThere'> {
  workspace?: string | undefined;
  policy?: string | undefined;
  resume?: string | undefined;
  /** Where the folder of the resumed run is now. */
  folder?: string | undefined;
  'take-over'?: string | undefined;
  /** Lines of standard input answer, where no terminal is there. */
  'answers-from-input': boolean;
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
  const wrong = wrongUsage(task, options);
  if (wrong !== undefined) return fail(wrong, 2);
  // With --json, standard output is for the result alone.
  const output = options.json ? process.stderr : process.stdout;
  const choice = modelChoice({ ...options, isPersonThere: isPersonThere(output) });
  if (typeof choice === 'string') return fail(choice, 2);
  using endings = new Endings();
  // From here on the key is in one variable alone; no child and no library finds it in the environment.
  const keys = takenKeys(choice);
  let node;
  const here = terminalHere();
  try {
    node = await nodeParts({
      folders: [resolve(options.folder ?? options.workspace ?? '.')],
      environment: process.env,
      version,
      editor: NO_EDITOR,
      ...(here && { here }),
      ...(options.policy !== undefined && { runPolicy: resolve(options.policy) }),
    });
  } catch (error) {
    tellError(error);
    return error instanceof WorkspaceRefused ? 2 : 1;
  }
  const engine = composeEngine(node.parts);
  engine.onBug = tellError;
  for (const key of keys) engine.addSecret(key);
  const asker = openAsker(output, {
    answersFromInput: options['answers-from-input'],
    unanswered: 'lines of standard input count as answers with --answers-from-input alone.',
    onGone: () => {
      endings.terminalGone();
    },
    onInterrupt: (place) => {
      const from = { by: 'person', at: 'terminal', ...(place !== undefined && { place }) } as const;
      endings.end({ from, words: 'You pressed Ctrl+C.' });
    },
  });
  try {
    return await withEngine({ engine, node, asker, output, endings }, { task, choice, ...options });
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

interface At {
  engine: Engine;
  node: NodeParts;
  asker: Asker;
  output: NodeJS.WriteStream;
  endings: Endings;
}

async function withEngine(at: At, options: RunOptions & { task: string; choice: ModelChoice }): Promise<number> {
  const { engine, node, asker, output, endings } = at;
  const write = (text: string): void => void output.write(text);
  const say = (line: string): void => {
    write(`${ownLine(visibleLine(line), columnsOf(output))}\n`);
  };
  await engine.interrupted();
  for (const words of await engine.finishBrokenOff()) say(`warning: ${words}`);
  const policy = await engine.policy();
  for (const note of policy.notes) say(`${note.severity}: ${note.file}:${note.line}:${note.column}: ${note.message}`);
  if (!policy.confirmActions.value) write('Questions are reduced by your policy (confirm_actions: false).\n');
  const chosen = await chooseModel(options.choice, node.parts.roots[0] ?? '/', node.sandbox.chosen('auto'));
  if (!chosen.ok) return fail(chosen.problem, 2);
  say(`Model: ${chosen.model.label}. ${chosen.model.destination}`);
  answerInTerminal(at);
  endAsSoonAsPossible(engine, endings);
  const { cause } = endings;
  if (cause) return fail(cause.words, EXIT.stopped); // before anything of it was recorded
  const { resume, 'take-over': takeOver } = options;
  const goesOn = resume ?? takeOver;
  if (goesOn === undefined) await engine.send(options.task, chosen.model);
  else {
    const { signal } = endings;
    const to = { engine, asker, columns: columnsOf(seenAt(output)), signal };
    const resumed = { engine, asker, folder: node.parts.roots[0] ?? '', isNamed: options.folder !== undefined, say };
    const folders = await agreementFor(goesOn, resumed, signal);
    if (folders === 'no') return signal.aborted ? fail(endings.cause?.words ?? '', EXIT.stopped) : fail(LEFT, 1);
    if (!(await goneOn({ run: goesOn, isTakenOver: takeOver !== undefined, folders }, chosen.model, to)))
      return fail(endings.cause?.words ?? 'the run does not go on: nothing was sent', EXIT.stopped);
  }
  const { run } = engine.view();
  if (!run) return 1;
  const { recordedRun } = engine;
  if (options.json) process.stdout.write(`${jsonLine(resultOf(run, recordedRun))}\n`);
  else {
    const where = recordedRun === undefined ? 'nothing was recorded' : `run ${recordedRun}`;
    write(`\n${ownLine(`${run.state}: ${run.reason} (${run.questions} questions, ${where})`, columnsOf(output))}\n`);
  }
  if (run.state === 'failed') await tellElsewhere(at);
  return EXIT[run.state];
}

const LEFT = 'the run is left as it is; --folder DIR says beforehand where it goes on';

/** What of the options does not go together, as a sentence. */
function wrongUsage(
  task: string,
  { resume, 'take-over': takeOver, folder, workspace }: RunOptions,
): string | undefined {
  if (resume !== undefined && takeOver !== undefined) return 'give --resume or --take-over, not both';
  const goesOn = resume ?? takeOver;
  if (task.trim() === '' && goesOn === undefined) return 'say what is to be done: oversign run "task"';
  if (task.trim() !== '' && goesOn !== undefined)
    return `give a task or --${resume === undefined ? 'take-over' : 'resume'}, not both; a run that goes on has its own task`;
  if (folder !== undefined && (resume === undefined || workspace !== undefined))
    return '--folder says where the folder of a resumed run is now: it goes with --resume, without --workspace';
  return undefined;
}

/** What keeps this folder busy, and what can be done about it here. */
async function tellElsewhere({ engine, node }: At): Promise<void> {
  const inTheWay = (await engine.elsewhere()).filter(({ folders }) =>
    folders.some((folder) => node.parts.roots.includes(folder)),
  );
  for (const { run } of inTheWay)
    process.stderr.write(`To show it here: oversign run --take-over ${run}; to stop it there: oversign stop ${run}\n`);
}

/** `recorded`: its name in the log, and in no other place. */
function resultOf({ state, reason, turn, questions }: RunView, recorded: string | undefined): Record<string, unknown> {
  return { ...(recorded !== undefined && { run: recorded }), state, reason, turns: turn, questions };
}

function fail(message: string, code: number): number {
  process.stderr.write(`${ownLine(`oversign: ${message}`, columnsOf(process.stderr))}\n`);
  return code;
}

/** A run may be only just beginning when something ends it: it is stopped as soon as there is something to stop. */
function endAsSoonAsPossible(engine: Engine, endings: Endings): void {
  const stop = (): void => {
    const { cause } = endings;
    const state = engine.view().run?.state;
    if (cause && (state === 'running' || state === 'waiting')) void engine.stop(cause.words, cause.from);
  };
  engine.onChange(stop);
  endings.onEnding((cause) => void engine.stop(cause.words, cause.from));
}

/** Prints the run as it goes and asks one question at a time. */
function answerInTerminal({ engine, asker, output }: At): void {
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
