import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LEAVES } from '../../src/core/checkpoint/covers.ts';
import { BlobCheckpoints } from '../../src/node/checkpoint/blobCheckpoints.ts';
import { SCAN_LIMITS, scanTree } from '../../src/node/checkpoint/tree/scan.ts';
import { placeIn } from '../support/places.ts';
import { caged } from '../support/sandboxRun.ts';
import { plantBigTree } from './bigTree.ts';

type Pair = (
  name: string,
  ours: () => unknown,
  other: () => unknown,
  each?: number,
  breathMs?: number,
) => Promise<void>;

/** What reads every file is done so often. */
const FEW = 3;
const SIZES = [1000, 20_000];
/** What a cage leaves behind is cleared away by the kernel for a moment after its end, and is not what is measured. */
const BREATH_MS = 50;

/** Undo at two sizes of a project, one line after the other: what it costs by itself, and what it adds to a command. */
export async function benchUndo(base: string, pair: Pair, sizes: readonly number[] = SIZES): Promise<void> {
  const worlds = [];
  for (const size of sizes) {
    const cage = await caged(join(base, `undo-${size}`));
    plantBigTree(cage.folder, size, 1);
    worlds.push({ cage, size, words: `${size.toLocaleString('en')} entries` });
  }
  const limits = { ...SCAN_LIMITS, leaves: LEAVES };
  for (const { cage, words } of worlds)
    await pair(
      `scan, ${words} / find -printf`,
      () => scanTree(cage.folder, limits),
      () => execFileSync('find', [cage.folder, '-printf', '%p %y %m %s %T@ %C@ %i\\0'], { maxBuffer: 1 << 28 }),
    );
  for (const { cage, size, words } of worlds) await snapshots({ folder: cage.folder, base, size, words });
  for (const { cage, words } of worlds) {
    const around = aroundCommand(cage);
    const spec = await cage.spec(['/bin/sh', '-c', 'true']);
    const alone = (): Promise<unknown> => cage.sandbox.run(spec, new AbortController().signal);
    await around(alone); // the first one reads every file: that is the line above
    const both = (): Promise<void> => around(alone);
    await pair(`a command with a checkpoint around it, ${words} / without`, both, alone, 1, BREATH_MS);
    const dry = async (): Promise<void> => {
      const view = { ...spec, view: { kind: 'copy-on-write' as const } };
      await (await cage.sandbox.dryRuns.run(view, new AbortController().signal)).dispose();
    };
    await pair(`dry run, ${words} / the command in the sandbox`, dry, alone, 1, BREATH_MS);
  }
}

/** Looks before and after a command, as a call has it. */
function aroundCommand({
  folder,
  data,
}: {
  folder: string;
  data: string;
}): (command: () => Promise<unknown>) => Promise<void> {
  const checkpoints = new BlobCheckpoints(data);
  const place = placeIn(folder);
  let action = 0;
  return async (command) => {
    action += 1;
    const of = { run: 'bench', action: `a${action}` };
    const checkpoint = await checkpoints.begin(of, { kind: 'anything' }, { undo: 'whole', place });
    await command();
    await checkpoint.end([]);
    await checkpoints.recorded(of);
  };
}

/** Of nothing, each time: a store of Oversign's own against a repository beside the project, as others have it. */
async function snapshots({
  folder,
  base,
  size,
  words,
}: {
  folder: string;
  base: string;
  size: number;
  words: string;
}): Promise<void> {
  const ratios: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < FEW; round += 1) {
    const data = join(base, `store-${size}`);
    const shadow = join(base, `shadow-${size}`);
    for (const one of [data, shadow]) rmSync(one, { recursive: true, force: true });
    mkdirSync(data, { mode: 0o700 });
    const began = performance.now();
    await aroundCommand({ folder, data })(() => Promise.resolve());
    const ours = performance.now() - began;
    execFileSync('git', ['init', '-q', '--bare', shadow]);
    const then = performance.now();
    execFileSync('git', ['--git-dir', shadow, '--work-tree', folder, 'add', '-A'], { stdio: 'ignore' });
    ratios.push(ours / (performance.now() - then));
    times.push(ours);
  }
  const middle = (all: number[]): number => all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
  console.log(
    `first snapshot, ${words} / git add -A into a shadow repository: ${middle(ratios).toFixed(2)} x (${middle(times).toFixed(0)} ms)`,
  );
}
