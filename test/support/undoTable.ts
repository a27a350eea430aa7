import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { composeEngine } from '../../src/compose.ts';
import { turnsOf } from '../../src/core/audit/tree.ts';
import { IN_EDITOR } from '../../src/shared/answered.ts';
import { unseenLines } from '../../src/shared/unseen.ts';
import { Random } from './logWorldRandom.ts';
import { partsUnder } from './partsUnder.ts';
import { treeState } from './treeState.ts';
import { plantTree } from './undoCalls.ts';
import { gitState, plantRepository } from './undoGitCalls.ts';

export interface UndoRound {
  seed: number;
  isKilled: boolean;
  /** So many actions changed something. */
  actions: number;
  /** So many paths stood otherwise after the run than before. */
  changed: number;
  /** The card of the revert said that something of it would not come back. */
  isPartly: boolean;
  /** What stands otherwise after the revert than before the run, although nothing said so; and whatever else went wrong. */
  wrong: string[];
}

export interface UndoWorld {
  files: number;
  calls: number;
  isKilled: boolean;
  /** Without it commands run outside of any sandbox: what changes is the same, and it takes less time. */
  sandbox: boolean;
  /** The calls are git's, on a repository; `.git` is compared too, as git itself says where it stands. */
  git?: boolean;
}

/** A run of random calls on a random tree, perhaps killed in the middle; then another process reverts the run. */
export async function undoRound(seed: number, world: UndoWorld): Promise<UndoRound> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'oversign-undo-')));
  const work = join(base, 'work');
  const random = new Random(seed);
  try {
    if (world.git) plantRepository(work);
    else plantTree(work, random, world.files);
    for (const name of ['home', 'config/oversign']) await mkdir(join(base, name), { recursive: true });
    if (!world.sandbox) await writeFile(join(base, 'config/oversign/policy.yaml'), 'sandbox: false\n');
    const stateOf = (): Record<string, string> => ({ ...treeState(work), ...(world.git && gitState(work)) });
    const before = stateOf();
    await played(base, seed, world, random);
    const after = stateOf();
    const { actions, text, shown } = await reverted(base);
    const now = stateOf();
    const isPartly = shown.includes('Does not come back') || / stays: /.test(text);
    const paths = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
    const otherwise = paths.filter((path) => before[path] !== now[path]);
    const unsaid = otherwise.filter((path) => !isSaid(path, `${shown}\n${text}`));
    return {
      ...{ seed, isKilled: world.isKilled, actions, isPartly },
      changed: [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
        (path) => before[path] !== after[path],
      ).length,
      wrong: [
        ...unsaid.map(
          (path) => `${JSON.stringify(path)}: was ${before[path] ?? 'absent'}, is ${now[path] ?? 'absent'}`,
        ),
        ...(unsaid.length > 0 || /^(Reverted|nothing)/i.test(text) ? [] : [text]),
      ],
    };
  } finally {
    spawn('chmod', ['-R', 'u+rwx', base]).on('exit', () => {
      rmSync(base, { recursive: true, force: true });
    });
  }
}

/** Whether a person was told that a path, or what is around it, would not come back. */
function isSaid(path: string, said: string): boolean {
  const whole = said.replaceAll('\\n', '\n');
  return (
    whole
      .split('Does not come back: ')
      .slice(1)
      .some((what) => what.startsWith(path)) || whole.includes(`${path} stays`)
  );
}

async function played(base: string, seed: number, world: UndoWorld, random: Random): Promise<void> {
  const program = new URL('./undoChild.ts', import.meta.url).pathname;
  const child = spawn(
    process.execPath,
    [program, base, String(seed), String(world.calls), world.git ? 'git' : 'files'],
    { stdio: 'ignore' },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  if (world.isKilled) {
    while (!existsSync(join(base, 'ready')) && child.exitCode === null) await pause(5);
    await pause(random.int(0, 400 + world.calls * 250));
    child.kill('SIGKILL');
  }
  await ended;
  if (world.isKilled) await pause(300); // what has no sandbox around it ends by itself
}

async function reverted(base: string): Promise<{ actions: number; text: string; shown: string }> {
  const node = await partsUnder(base, { folders: [join(base, 'work')] });
  const engine = composeEngine(node.parts);
  let shown = '';
  engine.onChange(() => {
    for (const { id, digest, card } of engine.view().approvals) {
      shown += card.blocks
        .map((block) =>
          block.kind === 'sentence'
            ? block.words.map((word) => (typeof word === 'object' && 'exact' in word ? word.exact : word)).join('')
            : '',
        )
        .join('\n');
      const unseen = unseenLines(card.blocks);
      queueMicrotask(() => engine.answer(id, digest, { choice: 'approve', ...(unseen > 0 && { unseen }) }, IN_EDITOR));
    }
  });
  try {
    await engine.interrupted();
    await engine.finishBrokenOff();
    const [run] = await node.audit.runs(1);
    if (!run) return { actions: 0, text: 'nothing was begun', shown };
    const actions = turnsOf(await node.audit.events(run.run)).flatMap((turn) => turn.actions);
    const count = actions.filter(({ changed }) => (changed?.paths.length ?? 0) > 0).length;
    const { text } = count === 0 ? { text: 'nothing was changed' } : await engine.revertRun(run.run);
    return { actions: count, text, shown };
  } finally {
    await node.sandbox.close();
    await node.outputs.close();
    await node.evidence[Symbol.asyncDispose]();
  }
}

export function undoText(rounds: readonly UndoRound[]): string {
  const sum = (of: (round: UndoRound) => number): number => rounds.reduce((all, round) => all + of(round), 0);
  return [
    `${rounds.length} runs, ${rounds.filter(({ isKilled }) => isKilled).length} of them killed, ${sum(({ actions }) => actions)} actions that changed ${sum(({ changed }) => changed)} paths`,
    `${rounds.filter(({ isPartly }) => isPartly).length} reverts said that something would not come back`,
    `${rounds.filter(({ wrong }) => wrong.length > 0).length} reverts left something otherwise than it was, unsaid`,
    ...rounds.flatMap(({ seed, wrong }) => wrong.map((one) => `BAD seed ${seed}: ${one}`)),
  ].join('\n');
}
