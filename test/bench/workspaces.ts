import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { composeEngine } from '../../src/compose.ts';
import { bashParser } from '../../src/core/command/bash.ts';
import { understand } from '../../src/core/command/understand.ts';
import { PASSED_OVER } from '../../src/core/tools/files/leftOut.ts';
import { decidingParts } from '../../src/node/lab/decidingParts.ts';
import { caged } from '../support/sandboxRun.ts';
import { toolsOver } from '../support/toolsOver.ts';
import { plantBigTree } from './bigTree.ts';

type Pair = (name: string, ours: () => unknown, other: () => unknown, each: number, breathMs: number) => Promise<void>;

const BREATH_MS = 40;
const LARGE = Number(process.env['BENCH_ENTRIES'] ?? 100_000);
const SMALL = 100;
const RIPGREP = '/usr/bin/rg';
const COMMANDS = ['npm test', 'git diff --stat HEAD~1 -- src', 'cd src && ls -la && touch made', 'rm -r src/part1'];

/** What size costs: commands, searches and decisions in a workspace of 100,000 entries (BENCH_ENTRIES for another number). */
export async function benchWorkspaces(base: string, pair: Pair): Promise<void> {
  await commands(base, pair);
  await looks(base, pair);
  await decisions(base);
}

async function commands(base: string, pair: Pair): Promise<void> {
  const started = async (entries: number) => {
    const cage = await caged(join(base, `caged-${entries}`));
    plantBigTree(cage.folder, entries);
    return {
      close: () => cage.sandbox.close(),
      run: (mode: 'writable' | 'read-only') => async (): Promise<void> => {
        const { ending, output } = await cage.run(['/bin/sh', '-c', 'true'], { workspace: mode });
        if (ending.kind !== 'exited' || ending.code !== 0) throw new Error(`${ending.kind}: ${output}`);
      },
    };
  };
  const large = await started(LARGE);
  const small = await started(SMALL);
  for (const mode of ['writable', 'read-only'] as const)
    await pair(
      `sandboxed true, workspace ${mode}, at ${LARGE} entries / at ${SMALL} (goal: 1.3)`,
      large.run(mode),
      small.run(mode),
      1,
      BREATH_MS,
    );
  await large.close();
  await small.close();
}

async function looks(base: string, pair: Pair): Promise<void> {
  if (!existsSync(RIPGREP)) {
    console.log(`(no ${RIPGREP}: searches are not compared with it)`);
    return;
  }
  const folder = join(base, 'searched');
  plantBigTree(folder, LARGE);
  const byHand = join(base, 'searched-by-hand');
  mkdirSync(byHand);
  plantBigTree(byHand, LARGE * 0.2, 1);
  const whole = toolsOver(folder);
  const without = toolsOver(byHand);
  const exclusions = [...PASSED_OVER].map((name) => `--glob=!${name}/`);
  const ripgrep = (args: readonly string[]) => (): void => {
    const { status } = spawnSync(RIPGREP, ['--no-config', '--no-ignore', '--hidden', ...exclusions, ...args, folder], {
      maxBuffer: 1 << 30,
    });
    if (status !== 0) throw new Error(`rg: ${String(status)}`);
  };
  const look = async (tools: typeof whole, tool: 'search_files' | 'find_files', pattern: string): Promise<void> => {
    if ((await tools.call(tool, { pattern })).startsWith('Nothing')) throw new Error(`${tool} found nothing`);
  };
  const search = (tools = whole) => look(tools, 'search_files', 'the needle of unit');
  const find = (tools = whole) => look(tools, 'find_files', 'part77/unit7/file3');
  await pair(
    `search in ${LARGE} entries / ripgrep, same exclusions (goal: 1.5)`,
    () => search(),
    ripgrep(['--line-number', 'the needle of unit']),
    1,
    BREATH_MS,
  );
  await pair(
    'the same / the same with node_modules left out by hand (goal: 1)',
    () => search(),
    () => search(without),
    1,
    BREATH_MS,
  );
  await pair(
    `find in ${LARGE} entries / ripgrep --files, same exclusions (goal: 1.5)`,
    () => find(),
    ripgrep(['--files']),
    1,
    BREATH_MS,
  );
}

/** As in a run: the sandbox is there, and has run a command. In processor time, which others on the machine take nothing of. */
async function decisions(base: string): Promise<void> {
  const parser = await bashParser();
  const beyond: number[] = [];
  for (const entries of [SMALL, LARGE]) {
    const cage = await caged(join(base, `caged-${entries}`));
    const account = join(base, 'account');
    mkdirSync(account, { recursive: true });
    const environment = { ...process.env, HOME: account, XDG_DATA_HOME: account, XDG_CONFIG_HOME: account };
    const parts = await decidingParts({ workspace: cage.folder, environment });
    const engine = composeEngine({ ...parts, sandbox: { chosen: () => cage.sandbox } });
    const end = await cage.sandbox.begin('bench');
    await cage.run('true');
    const times: number[] = [];
    for (let round = 0; round < 60; round += 1) {
      const command = COMMANDS[round % COMMANDS.length] ?? '';
      let began = process.cpuUsage();
      understand(command, parser);
      const parsing = since(began);
      began = process.cpuUsage();
      await engine.tryCall({ name: 'run_command', arguments: JSON.stringify({ command }) }, undefined, signal());
      if (round >= 12) times.push(since(began) - parsing);
    }
    await end();
    await cage.sandbox.close();
    const mean = times.reduce((sum, one) => sum + one, 0) / times.length;
    beyond.push(mean);
    console.log(`deciding a command beyond parsing it, at ${entries} entries: ${mean.toFixed(2)} ms of the processor`);
  }
  const [small = NaN, large = NaN] = beyond;
  console.log(`the second beyond the first (goal: 2): ${(large - small).toFixed(2)} ms`);
}

/** In milliseconds, of all threads. */
function since(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1000;
}

function signal(): AbortSignal {
  return new AbortController().signal;
}
