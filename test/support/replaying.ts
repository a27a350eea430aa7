import { join } from 'node:path';
import { composeReplay } from '../../src/compose.ts';
import { LogReplay, runsOf, type FoundDifference } from '../../src/core/lab/replay/replayLog.ts';
import { replayRun, type Replayed } from '../../src/core/lab/replay/replayRun.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import type { AuditRecord } from '../../src/shared/auditEvent.ts';
import type { Way } from '../../src/shared/wayWords.ts';
import type { ReplayWorld } from '../../src/core/lab/replay/replayLog.ts';
import { replayingHere } from '../../src/node/lab/replayingHere.ts';
import { plant } from './tree.ts';
import type { Workbench } from './workbench.ts';

interface Supposed {
  policy?: string;
  way?: Way;
  signal?: AbortSignal;
  audit?: ReplayWorld['audit'];
}

/** The world of a replay over a workbench's log; `policy`: a text in the place of the user's. */
export async function worldOf(
  bench: Workbench,
  { policy, way, audit, signal = new AbortController().signal }: Supposed = {},
): Promise<ReplayWorld> {
  const environment = {
    HOME: bench.home,
    XDG_CONFIG_HOME: join(bench.config, '..'),
    XDG_DATA_HOME: join(bench.data, '..'),
  };
  const other = join(bench.home, 'other.yaml');
  if (policy !== undefined) await plant(bench.home, { 'other.yaml': policy });
  const here = replayingHere({ environment, ...(policy !== undefined && { userPolicy: other }) }, signal);
  return composeReplay(here, audit ?? bench.node.audit, way);
}

/** All runs of the log, replayed. */
export async function replayed(
  bench: Workbench,
  supposed: Supposed = {},
): Promise<{ replay: LogReplay; found: FoundDifference[] }> {
  const world = await worldOf(bench, supposed);
  const replay = new LogReplay(world);
  const found: FoundDifference[] = [];
  for await (const run of runsOf(world.audit, 1000)) for await (const one of replay.run(run)) found.push(one);
  return { replay, found };
}

/** One run's events, each decision replayed. */
export async function decisionsOf(
  bench: Workbench,
  events: readonly AuditRecord[],
  supposed: Supposed = {},
): Promise<Replayed[]> {
  const world = await worldOf(bench, supposed);
  const opened = await world.open([bench.folder]);
  if ('problem' in opened) throw new Error(opened.problem);
  const all: Replayed[] = [];
  const parts = { ...opened, look: world.look, way: world.way, flags: NO_FLAGS, breathe: () => world.breathe() };
  for await (const one of replayRun(events, parts)) all.push(one);
  return all;
}
