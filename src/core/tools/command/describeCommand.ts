import type { Run } from '../../../shared/action.ts';
import { titleOf } from '../../../shared/cut.ts';
import { exact, visibleLine } from '../../../shared/visible.ts';
import { bashParser } from '../../command/bash.ts';
import type { Meaning } from '../../command/meaning.ts';
import { recordedPrograms } from '../../command/recorded.ts';
import { understand } from '../../command/understand.ts';
import { ToolFailure } from '../../outcome.ts';
import type { EffectivePolicy } from '../../policy/merge.ts';
import { limitWords } from '../../sandbox/limitWords.ts';
import type { Beside, Sandbox } from '../../sandbox/port.ts';
import { sandboxSpec } from '../../sandbox/spec.ts';
import { refuseMasksRun } from '../files/masksWrittenBack.ts';
import { undoView } from '../files/undo.ts';
import { MOST_GOING } from '../outputs/runOutputs.ts';
import type { ToolPorts } from '../ports.ts';
import { boundsOf, limitsOf, runnerOf } from '../runner.ts';
import type { CallContext, Description } from '../tool.ts';
import { activationsIn, type Activations } from './activations.ts';
import { commandCard, type Source } from './commandCard.ts';
import type { CommandArguments } from './commandArguments.ts';
import { consequenceOf } from './consequence.ts';
import { contentOfOutput } from './contentOf.ts';
import { effectsOffer } from './effectsOffer.ts';
import { refuseWithoutRepository } from './gitElsewhere.ts';
import { refuseHalfDone, unsignedCommits } from './gitMeets.ts';
import { commandLosses } from './losses.ts';
import { namedPaths, type FoundPaths } from './namedPaths.ts';
import { isOnlyItself } from './onlyItself.ts';
import { offlineRemovals } from './offlineRemovals.ts';
import { programLines } from './programLines.ts';
import { boundFiles, type Line } from './scripts.ts';
import { isScratch, SCRATCH, scratchDoubts, type ScratchPath } from './scratchPaths.ts';
import { secretsIn } from './secrets.ts';
import { secretsBelow } from './secretsBelow.ts';
import { startFolders } from './startFolders.ts';
import { planStores } from './stores.ts';
import { timesOf } from './times.ts';
import { refuseTooMuch } from './tooMuch.ts';
import { undoOfCommand, type UndoOfCommand } from './undoOfCommand.ts';

const MOST_SECRETS = 5;

type Ports = Pick<
  ToolPorts,
  'folder' | 'redactor' | 'runners' | 'scriptWatch' | 'versionControl' | 'outputs' | 'foreseeAnything'
>;

/** Where a command would start, and what would run it there. */
interface Start {
  cwd: string;
  runner: Sandbox;
  /** Without any sandbox. */
  outside: boolean;
  /** /tmp is the run's own. */
  hasScratch: boolean;
  /** What it sees beside the workspace. */
  beside: Beside | undefined;
}

const NO_SECRETS = { paths: [], atLeast: false };
const NOTHING_UNDONE: UndoOfCommand = { undo: { kind: 'nothing' }, back: '' };

/** What a line means where it would start. */
interface Read {
  meaning: Meaning;
  named: FoundPaths;
  activations: Activations;
  /** Why it is not known to only look. */
  doubts: Meaning['doubts'];
  onlyLooks: boolean;
  hidesStores: boolean;
}

/** A call of a tool that runs a line; `source`: the line only hands this to an interpreter, and a person is shown this. */
export interface LineCall {
  tool: string;
  args: CommandArguments;
  source?: Source;
}

/** What a command would do, and the card that says so. `given` sees the disk, whatever the editor holds. */
export async function describeCommand(
  { tool, args, source }: LineCall,
  ports: Ports,
  given: CallContext,
): Promise<Description<CommandArguments, Run>> {
  const { scope, policy } = given;
  if (args.command.includes('\0')) throw new ToolFailure('the command contains a NUL byte');
  refuseMasksRun(args.command, ports.redactor);
  const start = await startOf(args, ports, given);
  if (args.background === true) refuseBackground(policy, ports);
  const times = timesOf(args, policy);
  const read = await readLine(args.command, start, ports, given);
  const { meaning, named, onlyLooks } = read;
  const { cwd, runner, outside } = start;
  const line: Line = { command: args.command, meaning, named, cwd, onlyLooks, activated: read.activations.folders };
  const bound = await boundFiles(line, ports.scriptWatch, given);
  const secrets = onlyLooks ? NO_SECRETS : await secretsIn(given, runner);
  const doubts = [...read.doubts, ...secretsBelow(meaning, cwd, secrets.paths, given)];
  // What runs without a question gets nothing of the user's: no program, link or expansion could show it.
  const environment = await runner.environment(onlyLooks ? [] : policy.variables.value);
  const mayConnect = !onlyLooks && !outside && runner.hasDoor === true && policy.network.value !== 'none';
  const isNamed = named.resources.some(({ path }) => scope.isSecret(path));
  const open: Run['launch'] = {
    argv: ['/bin/bash', '-c', args.command],
    cwd,
    environment,
    workspace: onlyLooks ? 'read-only' : 'writable',
    secrets: outside || isNamed || secrets.paths.length > 0 ? 'visible' : 'hidden',
    ...(read.hidesStores && { stores: 'hidden' as const }),
    ...(outside && { outside }),
    ...(mayConnect && { network: 'door' as const }),
  };
  const undoneAs = (as: Run['launch']): Promise<UndoOfCommand> =>
    undoOfCommand(ports, {
      ...{ given, launch: as, meaning, anew: args.need !== undefined, resources: named.resources },
      secrets: as.secrets === 'visible' ? secrets : NO_SECRETS,
    });
  const mayHold = given.mayHold === true && runner.holds === true && !onlyLooks && !outside;
  const held = mayHold && !isNamed && args.need === undefined ? heldLaunch(open) : undefined;
  const undoneHeld = held && (await undoneAs(held));
  const isHeld = undoneHeld?.undo.kind === 'whole';
  const launch = held && isHeld ? held : open;
  const losses = await commandLosses(line, ports, given);
  const consequence = consequenceOf({ ...losses, outside });
  const undone = onlyLooks ? NOTHING_UNDONE : await undoneOf(undoneHeld, () => undoneAs(open));
  const readable = isHeld ? NO_SECRETS : secrets;
  const place = { ...start, scope, isAccompanied: ports.outputs.going.length > 0 };
  return {
    action: {
      tool,
      kind: 'run',
      effect: 'execute',
      resources: [{ path: cwd, access: 'list' }, ...named.resources],
      arguments: { ...args },
      binds: bound.preImages,
      launch,
      command: {
        ...(await recorded(read, cwd, given)),
        ...((await isOnlyItself(args.command, meaning, place)) && { onlyItself: true as const }),
        doubts,
        scripts: bound.scripts,
        ...(bound.unbound && { unbound: bound.unbound }),
        contentOf: contentOfOutput(line, given, outside),
      },
      undo: undone.undo.kind,
    },
    ...(consequence && { consequence }),
    ...effectsOffer(args, { runner, launch }, given),
    title: titleFor(args.command, source, ports.redactor),
    card: commandCard({
      ...{ command: exact(args.command), cwd: scope.shown(cwd), outside, times, readOnly: onlyLooks },
      ...(source && { source: { ...source, text: exact(source.text) } }),
      ...(await whereWords(start, launch, given)),
      environment: Object.keys(environment).sort(),
      ...shownPrograms({ ...meaning, doubts }),
      ...losses,
      secrets: readable.paths.slice(0, MOST_SECRETS).map((path) => scope.shown(path)),
      secretsLeft: Math.max(0, readable.paths.length - MOST_SECRETS),
      secretsAtLeast: readable.atLeast,
      need: args.need,
      scripts: bound.scripts.map(
        ({ path, changed }) => `${scope.shown(path)}${changed ? ' (may have been changed by this run)' : ''}`,
      ),
      unbound: bound.unbound && visibleLine(bound.unbound.why),
    }),
    undo: onlyLooks
      ? { state: 'nothing', words: 'Nothing to undo: it cannot change the workspace.' }
      : undoView(undone.undo, undone.back),
    where: whereItIs(scope.shown(cwd), { outside, onlyLooks, mayConnect }),
  };
}

function titleFor(command: string, source: Source | undefined, redactor: Ports['redactor']): string {
  const text = source?.text ?? command;
  return `Run ${source ? `${source.label}: ` : ''}${titleOf(redactor.json(exact(text)), 120)}`;
}

/** What is held need not come back. What could not be held would be changed, whatever else is said of it. */
async function undoneOf(held: UndoOfCommand | undefined, open: () => Promise<UndoOfCommand>): Promise<UndoOfCommand> {
  if (held?.undo.kind === 'whole') return held;
  const undone = await open();
  return held && undone.undo.kind === 'whole' ? held : undone;
}

/** The same, with all that undo does not cover out of its reach: likely secrets too. */
function heldLaunch(launch: Run['launch']): Run['launch'] {
  return { ...launch, secrets: 'hidden', uncovered: 'read-only' };
}

/** `in ./`, `sandbox, no network`: a few words each. */
function whereItIs(
  folder: string,
  { outside, onlyLooks, mayConnect }: { outside: boolean; onlyLooks: boolean; mayConnect: boolean },
): string[] {
  const open = mayConnect ? 'sandbox, network by host' : 'sandbox, no network';
  const held = onlyLooks ? 'sandbox, no network, read-only' : open;
  return [`in ${folder.replace(/\/?$/, '/')}`, outside ? 'no sandbox' : held];
}

/** What goes on without its caller must be held by something, and there is an end to how much may. */
function refuseBackground({ sandbox }: EffectivePolicy, { outputs }: Ports): void {
  if (!sandbox.value)
    throw new ToolFailure(
      'commands outside the sandbox do not go on in the background: nothing would end what they start',
    );
  const going = outputs.going.map(({ number }) => number);
  if (going.length >= MOST_GOING)
    throw new ToolFailure(
      `${going.length} commands go on in the background already (outputs ${going.join(', ')}): wait for one with read_output, or end one with stop_command`,
    );
}

async function startOf(
  { folder }: CommandArguments,
  ports: Ports,
  { scope, policy, files }: CallContext,
): Promise<Start> {
  const outside = !policy.sandbox.value;
  const runner = runnerOf(policy, ports.runners);
  const { path: cwd, kind } = await files.look(scope.meant(folder), ports.folder, 'followed');
  if (kind !== 'directory') throw new ToolFailure(`${scope.shown(cwd)} is not a folder`);
  const beside = outside ? undefined : await runner.beside?.(scope.roots, policy.repositoryAbove.value);
  return { cwd, runner, outside, hasScratch: !outside && runner.hasScratch === true, beside };
}

async function readLine(command: string, start: Start, ports: Ports, given: CallContext): Promise<Read> {
  const { cwd, outside, hasScratch, beside } = start;
  const { scope, files, policy } = given;
  const isTop = await isTopOfRepository(cwd, given);
  const meaning = understand(command, await bashParser(), {
    folder: cwd,
    isTop,
    ...(hasScratch && { temporary: SCRATCH }),
  });
  const isElsewhere = (path: ScratchPath): boolean => !hasScratch || !isScratch(path, scope);
  refuseTooMuch(meaning, command);
  const view = { files, scope, versionControl: ports.versionControl };
  const named = await namedPaths({ paths: meaning.paths.filter(isElsewhere) }, cwd, given);
  const stores = outside ? { isHidden: false, doubts: [] } : await planStores(meaning, cwd, view);
  if (!outside) await refuseHalfDone(meaning, cwd, view);
  if (!outside) await refuseWithoutRepository(meaning, cwd, { ...view, lookedAt: beside?.lookedAt ?? [] });
  const unsigned = outside ? [] : await unsignedCommits(meaning, cwd, view);
  // Where every host may be reached, it comes back by itself.
  const isFetched = start.runner.hasDoor === true && policy.network.value === 'allowed';
  const removals = outside || isFetched ? [] : await offlineRemovals(meaning, cwd, given);
  const doubts = [
    // What a person is told first.
    ...removals,
    ...meaning.doubts.flatMap(({ path, ...doubt }) => (path && !isElsewhere(path) ? [] : [doubt])),
    ...unsigned,
    ...[
      ...(hasScratch ? scratchDoubts(meaning, scope) : []),
      ...named.doubts,
      ...environmentDoubts(meaning, policy),
      ...stores.doubts,
    ].map((why) => ({ why })),
  ];
  const activations = await activationsIn(meaning, cwd, given);
  const onlyLooks = !outside && doubts.length === 0;
  return { meaning, named, activations, doubts, onlyLooks, hidesStores: stores.isHidden };
}

/** What rules about commands are held against. */
async function recorded(
  { meaning, activations }: Read,
  cwd: string,
  given: CallContext,
): Promise<Omit<Run['command'], 'doubts' | 'scripts' | 'unbound' | 'contentOf'>> {
  const found = recordedPrograms(meaning);
  return {
    ...found,
    ...(found.moves && { folders: await startFolders(meaning, cwd, given) }),
    ...(activations.programs.length > 0 && { activates: activations.programs }),
  };
}

/** What holds the command, and what it sees beside the workspace. */
async function whereWords(
  { runner, beside }: Start,
  launch: Run['launch'],
  given: CallContext,
): Promise<{ sandbox: string; limits: string[] }> {
  const held = launch.workspace === 'read-only' ? [] : await heldInFolders(runner, launch, given);
  const status = await runner.status(limitsOf(given.policy));
  if (!status.works) return { sandbox: status.cause, limits: [] };
  const words = [...(beside?.words ?? []), ...held].map(sentence);
  return { sandbox: [status.words, ...words].join(' '), limits: status.limits.map(limitWords) };
}

/** What of the folders is held in another way than it looks. Refuses what would only be refused once it is approved. */
async function heldInFolders(
  runner: Sandbox,
  launch: Run['launch'],
  { scope, policy, signal }: CallContext,
): Promise<readonly string[]> {
  const spec = sandboxSpec({ launch, rules: scope, bounds: boundsOf(policy), streams: { outputCap: 0 } });
  const found = await runner.obstacles?.(spec, signal);
  if (found?.refusal !== undefined) throw new ToolFailure(found.refusal);
  return found?.words ?? [];
}

function shownPrograms(
  meaning: Parameters<typeof programLines>[0],
): Pick<Parameters<typeof commandCard>[0], 'programs' | 'programsLeft'> {
  const { lines, left } = programLines(meaning);
  return { programs: lines, programsLeft: left };
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}

/** Whether a folder is a workspace folder with a repository of its own: then that is its top. */
async function isTopOfRepository(path: string, { scope, files }: CallContext): Promise<boolean> {
  if (!scope.roots.includes(path)) return false;
  try {
    return (await files.look(`${path}/.git`, path, 'itself')).kind === 'directory';
  } catch {
    return false; // denied, or not to be looked at: then nothing is said about it
  }
}

/** Variables of the user's that the policy lets commands see: showing one is not just looking at the workspace. */
function environmentDoubts({ variables }: Meaning, policy: EffectivePolicy): string[] {
  return policy.variables.value
    .filter((name) => variables.includes(name) || variables.includes('*'))
    .map((name) => `it shows the environment variable ${name}`);
}
