import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { composeEngine } from '../../src/compose.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import { limitsOf } from '../../src/core/tools/runner.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import { caged, type Caged } from '../support/sandboxRun.ts';

/** Command lines for one account, on one side of the sandbox: what `child.ts FILE` reads. */
export interface Job {
  side: 'outside' | 'inside';
  /** Holds `home` and `work`. */
  base: string;
  /** The folder that is opened, below `base`. */
  opened: string;
  path: string;
  environment: Record<string, string>;
  lines: readonly string[];
  /** Those of which it is asked beforehand, as for any call, what would become of them. */
  tried: readonly string[];
}

/** What came of one line. */
export interface Ran {
  /** `exited 0`, or what else ended it. */
  ended: string;
  output: string;
  seconds: number;
  /** What a person is told of it: before, on the card, and after. */
  told: string[];
}

const OUTPUT = 4_000_000;
const MINUTES = 60_000;

// Runs the lines of a job one after the other and prints what came of them as one line of JSON.
const job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Job;
process.stdout.write(`${JSON.stringify(await (job.side === 'inside' ? inside(job) : outside(job)))}\n`);

function outside({ base, opened, path, environment, lines }: Job): Ran[] {
  return lines.map((line) => {
    const began = performance.now();
    // One stream, as in the sandbox: runners count on either.
    const { status, signal, stdout } = spawnSync('/bin/bash', ['-c', `exec 2>&1; ${line}`], {
      cwd: `${base}/${opened}`,
      env: { HOME: `${base}/home`, PATH: path, LANG: 'C.UTF-8', TERM: 'dumb', NO_COLOR: '1', ...environment },
      stdio: ['ignore', 'pipe', 'ignore'],
      encoding: 'utf8',
      maxBuffer: OUTPUT,
      timeout: 3 * MINUTES,
    });
    return { ended: signal ?? `exited ${String(status)}`, output: stdout, seconds: secondsSince(began), told: [] };
  });
}

/** As a run has it: one scratch for all of its commands, and the policy's own limits. */
async function inside({ base, opened, path, lines, tried }: Job): Promise<Ran[]> {
  const cage = await caged(base, path, opened);
  await cage.sandbox.status(limitsOf(mergePolicies([])));
  const refusals = await refusalsOf(tried, cage);
  const end = await cage.sandbox.begin();
  const all: Ran[] = [];
  try {
    for (const line of lines) {
      const { words: before } = await cage.sandbox.beside([cage.folder], true);
      const began = performance.now();
      const options = { limits: limitsOf(mergePolicies([])), timeoutMs: 3 * MINUTES, outputCap: OUTPUT };
      const { ending, output, notes, quarantined } = await cage.run(line, options);
      const ended = ending.kind === 'exited' ? `exited ${ending.code}` : JSON.stringify(ending);
      all.push({
        ended,
        output,
        seconds: secondsSince(began),
        told: [...before, ...(refusals[line] ?? []), ...notes, ...quarantined],
      });
    }
  } finally {
    await end();
    await cage.sandbox.close();
  }
  return all;
}

/** What is said of lines before they run: to the agent, where they are refused, and otherwise to the person. */
async function refusalsOf(
  lines: readonly string[],
  { folder, data, home, sandbox }: Caged,
): Promise<Record<string, string[]>> {
  const environment = { HOME: home, XDG_DATA_HOME: data, XDG_CONFIG_HOME: `${home}/.config` };
  const parts = await decidingParts({ workspace: folder, environment });
  const engine = composeEngine({ ...parts, sandbox: { chosen: () => sandbox } });
  const found: Record<string, string[]> = {};
  for (const command of lines) {
    const call = { name: 'run_command', arguments: JSON.stringify({ command }) };
    const { decision } = await engine.tryCall(call, undefined, new AbortController().signal);
    found[command] = [decision.reason];
  }
  return found;
}

function secondsSince(began: number): number {
  return (performance.now() - began) / 1000;
}
