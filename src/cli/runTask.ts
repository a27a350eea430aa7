import { resolve } from 'node:path';
import { composeEngine } from '../compose.ts';
import { NO_EDITOR } from '../core/editor/port.ts';
import { Failure } from '../core/outcome.ts';
import type { Engine } from '../core/engine/engine.ts';
import { takenBy, takenWords } from '../core/policy/ways.ts';
import { nodeParts, type NodeParts } from '../node/engineParts.ts';
import { chooseModel, type ModelChoice } from '../node/models/chooseModel.ts';
import type { RunView } from '../shared/runView.ts';
import { visibleLine } from '../shared/visible.ts';
import { WAY_WORDS, type Way } from '../shared/wayWords.ts';
import type { Asker } from '../terminal/asker.ts';
import { columnsOf, isPersonThere, openAsker, seenAt, whoAnswers } from '../terminal/openAsker.ts';
import { AGENT, ownLine, quoted } from '../terminal/quote.ts';
import { answerInTerminal } from './answerInTerminal.ts';
import { Endings } from './endings.ts';
import { EventStream } from './eventStream.ts';
import { exitCode } from './exitCodes.ts';
import { fail, refuse, tellError } from './faults.ts';
import { goneOn } from './goneOn.ts';
import { hereOrProgram, terminalHere } from './here.ts';
import { writeObject } from './jsonObject.ts';
import { modelChoice, takenKeys } from './modelOptions.ts';
import { endWords, moreMessages } from './moreMessages.ts';
import { agreementFor } from './resumeElsewhere.ts';
import { exitOfRun, lastMessage, MessageFile, resultOf } from './runEnd.ts';
import { runNamed } from './runNamed.ts';
import {
  FORMATS,
  forkOption,
  formatOf,
  privacyProblem,
  taskOf,
  waysIn,
  type Format,
  type RunOptions,
} from './runOptions.ts';

/** In a pipe, what the agent said last is all that is printed: nobody else speaks there. */
const PLAIN = { line: '', rest: '' };

/** `oversign run`: one task, questions in the terminal, everything else as in the editor. */
export async function runTask(words: string, options: RunOptions, version: string): Promise<number> {
  const format = formatOf(options);
  if (format === undefined) return refuse('usage', `--output-format: choose one of ${FORMATS.join(', ')}`);
  const wrong = privacyProblem(options);
  if (wrong !== undefined) return refuse('usage', wrong);
  let task;
  let messageFile;
  try {
    task = await taskOf(words, options);
    messageFile = options['last-message'] === undefined ? undefined : new MessageFile(options['last-message']);
  } catch (error) {
    if (error instanceof Failure) return refuse('usage', error.message);
    throw error;
  }
  using _messageFile = messageFile;
  // Where programs read, standard output is for what they read alone.
  const output = format === 'text' ? process.stdout : process.stderr;
  const choice = modelChoice({ ...options, isPersonThere: isPersonThere(output) });
  if (typeof choice === 'string') return refuse('usage', choice);
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
      isPrivate: options.privacy !== undefined,
    });
  } catch (error) {
    return fail(error);
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
    const quiet = options.quiet || format === 'stream-json';
    return await withEngine(
      { engine, node, asker, output, endings, quiet, messageFile },
      { task, choice, format, ...options },
    );
  } catch (error) {
    return fail(error);
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
  quiet: boolean;
  messageFile: MessageFile | undefined;
}

interface Wanted extends RunOptions {
  task: string;
  choice: ModelChoice;
  format: Format;
}

async function withEngine(at: At, options: Wanted): Promise<number> {
  const { engine, node, asker, output, endings, quiet } = at;
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
    if (taken !== undefined) return refuse('usage', takenWords(way, taken));
    await engine.chooseWay(way, hereOrProgram());
  }
  const { resume, 'take-over': takeOver } = options;
  const chosen = await chooseModel(options.choice, {
    folder: node.parts.roots[0] ?? '/',
    sandbox: node.sandbox.chosen('auto'),
    policy,
  });
  if (!chosen.ok) return refuse('usage', chosen.problem);
  if (!quiet) {
    say(`Model: ${chosen.model.label}. ${chosen.model.destination}`);
    sayWay(engine, say);
  }
  answerInTerminal(at);
  endAsSoonAsPossible(engine, endings);
  const { cause } = endings;
  if (cause) return refuse('stopped', cause.words); // before anything of it was recorded
  const fork = options.fork === undefined ? undefined : forkOption(options.fork);
  const named = resume ?? takeOver ?? fork?.run ?? (options.continue ? 'last' : undefined);
  const goesOn = named === undefined ? undefined : (await runNamed(named, node.audit, node.parts.roots[0])).run;
  const before = goesOn === undefined || fork ? 0 : ((await node.audit.events(goesOn)).at(-1)?.seq ?? 0);
  const stream =
    options.format === 'stream-json' ? new EventStream(node.audit, () => engine.recordedRun, before) : undefined;
  if (goesOn === undefined) await engine.send(options.task, chosen.model);
  else {
    const { signal } = endings;
    const to = { engine, asker, columns: columnsOf(seenAt(output)), signal };
    const resumed = { engine, asker, folder: node.parts.roots[0] ?? '', isNamed: options.folder !== undefined, say };
    const folders = await agreementFor(goesOn, resumed, signal);
    if (folders === 'no')
      return signal.aborted ? refuse('stopped', endings.cause?.words ?? '') : refuse('failed', LEFT);
    const message = options.task.trim() === '' ? undefined : options.task;
    const going = { run: goesOn, isTakenOver: takeOver !== undefined, fork, folders, message, way };
    if (!(await goneOn(going, chosen.model, to)))
      return refuse('stopped', endings.cause?.words ?? 'the run does not go on: nothing was sent');
  }
  if (!options.once && options.format === 'text')
    await moreMessages({ ...at, columns: columnsOf(seenAt(output)) }, chosen.model);
  const { run } = engine.view();
  if (!run) throw new Error('there is no run to tell the end of');
  await stream?.end();
  return await told(run, at, options.format);
}

/** Says how the run ended, to whoever reads. */
async function told(run: RunView, at: At, format: Format): Promise<number> {
  const { engine, output, quiet, messageFile } = at;
  const { recordedRun } = engine;
  const exit = exitOfRun(run, engine);
  const columns = columnsOf(output);
  messageFile?.write(lastMessage(run));
  if (format !== 'text') writeObject('run', resultOf(run, recordedRun, exit));
  else if (quiet && exit === 'done')
    output.write(`${quoted(lastMessage(run), columns, columns === undefined ? PLAIN : AGENT).join('\n')}\n`);
  else for (const line of endWords(run, recordedRun)) output.write(`${ownLine(line, columns)}\n`);
  if (run.state === 'failed') await tellElsewhere(at);
  return exitCode(exit);
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

/** What keeps this folder busy, and what can be done about it here. */
async function tellElsewhere({ engine, node }: At): Promise<void> {
  const inTheWay = (await engine.elsewhere()).filter(({ folders }) =>
    folders.some((folder) => node.parts.roots.includes(folder)),
  );
  for (const { run } of inTheWay)
    process.stderr.write(`To show it here: oversign run --take-over ${run}; to stop it there: oversign stop ${run}\n`);
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
