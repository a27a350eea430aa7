import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import type { Ending, SandboxResult } from '../../core/sandbox/port.ts';
import type { CommandCall } from './commandCall.ts';
import { coverAgain, type Covered } from './coverAgain.ts';
import { DeniedWatch } from './deniedWatch.ts';
import { EntryWatch, mostEntries } from './entryWatch.ts';
import type { HeldLink } from './heldLinks.ts';
import type { RunningCage } from './runInCage.ts';
import type { StillTimes } from './stillTimes.ts';
import type { Survey } from './survey.ts';
import { UncountedWrites } from './uncountedWrites.ts';

/** What else it takes to watch a command. */
interface Watching {
  still: StillTimes;
  standIns?: ReadonlySet<string>;
  /** Links that must stay what they are. */
  links?: readonly HeldLink[];
  /** What is read-only in the cage and stands in its view alone. */
  notOnDisk?: ReadonlySet<string>;
}

/**
 * Runs it, and ends it when something denied appears in the workspace or something covered is replaced there, unless it
 * could be covered again in time.
 */
export async function runWatched(
  call: CommandCall,
  cage: Cage,
  found: Survey,
  watching: Watching,
): Promise<SandboxResult> {
  const added = watchesOf(call, cage, found);
  try {
    return await runDenied(call, { cage, found, added, ...watching });
  } finally {
    await added?.entries.close();
    await added?.uncounted.close();
  }
}

/** What it adds to the workspace, where it can add anything. */
interface Added {
  entries: EntryWatch;
  uncounted: UncountedWrites;
}

async function runDenied(
  { cages, spec, signal, door }: CommandCall,
  {
    cage,
    found,
    added,
    still,
    standIns = new Set(),
    links = [],
    notOnDisk = new Set(),
  }: Watching & { cage: Cage; found: Survey; added: Added | undefined },
): Promise<SandboxResult> {
  const linked = new Set(links.map(({ path }) => path));
  const readOnly = cage.readOnly.filter((path) => !notOnDisk.has(path));
  const paths = [...found.deniedFiles, ...found.deniedFolders, ...readOnly, ...linked];
  if (!spec.deniesInside && paths.length === 0) return cages.run(cage, spec, signal, { ...added, still, door });
  let end: ((why: Ending) => void) | undefined;
  let running: RunningCage | undefined;
  let seen: string | undefined;
  const held: string[] = [];
  const protectedOnes = new Set(cage.readOnly);
  const howCovered = (path: string): Covered => {
    if (!protectedOnes.has(path) || spec.isDenied(path)) return 'hidden';
    return standIns.has(path) ? 'absent' : 'read-only';
  };
  const coverOne = async (path: string): Promise<boolean> => {
    const isCovered =
      !linked.has(path) && running !== undefined && (await coverAgain(path, howCovered(path), running, still));
    if (isCovered) held.push(heldWords(path));
    return isCovered;
  };
  const watch = new DeniedWatch(
    {
      paths,
      folders: spec.deniesInside ? found.folders : [],
      isDenied: (path) => spec.isDenied(path),
      coverAgain: coverOne,
    },
    (path) => {
      seen = seenWords(path);
      end?.({ kind: 'violation', what: seen });
    },
  );
  try {
    const result = await cages.run(cage, spec, signal, {
      ...added,
      still,
      door,
      onStart: (stop, cageHere) => {
        end = stop;
        running = cageHere;
      },
      atGate: () => {
        const path = watch.replaced();
        if (path !== undefined) seen ??= seenWords(path);
        return seen;
      },
    });
    await watch.settled();
    const notes = [...result.notes, ...held];
    // What appeared may be in there.
    return seen === undefined ? { ...result, notes } : { ...result, notes, output: '' };
  } finally {
    watch.close();
  }
}

function watchesOf({ spec, around: { lent }, writes }: CommandCall, cage: Cage, found: Survey): Added | undefined {
  const folders = writes?.folders ?? [...cage.writable, ...lent.folders];
  if (folders.length === 0) return undefined;
  const below = { folders, without: new Set([...found.deniedFolders, ...found.closedFolders]) };
  const { diskBytes } = spec.limits;
  const entries = writes?.entries ?? lent.entries + (cage.writable.length === 0 ? 0 : found.entries);
  return {
    entries: new EntryWatch(below, { before: entries, most: mostEntries(diskBytes) }),
    uncounted: new UncountedWrites(below, diskBytes),
  };
}

function seenWords(path: string): string {
  return `${path}, which is hidden from commands or protected, appeared or was replaced while the command ran; its output is left out. Look at it, and run the command again`;
}

function heldWords(path: string): string {
  return `${path.toWellFormed()} was replaced or appeared while the command ran, and was covered again; if that was not you, look at it`;
}
