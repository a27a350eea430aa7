import type { Run } from '../../../shared/action.ts';
import { titleOf } from '../../../shared/cut.ts';
import type { Json } from '../../../shared/json.ts';
import { exact, visibleLine } from '../../../shared/visible.ts';
import type { CommandConnections } from '../../egress/connecting.ts';
import { reasonText, ToolFailure } from '../../outcome.ts';
import { bashParser } from '../../command/bash.ts';
import { whoseZero } from '../../command/whoseZero.ts';
import { endingWords } from '../../sandbox/endingWords.ts';
import { limitRecord } from '../../sandbox/limitWords.ts';
import type { Appeared, SandboxResult, SandboxSpec } from '../../sandbox/port.ts';
import { remarksOf } from '../../sandbox/remarks.ts';
import { sandboxSpec } from '../../sandbox/spec.ts';
import { goesOnWords, keptWords, soFar } from '../outputs/outputWords.ts';
import type { OutputRecorder } from '../outputs/recorder.ts';
import { MOST_GOING } from '../outputs/runOutputs.ts';
import type { ToolPorts } from '../ports.ts';
import { boundsOf } from '../runner.ts';
import { shortened } from '../text.ts';
import type { CallContext, Performed } from '../tool.ts';
import type { CommandArguments } from './commandArguments.ts';
import { commandPlace } from '../commandPlace.ts';
import { maskedOutput, outputMask, type OutputMask } from './givenSecrets.ts';
import { onTerminal } from './onTerminal.ts';
import { heldWords } from './heldWords.ts';
import { assertStillBound } from './scripts.ts';
import { scratchWords } from './scratchPaths.ts';
import { lessTimeWords, timesOf, type CommandTimes } from './times.ts';
import { beneathUnsaved, saidOfUnsaved, type Beneath } from './underUnsaved.ts';

/** Only git itself, named in the line, is shown what it keeps while something is denied (command/stores.ts). */
const STORES_HIDDEN =
  'what git keeps was hidden from this command, because your policy denies some of the files that it keeps; a line that needs git must name it';

/** Bytes of output that are kept: of its beginning, and of its end, where what went wrong mostly stands. */
const [BEGINNING_KEPT, END_KEPT] = [98_304, 163_840];
const OUTPUT_TO_MODEL = 30_000;
/** Nobody is asked about what appears under a command that has gone on in the background: it is set aside. */
const NOBODYS = Promise.resolve<ReadonlySet<string>>(new Set());
/** What fails at once, and the first words of a server, come with the call that started it. */
const FIRST_LOOK_MS = 1000;

export type CommandPorts = Pick<ToolPorts, 'redactor' | 'runners' | 'outputs' | 'foreseeAnything'>;
type Ports = CommandPorts;
/** Whatever a tool calls what it runs: the last word of the launch is the line. */
export type Command = Run & { arguments: Pick<CommandArguments, 'timeout' | 'background'> };

/** One command on its way: what belongs to it from its start to its end. */
export interface Going {
  action: Command;
  context: CallContext;
  ports: Ports;
  times: CommandTimes;
  how: OutputMask;
  recorder: OutputRecorder;
  beneath: Beneath;
  /** Of the run, or of this command alone. */
  signal: AbortSignal;
  /** Somebody is, or was, asked whose it is what appeared. */
  hasAsked: boolean;
  /** What undo does not cover, held read-only; undefined where nothing is held. */
  held: readonly string[] | undefined;
  /** Its way out, where its launch says that it has one. */
  connections: CommandConnections | undefined;
}

/** What came of it, and how that is said wherever its output is read. */
export interface Ended {
  performed: Performed;
  words: readonly string[];
}

/** Runs a command, and waits for its end or until it goes on in the background. `given` sees the disk. */
export async function performCommand(action: Command, ports: Ports, context: CallContext): Promise<Performed> {
  const own = new AbortController();
  const going = await setOut(action, ports, { context, signal: AbortSignal.any([context.signal, own.signal]) });
  const began = ports.outputs.now();
  let words: readonly string[] | undefined;
  const whenEnded = toItsEnd(going).then(
    (ended) => {
      words = ended.words;
      return ended.performed;
    },
    (error: unknown) => {
      words = [`[failed: ${reasonText(error)}]`];
      throw error;
    },
  );
  const { waits } = going.times;
  if (waits === undefined) return whenEnded;
  const first = await ports.outputs.within(whenEnded, Math.max(waits * 1000, FIRST_LOOK_MS));
  if (first !== undefined) return first;
  // Its processes are gone by then: a person's answer is waited for, and nothing of it goes on in the background.
  if (going.hasAsked) return whenEnded;
  const { recorder } = going;
  const contentOf = action.command.contentOf ?? [];
  const number = ports.outputs.add({
    ...{ title: titleFor(action, ports), began, recorder, contentOf, scope: context.scope },
    whenEnded: whenEnded.catch(() => undefined),
    ended: () => words,
    stop: (why) => {
      own.abort(why);
    },
  });
  const output = ports.outputs.of(number);
  const text = [
    // Whatever becomes of its text: it goes on, and whoever called must be told so, to end it with the run.
    await soFar(output, ports.outputs, OUTPUT_TO_MODEL).catch(() => ''),
    goesOnWords(output, going.times, ports.outputs.now()),
  ];
  return {
    ok: true,
    text: text.filter((line) => line !== '').join('\n'),
    facts: {},
    contentOf: recorder.bytes === 0 ? [] : contentOf,
    goesOn: { ended: whenEnded, signal: going.signal, stop: output.stop },
  };
}

/** What is known of a command before it starts. Throws where it is not what was described. */
export async function setOut(
  action: Command,
  ports: Ports,
  { context, signal }: Pick<Going, 'context' | 'signal'>,
): Promise<Going> {
  const { policy } = context;
  await assertStillBound(action.binds, context);
  const how = outputMask(action.launch, policy.variables.value, ports.redactor);
  return {
    ...{ action, context, ports, how, signal },
    times: timesOf(action.arguments, policy, ports.outputs.going.length < MOST_GOING),
    recorder: ports.outputs.recorder(how),
    beneath: await beneathUnsaved(context),
    hasAsked: false,
    held: await heldFor(action, ports, context),
    connections: action.launch.network === 'door' ? context.connecting?.(titleFor(action, ports), signal) : undefined,
  };
}

/** As it stands once the checkpoint has begun: what has come since it was decided is among it. */
async function heldFor(
  { launch }: Command,
  { foreseeAnything }: Ports,
  context: CallContext,
): Promise<readonly string[] | undefined> {
  if (launch.uncovered === undefined) return undefined;
  const { undo, held } = await foreseeAnything(commandPlace(context, launch));
  if (undo.kind !== 'whole' || !held)
    throw new ToolFailure('something lies in the workspace now that undo does not cover; nothing was done. Try again');
  return held;
}

/** The cage of a command on its way; `launch`: as it is to be started, where that is not as the action says. */
export function specOf(going: Going, launch = going.action.launch): SandboxSpec {
  const { context, times, recorder, held } = going;
  return sandboxSpec({
    launch,
    held,
    rules: context.scope,
    bounds: { ...boundsOf(context.policy), timeoutMs: times.endsAfter * 1000 },
    streams: {
      ...{ outputCap: BEGINNING_KEPT, endCap: END_KEPT },
      onOutput: (stream, chunk) => recorder.take(stream, chunk),
      ...(context.whose && { whose: (appeared) => whoseOf(appeared, going) }),
      connecting: going.connections,
    },
  });
}

async function toItsEnd(going: Going): Promise<Ended> {
  const { action, context, ports, signal } = going;
  const runner =
    action.launch.outside === true ? ports.runners.outside : ports.runners.sandbox.chosen(context.policy.backend.value);
  const result = await runner.run(specOf(going), signal).finally(() => going.connections?.over());
  return endedAs(result, { going, hasScratch: runner.hasScratch === true });
}

/** Its output, masked. Before it is cut: half a secret is not recognized. */
export function outputOf(result: SandboxResult, how: OutputMask): ReturnType<typeof maskedOutput> {
  // Before it is masked: what is drawn over something else may be a secret only then.
  return maskedOutput(
    {
      ...result,
      output: onTerminal(result.output),
      end: onTerminal(result.end ?? ''),
      kept: BEGINNING_KEPT + END_KEPT,
    },
    how,
  );
}

/** What is told of a command that has ended so. */
export async function endedAs(
  result: SandboxResult,
  { going, hasScratch }: { going: Going; hasScratch: boolean },
): Promise<Ended> {
  const { action, recorder, how } = going;
  const { launch } = action;
  const isWithheld = result.ending.kind === 'violation';
  await (isWithheld ? recorder.drop() : recorder.end(result.end ?? ''));
  const output = outputOf(result, how);
  const said = await wordsOf(result, hasScratch, going);
  const shown = shortened(output.text, OUTPUT_TO_MODEL);
  const isCut = shown !== output.text || result.outputBytes > BEGINNING_KEPT + END_KEPT;
  if (!isCut && !isNumbered(going)) await recorder.drop(); // all of it is in the result
  return {
    words: said.words,
    performed: {
      ok: isOk(result),
      text: [shown, ...(isCut && !isWithheld ? await keptFor(going, shown, said.words) : []), ...said.words]
        .filter((line) => line !== '')
        .join('\n'),
      masked: output.masked,
      facts: factsOf(result, launch.workspace),
      remarks: said.remarks,
      contentOf: result.outputBytes === 0 ? [] : (action.command.contentOf ?? []),
    },
  };
}

function whoseOf(appeared: readonly Appeared[], going: Going): Promise<ReadonlySet<string>> {
  if (isNumbered(going)) return NOBODYS;
  going.hasAsked = true;
  return going.context.whose?.(appeared, going.signal) ?? NOBODYS;
}

/** Whether it has gone on in the background. */
function isNumbered({ ports, recorder }: Going): boolean {
  return ports.outputs.all.some((one) => one.recorder === recorder);
}

/** Says where the whole of it can be read on. One that went on in the background has its number by then. */
function keptFor(
  { action, context, ports, recorder }: Going,
  shown: string,
  words: readonly string[],
): Promise<string[]> {
  const { outputs } = ports;
  const known = outputs.all.find((one) => one.recorder === recorder);
  const number =
    known?.number ??
    outputs.add({
      ...{ title: titleFor(action, ports), began: outputs.now(), recorder },
      ...{ contentOf: action.command.contentOf ?? [], scope: context.scope },
      ended: () => words,
      whenEnded: Promise.resolve(),
      stop: () => undefined,
    });
  return keptWords(outputs.of(number), shown);
}

function titleFor(action: Command, { redactor }: Ports): string {
  return titleOf(redactor.json(exact(lineOf(action))), 80);
}

function lineOf({ launch }: Command): string {
  return launch.argv.at(-1) ?? '';
}

function isOk({ ending }: SandboxResult): boolean {
  return ending.kind === 'exited' && ending.code === 0;
}

/** What is said of a command's end, beside its output. */
async function wordsOf(
  result: SandboxResult,
  hasScratch: boolean,
  { action, context, beneath, times, signal, held, connections }: Going,
): Promise<{ words: string[]; remarks: string[] }> {
  const { launch, command } = action;
  const ok = isOk(result);
  const canTouch = launch.workspace === 'writable' || (command.contentOf ?? []).length > 0;
  const unsaved = canTouch ? await saidOfUnsaved(beneath, context) : { words: [], remarks: [] };
  const notes = [
    ...result.notes,
    ...(hasScratch ? scratchWords(lineOf(action), ok) : []),
    ...(ok ? [] : heldWords(held, result.output, context.scope)),
    ...(launch.stores === 'hidden' && !ok && /\bgit\b|fatal:/.test(result.output) ? [STORES_HIDDEN] : []),
  ];
  return {
    words: [
      result.ending.kind === 'stopped' && signal.aborted
        ? `[stopped: ${reasonText(signal.reason)}]`
        : endingWords(result.ending),
      ...(await zeroWords(result.ending, action.arguments.command)),
      ...lessTimeWords(times),
      ...remarksOf(result.quarantined, notes),
      ...(connections?.words ?? []),
      ...whereItRan(launch.cwd, context.scope),
      ...unsaved.words,
    ],
    remarks: [...remarksOf(result.quarantined, []).map((remark) => remark.replace(/^\[|\]$/g, '')), ...unsaved.remarks],
  };
}

/** An exit code of zero that is not of the whole line would be taken for a success. */
async function zeroWords(ending: SandboxResult['ending'], line: Json | undefined): Promise<string[]> {
  const isZero = ending.kind === 'exited' && ending.code === 0 && typeof line === 'string';
  const words = isZero ? whoseZero(line, await bashParser()) : undefined;
  return words === undefined ? [] : [`[${words}]`];
}

function factsOf(result: SandboxResult, workspace: Run['launch']['workspace']): Performed['facts'] {
  const { ending } = result;
  return {
    ending: ending.kind,
    ...(ending.kind === 'exited' && { exit: ending.code }),
    ...(ending.kind === 'limit' && { limit: ending.limit }),
    outputBytes: result.outputBytes,
    quarantined: result.quarantined.length,
    ...result.use,
    durationMs: result.durationMs,
    limits: result.limits.map(limitRecord).join('; '),
    workspace,
  };
}

/** In which of several workspace folders a command ran, and where the others stand for it. */
function whereItRan(cwd: string, scope: CallContext['scope']): string[] {
  const others = scope.roots.filter((root) => root !== scope.rootOf(cwd));
  if (others.length === 0) return [];
  return [`[ran in ${scope.shown(cwd)}; elsewhere: ${others.map((root) => visibleLine(root)).join(', ')}]`];
}
