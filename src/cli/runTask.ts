import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import { NO_EDITOR } from '../core/editor/port.ts';
import type { Engine } from '../core/engine/engine.ts';
import { takenBy, takenWords } from '../core/policy/ways.ts';
import { nodeParts, type NodeParts } from '../node/engineParts.ts';
import { WorkspaceRefused } from '../node/workspaceFolders.ts';
import { chooseModel, type ModelChoice } from '../node/models/chooseModel.ts';
import type { RunState, RunView } from '../shared/runView.ts';
import { visibleLine } from '../shared/visible.ts';
import { WAY_WORDS, WAYS, type Way } from '../shared/wayWords.ts';
import type { Asker } from '../terminal/asker.ts';
import { jsonLine } from '../terminal/jsonLine.ts';
import { columnsOf, isPersonThere, openAsker, seenAt, whoAnswers } from '../terminal/openAsker.ts';
import { ownLine } from '../terminal/quote.ts';
import { answerInTerminal } from './answerInTerminal.ts';
import { Endings } from './endings.ts';
import { tellError } from './faults.ts';
import { goneOn } from './goneOn.ts';
import { hereOrProgram, terminalHere } from './here.ts';
import { modelChoice, takenKeys, type ModelOptions } from './modelOptions.ts';
import { endWords, moreMessages } from './moreMessages.ts';
import { agreementFor } from './resumeElsewhere.ts';

export interface RunOptions extends Omit<ModelOptions, 'isPersonThere'> {
  workspace?: string | undefined;
  policy?: string | undefined;
  resume?: string | undefined;
  /** Where the folder of the resumed run is now. */
  folder?: string | undefined;
  'take-over'?: string | undefined;
  /** A new run begins with the conversation of this one: RUN, or RUN:N for what was said before its message N. */
  fork?: string | undefined;
  /** Lines of standard input answer, where no terminal is there. */
  'answers-from-input': boolean;
  /** Asks for no further message when the work has ended. */
  once: boolean;
  json: boolean;
  look: boolean;
  ask: boolean;
  review: boolean;
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
/** It finished, but something was left undone because nobody was there to approve it. */
const UNANSWERED = 5;

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
      answerer: whoAnswers(output, options['answers-from-input']),
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
    await node.outputs.close();
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
  const [way] = waysIn(options);
  if (way !== undefined) {
    const taken = takenBy(way, policy);
    if (taken !== undefined) return fail(takenWords(way, taken), 2);
    await engine.chooseWay(way, hereOrProgram());
  }
  const { resume, 'take-over': takeOver } = options;
  const chosen = await chooseModel(options.choice, {
    folder: node.parts.roots[0] ?? '/',
    sandbox: node.sandbox.chosen('auto'),
    nearbyHosts: policy.nearbyHosts,
  });
  if (!chosen.ok) return fail(chosen.problem, 2);
  say(`Model: ${chosen.model.label}. ${chosen.model.destination}`);
  sayWay(engine, say);
  answerInTerminal(at);
  endAsSoonAsPossible(engine, endings);
  const { cause } = endings;
  if (cause) return fail(cause.words, EXIT.stopped); // before anything of it was recorded
  const fork = options.fork === undefined ? undefined : forkOption(options.fork);
  const goesOn = resume ?? takeOver ?? fork?.run;
  if (goesOn === undefined) await engine.send(options.task, chosen.model);
  else {
    const { signal } = endings;
    const to = { engine, asker, columns: columnsOf(seenAt(output)), signal };
    const resumed = { engine, asker, folder: node.parts.roots[0] ?? '', isNamed: options.folder !== undefined, say };
    const folders = await agreementFor(goesOn, resumed, signal);
    if (folders === 'no') return signal.aborted ? fail(endings.cause?.words ?? '', EXIT.stopped) : fail(LEFT, 1);
    const message = options.task.trim() === '' ? undefined : options.task;
    const going = { run: goesOn, isTakenOver: takeOver !== undefined, fork, folders, message, way };
    if (!(await goneOn(going, chosen.model, to)))
      return fail(endings.cause?.words ?? 'the run does not go on: nothing was sent', EXIT.stopped);
  }
  if (!options.once && !options.json) await moreMessages({ ...at, columns: columnsOf(seenAt(output)) }, chosen.model);
  const { run } = engine.view();
  if (!run) return 1;
  const { recordedRun } = engine;
  if (options.json) process.stdout.write(`${jsonLine(resultOf(run, recordedRun))}\n`);
  else for (const line of endWords(run, recordedRun)) write(`${ownLine(line, columnsOf(output))}\n`);
  if (run.state === 'failed') await tellElsewhere(at);
  return run.state === 'finished' && run.unanswered !== undefined ? UNANSWERED : EXIT[run.state];
}

/** The ways that the options name: more than one is a mistake. */
function waysIn(options: Pick<RunOptions, Way>): Way[] {
  return WAYS.filter((way) => options[way]);
}

/** In which way it works, as soon as there is a run, and whenever that changes. */
function sayWay(engine: Engine, say: (line: string) => void): void {
  let said: Way | undefined;
  engine.onChange(() => {
    const { way } = engine.view().run ?? {};
    if (way === undefined || way === said) return;
    said = way;
    say(`Way: ${WAY_WORDS[way].name}. ${WAY_WORDS[way].about}`);
  });
}

const LEFT = 'the run is left as it is; --folder DIR says beforehand where it goes on';

/** What of the options does not go together, as a sentence. */
function wrongUsage(task: string, options: RunOptions): string | undefined {
  const { resume, 'take-over': takeOver, fork, folder, workspace } = options;
  if (waysIn(options).length > 1) return 'give one of --look, --ask and --review';
  if ([resume, takeOver, fork].filter((one) => one !== undefined).length > 1)
    return 'give --resume, --take-over or --fork, one of them';
  if (fork !== undefined && forkOption(fork) === undefined)
    return '--fork takes RUN or RUN:N: N is the number of your message before which the new run goes on';
  const goesOn = resume ?? takeOver;
  if (task.trim() === '' && goesOn === undefined) return 'say what is to be done: oversign run "task"';
  if (task.trim() !== '' && takeOver !== undefined)
    return 'give a task or --take-over, not both; a run that is taken over has its own task';
  if (folder !== undefined && (resume === undefined || workspace !== undefined))
    return '--folder says where the folder of a resumed run is now: it goes with --resume, without --workspace';
  return undefined;
}

/** RUN, or RUN:N; undefined where it is neither. */
function forkOption(text: string): { run: string; message?: number } | undefined {
  const [, run, number] = /^([^:]+)(?::([1-9]\d{0,5}))?$/.exec(text) ?? [];
  if (run === undefined) return undefined;
  return { run, ...(number !== undefined && { message: Number(number) }) };
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
function resultOf(
  { state, reason, turn, questions, unanswered, usage }: RunView,
  recorded: string | undefined,
): Record<string, unknown> {
  return {
    ...(recorded !== undefined && { run: recorded }),
    ...{ state, reason, turns: turn, questions },
    ...(unanswered !== undefined && { unanswered }),
    ...(usage !== undefined && { tokens: usage.tokens, ...(usage.cost !== undefined && { cost: usage.cost }) }),
  };
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
