import { composeEngine } from '../compose.ts';
import { NO_EDITOR } from '../core/editor/port.ts';
import { BACKEND_NAMES } from '../core/sandbox/backendNames.ts';
import type { BackendChoice } from '../core/sandbox/choice.ts';
import type { Ending, HeldLimit, SandboxResult } from '../core/sandbox/port.ts';
import { endingWords } from '../core/sandbox/endingWords.ts';
import { confinementProblem } from '../core/tools/confinement.ts';
import { sandboxSpec } from '../core/sandbox/spec.ts';
import { boundsOf } from '../core/tools/runner.ts';
import { nodeParts } from '../node/engineParts.ts';
import { visibleLine } from '../shared/visible.ts';
import { Endings, type EndingCause } from './endings.ts';
import { exitCode } from './exitCodes.ts';
import { errorWords, exitOf, fail, refuse } from './faults.ts';
import { writeObject } from './jsonObject.ts';
import { offlineRefusal } from './offlineFirst.ts';

export interface SandboxOptions {
  workspace: string;
  /** A policy for this command; it may only tighten. */
  policy: string | undefined;
  /** Which sandbox, where the policy says `auto` or the same. */
  backend: string | undefined;
  /** Runs also what would take away what only a network brings back. */
  yes: boolean;
  json: boolean;
  version: string;
}

const OUTPUT_KEPT = 1024 * 1024;

/**
 * `oversign sandbox -- CMD`: runs a person's own command in the cage that the agent's commands get, and passes on
 * input, output and exit code. Nothing is decided or recorded: it is the person who acts. With `json`, what came of
 * it is one object on standard output, the output within.
 */
export async function sandbox(argv: readonly string[], options: SandboxOptions): Promise<number> {
  try {
    return await inSandbox(argv, options);
  } catch (error) {
    const exit = exitOf(error);
    return exit === 'failed' ? refuse('notRun', errorWords(error)) : fail(error);
  }
}

async function inSandbox(argv: readonly string[], options: SandboxOptions): Promise<number> {
  const node = await nodeParts({
    folders: [options.workspace],
    environment: process.env,
    version: options.version,
    editor: NO_EDITOR,
    ...(options.policy !== undefined && { runPolicy: options.policy }),
  });
  await using _log = node.evidence;
  const engine = composeEngine(node.parts);
  const { policy, scope } = await engine.profile();
  const notRun = (why: string): number => refuse('notRun', why);
  if (!policy.sandbox.value) return notRun('your policy switches the sandbox off: there is none to run this in');
  const backend = chosenBackend(options.backend, policy.backend.value);
  if (backend === undefined)
    return notRun(`your policy says sandbox.backend: ${policy.backend.value}, and --backend names another one or none`);
  const sandbox = node.sandbox.chosen(backend);
  const chosen = { ...policy, backend: { ...policy.backend, value: backend } };
  const problem = await confinementProblem(chosen, node.parts);
  if (problem !== undefined) return notRun(problem);
  const cwd = node.parts.roots[0] ?? '/';
  const files = node.parts.files(() => scope);
  const offline = await offlineRefusal({ argv, cwd, files, yes: options.yes, json: options.json });
  if (offline !== undefined) return notRun(offline);
  for (const words of await engine.finishBrokenOff()) process.stderr.write(`oversign: ${visibleLine(words)}\n`);
  using endings = new Endings();
  const result = await sandbox.run(
    sandboxSpec({
      launch: {
        argv: [...argv],
        cwd,
        environment: await sandbox.environment(policy.variables.value),
        workspace: 'writable',
        secrets: 'visible',
      },
      rules: scope,
      bounds: boundsOf(policy),
      streams: {
        outputCap: options.json ? OUTPUT_KEPT : 0,
        input: process.stdin,
        ...(!options.json && { onOutput: passOn }),
      },
    }),
    endings.signal,
  );
  await node.sandbox.close();
  process.stdin.destroy(); // or a terminal would be waited for
  const code = exitCodeOf(result.ending);
  if (options.json) writeObject('sandbox', report(result, code));
  else for (const line of remarks(result, endings.cause)) process.stderr.write(`oversign: ${visibleLine(line)}\n`);
  return code;
}

/** A person may choose among what their policy leaves open, and no more. */
function chosenBackend(named: string | undefined, policys: BackendChoice): BackendChoice | undefined {
  if (named === undefined || named === policys) return policys;
  return policys === 'auto' ? BACKEND_NAMES.find((name) => name === named) : undefined;
}

/** As fast as it is read: what cannot be passed on yet is not taken from the command either. */
function passOn(stream: 'stdout' | 'stderr', chunk: Uint8Array): Promise<void> | undefined {
  const target = process[stream];
  if (target.write(chunk)) return undefined;
  return new Promise((resolve) => {
    target
      .once('drain', resolve)
      .once('close', resolve)
      .once('error', () => {
        resolve();
      });
  });
}

function exitCodeOf(ending: Ending): number {
  switch (ending.kind) {
    case 'exited':
      return ending.code;
    case 'timeout':
      return exitCode('timeout');
    case 'limit':
    case 'killed':
      return exitCode('killed');
    case 'stopped':
      return exitCode('interrupted');
    case 'violation':
      return exitCode('notRun');
  }
}

function report(result: SandboxResult, exitCode: number): Record<string, unknown> {
  const { ending, output, outputBytes, durationMs, use, limits, quarantined, notes } = result;
  const held = limits.map(({ name, value, how, by }: HeldLimit) => ({ name, value, how, by }));
  return { ending, exitCode, output, outputBytes, durationMs, use, limits: held, quarantined, notes };
}

function remarks({ ending, quarantined, notes }: SandboxResult, cause: EndingCause | undefined): string[] {
  const how = ending.kind === 'exited' ? [] : [endingWords(ending)];
  return [...how, ...(cause?.from.by === 'signal' ? [cause.words] : []), ...quarantined, ...notes];
}
