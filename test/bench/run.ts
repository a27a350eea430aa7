/**
 * `npm run bench` (or one part of it: `npm run bench -- audit`, `decisions`, `door`, `pages`, `sandbox`, `turns`, `undo`, `undo-large` (minutes), `workspaces`): ratios, side by side, on this machine and nowhere else. Each pair runs in turn, A B A B …, and the
 * median of the ratios is printed; single times are noise on a shared machine.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { benchAudit } from './audit.ts';
import { benchDecisions } from './decisions.ts';
import { benchDoor } from './door.ts';
import { benchPages } from './pages.ts';
import { benchSandbox } from './sandbox.ts';
import { benchTurns } from './turns.ts';
import { benchUndo } from './undo.ts';
import { benchWorkspaces } from './workspaces.ts';

const ROUNDS = 30;
const base = await mkdtemp(join(tmpdir(), 'oversign-bench-'));

async function timed(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function pair(name: string, ours: () => unknown, other: () => unknown, each = 1, breathMs = 0): Promise<void> {
  const ratios: number[] = [];
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const mine = await timed(ours);
    await pause(breathMs);
    const theirs = await timed(other);
    await pause(breathMs);
    if (round < 3) continue; // warm-up
    ratios.push(mine / theirs);
    times.push(mine);
  }
  const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
  const time = median(times) / each;
  const words = time < 1 ? `${(time * 1000).toFixed(1)} µs` : `${time.toFixed(2)} ms`;
  console.log(`${name}: ${median(ratios).toFixed(2)} x (${words})`);
}

try {
  const only = process.argv[2];
  if (only === undefined || only === 'audit') await benchAudit(base, pair);
  if (only === undefined || only === 'decisions') await benchDecisions(pair);
  if (only === undefined || only === 'pages') await benchPages(pair);
  if (only === undefined || only === 'turns') await benchTurns(base);
  if (only === undefined || only === 'sandbox') await benchSandbox(base, pair);
  if (only === undefined || only === 'door') await benchDoor(pair);
  if (only === undefined || only === 'undo') await benchUndo(base, pair);
  // Beyond 100,000 entries undo covers nothing, and says so.
  if (only === 'undo-large') await benchUndo(base, pair, [90_000]);
  if (only === undefined || only === 'workspaces') await benchWorkspaces(base, pair);
} finally {
  await rm(base, { recursive: true, force: true });
}
