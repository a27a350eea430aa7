import { isSameStand } from '../../core/checkpoint/changes.ts';
import type { ActionOf, RevertPlan, RevertStep, Undo } from '../../core/checkpoint/port.ts';
import { gitPointerOf, isStateFolder } from '../../core/checkpoint/gitPointer.ts';
import { isInside } from '../../core/scope/spelling.ts';
import type { ChangedPath, Stand } from '../../shared/change.ts';
import type { Kept } from './manifest.ts';

/** An action that is over: what it changed, and what was kept of it. */
export interface KeptDone {
  of: ActionOf;
  changed: readonly ChangedPath[];
  kept: readonly Kept[];
}

/** One path, from what stood there before the first action to what stands there after the last. */
interface Turned {
  /** Undefined where it is not kept. */
  before: Kept | undefined;
  of: ActionOf;
  after: Stand | undefined;
  /** A tool moved it there, with what is in it. */
  isMoved: boolean;
}

/** In the order in which they are done: what is in the way goes first, and modes come last, from within outwards. */
const PHASES = [
  'move',
  'open',
  'remove',
  'remove folder',
  'make',
  'put',
  'allow',
  'close',
  'unpoint',
  'point',
] as const;
type Phases = Record<(typeof PHASES)[number], RevertStep[]>;

/** How what actions changed is reverted, with what was kept of them. Nothing is looked at on disk. */
export function revertPlan(done: readonly KeptDone[]): RevertPlan {
  const steps: Phases = {
    ...{ move: [], open: [], remove: [], 'remove folder': [], make: [], put: [], allow: [], close: [] },
    ...{ unpoint: [], point: [] },
  };
  const leftOut: string[] = [];
  const [only] = done.length === 1 ? done : [];
  // What was moved goes back as it is; over several actions it is made again where it was.
  const moved = new Map(
    (only?.changed ?? []).flatMap((one) => (one.from === undefined ? [] : [[one.from, one] as const])),
  );
  for (const [to, { path }] of moved) steps.move.push({ do: 'move back', path, to });
  for (const [path, turned] of turnedBy(done, moved)) {
    if (gitPointerOf(path)) planPointer(path, turned, steps, leftOut);
    else if (path.split('/').includes('.git')) leftOut.push(path);
    else plan(path, turned, steps, leftOut);
  }
  const deepFirst = (a: RevertStep, b: RevertStep): number => (a.path < b.path ? 1 : -1);
  for (const name of ['remove', 'remove folder', 'close'] as const) steps[name].sort(deepFirst);
  for (const name of ['open', 'make'] as const) steps[name].sort((a, b) => -deepFirst(a, b));
  // What leads to a branch comes after it, and the index last.
  steps.point.sort((a, b) => rankOf(a) - rankOf(b));
  const all = PHASES.flatMap((name) => steps[name]);
  return { undo: undoOf(all, leftOut), steps: all };
}

function turnedBy(done: readonly KeptDone[], moved: ReadonlyMap<string, ChangedPath>): Map<string, Turned> {
  const all = new Map<string, Turned>();
  for (const { of, changed, kept } of done) {
    const byPath = new Map(kept.map((one) => [one.path, one]));
    for (const { path, before, after, from } of changed) {
      const back = moved.get(path);
      if (back?.after && isSameStand(back.after, before)) continue;
      if (before.kind === 'absent' && from !== undefined && moved.size > 0) continue;
      const own = keptOf(path, before, { kept, byPath });
      for (const one of own.length > 0 ? own : [undefined]) {
        const at = one?.path ?? path;
        const known = all.get(at);
        // Below a folder that a tool took away everything is gone with it.
        const stands = at === path ? after : after && ({ kind: 'absent' } as const);
        if (known) Object.assign(known, { after: stands, isMoved: from !== undefined });
        else all.set(at, { before: one, of, after: stands, isMoved: from !== undefined });
      }
    }
  }
  return all;
}

/** What was kept of a path: of a folder that a tool took away, all that was in it. */
function keptOf(
  path: string,
  before: Stand,
  { kept, byPath }: { kept: readonly Kept[]; byPath: ReadonlyMap<string, Kept> },
): Kept[] {
  if (before.kind === 'absent') return [{ path, kind: 'absent' }];
  // What was seen around a command is listed one by one, with its mode.
  if (before.kind === 'directory' && before.mode === undefined) return kept.filter((one) => isInside(path, one.path));
  const own = byPath.get(path);
  return own ? [own] : [];
}

function plan(path: string, { before, of, after, isMoved }: Turned, steps: Phases, leftOut: string[]): void {
  if (!before || after?.kind === 'other') {
    leftOut.push(path);
    return;
  }
  if (before.kind !== after?.kind && after && after.kind !== 'absent') {
    const isFolder = after.kind === 'directory' && !isMoved;
    if (isFolder && ((after.mode ?? 0o700) & 0o700) !== 0o700) steps.open.push({ do: 'allow', path, mode: 0o700 });
    if (isFolder) steps['remove folder'].push({ do: 'remove folder', path });
    // A file and a link take each other's place in one step: at no moment does neither stand there.
    else if (!givesWay(after.kind) || !givesWay(before.kind))
      steps.remove.push({ do: 'remove', path, ...(after.kind === 'directory' && { whole: true as const }) });
  } else if (before.kind === 'absent' && after === undefined) steps.remove.push({ do: 'remove', path });
  switch (before.kind) {
    case 'absent':
      return;
    case 'other':
      leftOut.push(path);
      return;
    case 'directory':
      planFolder(path, before, after, steps);
      return;
    case 'link':
      steps.put.push({ do: 'link', path, target: before.target ?? '' });
      return;
    case 'file':
      planFile(path, { before, of, after }, steps, leftOut);
  }
}

function planFile(
  path: string,
  { before, of, after }: { before: Kept; of: ActionOf; after: Stand | undefined },
  steps: Phases,
  leftOut: string[],
): void {
  const { mode } = before;
  const isSame = after && before.blob !== undefined && isSameStand({ kind: 'file', digest: before.blob }, after);
  const isThere = after?.kind === 'file';
  if (!isSame) steps.put.push({ do: 'put back', path, of, ...(!isThere && mode !== undefined && { mode }) });
  if (isThere && (after.mode === undefined || after.mode === mode)) return;
  // At no moment, also not that of a kill, may more be done with what is in it than before.
  const isNarrower = isThere && mode !== undefined && (mode & ~(after.mode ?? 0)) === 0 && (mode & 0o600) === 0o600;
  if (mode !== undefined) steps[isNarrower ? 'open' : 'allow'].push({ do: 'allow', path, mode });
  if ((before.names ?? 1) > 1) leftOut.push(`that ${path} is one file under several names`);
}

/** What takes its place takes it in one step. */
function givesWay(kind: Stand['kind']): boolean {
  return kind === 'file' || kind === 'link';
}

function planPointer(path: string, { before, of, after }: Turned, steps: Phases, leftOut: string[]): void {
  const isKept = before?.kind === 'absent' || before?.stands !== undefined;
  // What is not over is taken away, and never put back.
  const isGone = before?.kind !== 'absent' && isStateFolder(gitPointerOf(path)?.name);
  if (!before || !isKept || isGone || after?.kind === 'other') leftOut.push(path);
  else if (before.kind === 'absent') {
    if (after?.kind !== 'absent') steps.unpoint.push({ do: 'unpoint', path });
  } else if (!after || before.stands !== after.digest) steps.point.push({ do: 'point', path, of });
}

function rankOf({ path }: RevertStep): number {
  const name = gitPointerOf(path)?.name ?? '';
  return name === 'index' ? 3 : name.startsWith('refs/') ? 0 : name.startsWith('logs/') ? 1 : 2;
}

function planFolder(path: string, { mode }: Kept, after: Stand | undefined, steps: Phases): void {
  const isThere = after?.kind === 'directory';
  if (!isThere) steps.make.push({ do: 'make folder', path });
  if (mode === undefined || (isThere && after.mode === mode)) return;
  if (isThere && ((after.mode ?? 0o700) & 0o700) !== 0o700) steps.open.push({ do: 'allow', path, mode: mode | 0o700 });
  steps.close.push({ do: 'allow', path, mode });
}

function undoOf(steps: readonly RevertStep[], leftOut: readonly string[]): Undo {
  if (leftOut.length > 0) return steps.length === 0 ? { kind: 'none', why: 'not kept' } : { kind: 'partly', leftOut };
  return steps.length === 0 ? { kind: 'nothing' } : { kind: 'whole' };
}
