import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import type { Ending, SandboxResult } from '../../core/sandbox/port.ts';
import type { CommandCall } from './commandCall.ts';
import { coverAgain, type Covered } from './coverAgain.ts';
import { DeniedWatch } from './deniedWatch.ts';
import { EntryWatch, mostEntries } from './entryWatch.ts';
import { runInCage, type RunningCage } from './runInCage.ts';
import type { StillTimes } from './stillTimes.ts';
import type { Survey } from './survey.ts';

/**
 * Runs it, and ends it when something denied appears in the workspace or something covered is replaced there, unless it
 * could be covered again in time.
 */
export async function runWatched(
  call: CommandCall,
  cage: Cage,
  found: Survey,
  { still, standIns = new Set() }: { still: StillTimes; standIns?: ReadonlySet<string> },
): Promise<SandboxResult> {
  const {
    machine: { machinery },
    spec,
    signal,
  } = call;
  const paths = [...found.deniedFiles, ...found.deniedFolders, ...cage.readOnly];
  const entries = entryWatch(call, cage, found);
  if (!spec.deniesInside && paths.length === 0) return runInCage(machinery, cage, spec, signal, { entries, still });
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
    const isCovered = running !== undefined && (await coverAgain(path, howCovered(path), running, still));
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
    const result = await runInCage(machinery, cage, spec, signal, {
      entries,
      still,
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

/** Counts what it adds to the workspace, where it can add anything. */
function entryWatch({ spec }: CommandCall, cage: Cage, found: Survey): EntryWatch | undefined {
  if (cage.writable.length === 0) return undefined;
  const without = [...found.deniedFolders, ...found.closedFolders];
  return new EntryWatch({ folders: cage.writable, without, before: found.entries }, mostEntries(spec.limits.diskBytes));
}

function seenWords(path: string): string {
  return `${path}, which is hidden from commands or protected, appeared or was replaced while the command ran; its output is left out. Look at it, and run the command again`;
}

function heldWords(path: string): string {
  return `${path.toWellFormed()} was replaced or appeared while the command ran, and was covered again; if that was not you, look at it`;
}
