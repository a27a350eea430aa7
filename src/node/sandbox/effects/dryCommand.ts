import type { Scratch } from '../../../core/sandbox/bubblewrap.ts';
import type { SandboxResult } from '../../../core/sandbox/port.ts';
import { throwIfStopped, ToolFailure } from '../../../core/outcome.ts';
import { planWorkspace } from '../cage.ts';
import { cageFor, surveyBefore, type CommandCall } from '../commandCall.ts';
import { entryAt } from '../entries.ts';
import { gitAround } from '../gitAround.ts';
import type { Placeholders } from '../placeholders.ts';
import { canBeMade } from '../standIn.ts';
import { StillTimes } from '../stillTimes.ts';
import { topmost, type Survey } from '../survey.ts';
import { runWatched } from '../watchedCommand.ts';
import type { Found } from './found.ts';
import { indexesIn } from './gitLooks.ts';
import { copiedView, overlayView, type MadeView } from './making.ts';
import type { ViewPlace } from './place.ts';
import { treeAt, type PassedOver } from './stood.ts';

/** A command that ran in a view, and what is found there. */
export interface RanDry {
  result: SandboxResult;
  places: readonly ViewPlace[];
  means: 'overlay' | 'copy';
  /** Undefined where there is too much of it. */
  found: readonly Found[] | undefined;
  /** Folders whose modes are set back after every command. */
  setBack: ReadonlySet<string>;
}

export interface DryCommand {
  call: CommandCall;
  folder: string;
  standIns: Placeholders;
  /** Which ways are tried, in this order. */
  means: readonly RanDry['means'][];
}

/** Runs a command in the cage that it would have, over a view of its folders: nothing of them is written. */
export async function runDry({ call, folder, standIns, means }: DryCommand): Promise<RanDry> {
  const { spec, signal } = call;
  await standIns.look();
  const found = await surveyBefore(call);
  const isStandIn = (path: string): boolean => standIns.has(path);
  const git = await gitAround(spec, call, isStandIn);
  const { placeholders, heldLinks, ...workspace } = await planWorkspace(spec.folders, found, {
    ...git,
    outside: [...git.outside, ...call.around.repositories],
    exists: (path) => entryAt(path) !== undefined,
    isStandIn,
    canBeMade,
  });
  const cage = cageFor(call, {
    ...workspace,
    shown: git.shown,
    hiddenFiles: [...workspace.hiddenFiles, ...git.hidden],
  });
  const places = await placesOf(call, { found, isStandIn, scratch: cage.scratch });
  throwIfStopped(signal);
  const making = { folder, places, standIns: placeholders, signal };
  const { view, by } = await viewBy(means, making);
  const at = (path: string): string => view.sources[places.findIndex((one) => one.path === path)] ?? path;
  const { scratch } = cage;
  const result = await runWatched(
    { ...call, cages: cagesFor(call, view), writes: view.writes },
    {
      ...cage,
      view: {
        kind: 'copy-on-write',
        places: topmost(spec.folders).map((path) => ({ path, source: at(path) })),
      },
      ...(scratch && {
        scratch: {
          ...scratch,
          temporary: at('/tmp'),
          ...(scratch.home !== undefined && { home: at(cage.home) }),
        },
      }),
    },
    found,
    { still: new StillTimes(), links: heldLinks, notOnDisk: new Set(placeholders.map(({ path }) => path)) },
  );
  return {
    result: { ...result, notes: [...git.notes, ...call.around.notes, ...result.notes] },
    places,
    means: by,
    found: await view.found(),
    setBack: new Set([...workspace.writable, ...spec.folders, ...workspace.pinned]),
  };
}

function cagesFor({ cages }: CommandCall, { around }: MadeView): CommandCall['cages'] {
  if (around === undefined) return cages;
  if (!cages.within) throw new Error('these cages are started by nothing else');
  return cages.within(around);
}

async function viewBy(
  means: DryCommand['means'],
  making: Parameters<typeof copiedView>[0],
): Promise<{ view: MadeView; by: RanDry['means'] }> {
  for (const by of means) {
    const view = await (by === 'overlay' ? overlayView(making) : copiedView(making));
    if (view) return { view, by };
  }
  throw new ToolFailure('no copy-on-write view can be made here');
}

/** What the command can write, as it stands: the workspace folders first, for they may lie in /tmp. */
async function placesOf(
  { spec, base: { home } }: CommandCall,
  { found, isStandIn, scratch }: { found: Survey; isStandIn: (path: string) => boolean; scratch: Scratch | undefined },
): Promise<ViewPlace[]> {
  const unseen = new Set([...found.deniedFiles, ...found.deniedFolders, ...found.closedFolders, ...found.specials]);
  const wanted: Omit<ViewPlace, 'before' | 'indexes'>[] = topmost(spec.folders).map((path) => ({
    path,
    lower: path,
    isPassedOver: (below) => unseen.has(`${path}/${below}`) || isStandIn(`${path}/${below}`),
  }));
  if (scratch) {
    const tops = new Set(scratch.tops);
    const ofTmp: PassedOver = (below) => tops.has(below);
    wanted.push({ path: '/tmp', lower: scratch.temporary, isPassedOver: ofTmp });
    if (scratch.home !== undefined) wanted.push({ path: home, lower: scratch.home, isPassedOver: () => false });
  }
  const places: ViewPlace[] = [];
  for (const one of wanted) {
    const before = await treeAt(one.lower, one.isPassedOver);
    if (!before) throw new ToolFailure('the workspace holds too much for a copy-on-write view');
    places.push({ ...one, before, indexes: indexesIn(one.lower, before) });
  }
  return places;
}
