import * as z from 'zod';
import type { Run } from '../../shared/action.ts';
import { titleOf } from '../../shared/cut.ts';
import { exact, visibleLine } from '../../shared/visible.ts';
import { bashParser } from '../command/bash.ts';
import { recordedPrograms } from '../command/recorded.ts';
import type { Meaning } from '../command/meaning.ts';
import { understand } from '../command/understand.ts';
import type { EffectivePolicy } from '../policy/merge.ts';
import { endingWords } from '../sandbox/endingWords.ts';
import { limitRecord, limitWords } from '../sandbox/limitWords.ts';
import { remarksOf } from '../sandbox/remarks.ts';
import { sandboxSpec } from '../sandbox/spec.ts';
import { boundsOf, limitsOf, runnerOf } from './runner.ts';
import { contentOfOutput } from './command/contentOf.ts';
import { commandCard } from './command/commandCard.ts';
import { commandLosses } from './command/losses.ts';
import { maskedOutput } from './command/givenSecrets.ts';
import { namedPaths } from './command/namedPaths.ts';
import { refuseMasksRun } from './files/masksWrittenBack.ts';
import { programLines } from './command/programLines.ts';
import { activationsIn } from './command/activations.ts';
import { assertStillBound, boundFiles } from './command/scripts.ts';
import { beneathUnsaved, saidOfUnsaved } from './command/underUnsaved.ts';
import { secretsIn } from './command/secrets.ts';
import { isScratch, SCRATCH, scratchDoubts, scratchWords, type ScratchPath } from './command/scratchPaths.ts';
import { secretsBelow } from './command/secretsBelow.ts';
import { startFolders } from './command/startFolders.ts';
import { planStores } from './command/stores.ts';
import { refuseTooMuch } from './command/tooMuch.ts';
import { ToolFailure } from '../outcome.ts';
import { refuseHalfDone, unsignedCommits } from './command/gitMeets.ts';
import { offlineRemovals } from './command/offlineRemovals.ts';
import { onTerminal } from './command/onTerminal.ts';
import { shortened } from './text.ts';
import { defineTool, type Tool, type CallContext } from './tool.ts';
import type { ToolPorts } from './ports.ts';

/** Only git itself, named in the line, is shown what it keeps while something is denied (command/stores.ts). */
const STORES_HIDDEN =
  'what git keeps was hidden from this command, because your policy denies some of the files that it keeps; a line that needs git must name it';

const MAX_COMMAND = 20_000;
const MOST_SECRETS = 5;
/** Bytes of output that are kept: of its beginning, and of its end, where what went wrong mostly stands. */
const [BEGINNING_KEPT, END_KEPT] = [98_304, 163_840];
const OUTPUT_TO_MODEL = 30_000;

const parameters = z.strictObject({
  command: z.string().min(1).max(MAX_COMMAND).describe('A bash command line'),
  folder: z.string().default('.').describe('Where to run it, relative to the workspace folder'),
});

type Ports = Pick<ToolPorts, 'folder' | 'redactor' | 'runners' | 'scriptWatch' | 'versionControl'>;

export const runCommand = defineTool((ports: Ports): Tool<z.infer<typeof parameters>, Run> => ({
  name: 'run_command',
  summary:
    'Run a bash command in a sandbox: the workspace is writable, there is no network, and nothing it starts outlives it. Commands that are known to only look run without a question, with the workspace read-only.',
  family: 'code_execution',
  effects: ['execute'],
  parameters,
  about: 'The command line',
  tried: (command) => ({ command }),
  async describe(args, given) {
    const context = onDisk(given);
    const { scope, policy, files } = context;
    const outside = !policy.sandbox.value;
    const runner = runnerOf(policy, ports.runners);
    if (args.command.includes('\0')) throw new ToolFailure('the command contains a NUL byte');
    refuseMasksRun(args.command, ports.redactor);
    const look = await files.look(scope.meant(args.folder), ports.folder, 'followed');
    const shown = scope.shown(look.path);
    if (look.kind !== 'directory') throw new ToolFailure(`${shown} is not a folder`);
    const isTop = await isTopOfRepository(look.path, context);
    const hasScratch = !outside && runner.hasScratch === true;
    const meaning = understand(args.command, await bashParser(), { isTop, ...(hasScratch && { temporary: SCRATCH }) });
    const isElsewhere = (path: ScratchPath): boolean => !hasScratch || !isScratch(path, scope);
    refuseTooMuch(meaning, args.command);
    const view = { files, scope, versionControl: ports.versionControl };
    const named = await namedPaths({ paths: meaning.paths.filter(isElsewhere) }, look.path, context);
    const stores = outside ? { isHidden: false, doubts: [] } : await planStores(meaning, look.path, view);
    if (!outside) await refuseHalfDone(meaning, look.path, view);
    const unsigned = outside ? [] : await unsignedCommits(meaning, look.path, view);
    const removals = outside ? [] : await offlineRemovals(meaning, look.path, context);
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
    const onlyLooks = !outside && doubts.length === 0;
    const activations = await activationsIn(meaning, look.path, context);
    const { folders: activated } = activations;
    const line = { command: args.command, meaning, named, cwd: look.path, onlyLooks, activated };
    const { scripts, preImages, unbound } = await boundFiles(line, ports.scriptWatch, context);
    const namesSecret = named.resources.some(({ path }) => scope.isSecret(path));
    const secretsFound = onlyLooks ? { paths: [], atLeast: false } : await secretsIn(context);
    const secrets = secretsFound.paths;
    doubts.push(...secretsBelow(meaning, look.path, secrets, context));
    const recorded = recordedPrograms(meaning);
    const shownPrograms = programLines({ ...meaning, doubts });
    const losses = await commandLosses(line, ports, context);
    const limits = limitsOf(policy);
    const status = await runner.status(limits);
    const beside = outside ? [] : ((await runner.beside?.(scope.roots, policy.repositoryAbove.value)) ?? []);
    // What runs without a question gets nothing of the user's: no program, link or expansion could show it.
    const environment = await runner.environment(onlyLooks ? [] : policy.variables.value);
    return {
      action: {
        tool: 'run_command',
        kind: 'run',
        effect: 'execute',
        resources: [{ path: look.path, access: 'list' }, ...named.resources],
        arguments: { ...args },
        binds: preImages,
        launch: {
          argv: ['/bin/bash', '-c', args.command],
          cwd: look.path,
          environment,
          workspace: onlyLooks ? 'read-only' : 'writable',
          secrets: outside || namesSecret || secrets.length > 0 ? 'visible' : 'hidden',
          ...(stores.isHidden && { stores: 'hidden' as const }),
          ...(outside && { outside }),
        },
        command: {
          ...recorded,
          ...(recorded.moves && { folders: await startFolders(meaning, look.path, context) }),
          ...(activations.programs.length > 0 && { activates: activations.programs }),
          doubts,
          scripts,
          ...(unbound && { unbound }),
          contentOf: contentOfOutput(line, context, outside),
        },
        undo: onlyLooks ? 'nothing-to-undo' : 'none',
      },
      title: `Run ${titleOf(ports.redactor.json(exact(args.command)), 120)}`,
      card: commandCard({
        command: exact(args.command),
        cwd: shown,
        sandbox: status.works ? [status.words, ...beside.map(sentence)].join(' ') : status.cause,
        outside,
        environment: Object.keys(environment).sort(),
        timeoutSeconds: policy.codeTimeoutSeconds.value,
        limits: status.works ? status.limits.map(limitWords) : [],
        programs: shownPrograms.lines,
        programsLeft: shownPrograms.left,
        ...losses,
        secrets: secrets.slice(0, MOST_SECRETS).map((path) => scope.shown(path)),
        secretsLeft: Math.max(0, secrets.length - MOST_SECRETS),
        secretsAtLeast: secretsFound.atLeast,
        readOnly: onlyLooks,
        scripts: scripts.map(
          ({ path, changed }) => `${scope.shown(path)}${changed ? ' (may have been changed by this run)' : ''}`,
        ),
        unbound: unbound && visibleLine(unbound.why),
      }),
      undo: onlyLooks
        ? 'It cannot change the workspace: there is nothing to undo.'
        : 'What a command changes in the workspace cannot be undone in this version.',
    };
  },
  async perform(action, given) {
    const context = onDisk(given);
    const { scope, policy, signal } = context;
    await assertStillBound(action.binds, context);
    const beneath = await beneathUnsaved(context);
    const hidesStores = action.launch.stores === 'hidden';
    const runner =
      action.launch.outside === true ? ports.runners.outside : ports.runners.sandbox.chosen(policy.backend.value);
    const result = await runner.run(
      sandboxSpec({
        launch: action.launch,
        rules: scope,
        bounds: boundsOf(policy),
        streams: { outputCap: BEGINNING_KEPT, endCap: END_KEPT },
      }),
      signal,
    );
    const ok = result.ending.kind === 'exited' && result.ending.code === 0;
    const canTouch = action.launch.workspace === 'writable' || (action.command.contentOf ?? []).length > 0;
    const unsaved = canTouch ? await saidOfUnsaved(beneath, context) : { words: [], remarks: [] };
    const notes = [
      ...result.notes,
      ...(runner.hasScratch === true ? scratchWords(action.arguments.command, ok) : []),
      ...(hidesStores && !ok && /\bgit\b|fatal:/.test(result.output) ? [STORES_HIDDEN] : []),
    ];
    const words = [
      endingWords(result.ending),
      ...remarksOf(result.quarantined, notes),
      ...whereItRan(action.launch.cwd, scope),
      ...unsaved.words,
    ];
    // Before it is masked: what is drawn over something else may be a secret only then.
    const output = maskedOutput(
      {
        ...result,
        output: onTerminal(result.output),
        end: onTerminal(result.end ?? ''),
        kept: BEGINNING_KEPT + END_KEPT,
      },
      { launch: action.launch, variables: policy.variables.value, redactor: ports.redactor },
    );
    return {
      ok,
      text: [shortened(output.text, OUTPUT_TO_MODEL), ...words].filter((line) => line !== '').join('\n'),
      masked: output.masked,
      facts: {
        ending: result.ending.kind,
        ...(result.ending.kind === 'exited' && { exit: result.ending.code }),
        ...(result.ending.kind === 'limit' && { limit: result.ending.limit }),
        outputBytes: result.outputBytes,
        quarantined: result.quarantined.length,
        ...result.use,
        durationMs: result.durationMs,
        limits: result.limits.map(limitRecord).join('; '),
        workspace: action.launch.workspace,
      },
      remarks: [
        ...remarksOf(result.quarantined, []).map((remark) => remark.replace(/^\[|\]$/g, '')),
        ...unsaved.remarks,
      ],
      contentOf: result.outputBytes === 0 ? [] : (action.command.contentOf ?? []),
    };
  },
}));

/** A command sees the disk, whatever the editor holds: what it is bound to, and what it would take away, is there. */
function onDisk(context: CallContext): CallContext {
  return { ...context, files: context.files.onDisk() };
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}

/** In which of several workspace folders a command ran, and where the others stand for it. */
function whereItRan(cwd: string, scope: CallContext['scope']): string[] {
  const others = scope.roots.filter((root) => root !== scope.rootOf(cwd));
  if (others.length === 0) return [];
  return [`[ran in ${scope.shown(cwd)}; elsewhere: ${others.map((root) => visibleLine(root)).join(', ')}]`];
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
