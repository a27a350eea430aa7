import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import type { Ending, SandboxResult } from '../../core/sandbox/port.ts';
import type { CommandCall } from './commandCall.ts';
import { DeniedWatch } from './deniedWatch.ts';
import { EntryWatch, mostEntries } from './entryWatch.ts';
import { runInCage } from './runInCage.ts';
import type { Survey } from './survey.ts';
import { UncountedWrites } from './uncountedWrites.ts';

/** Runs it, and ends it when something denied appears in the workspace or is replaced there. */
export async function runWatched(call: CommandCall, cage: Cage, found: Survey): Promise<SandboxResult> {
  const added = watchesOf(call, cage, found);
  try {
    return await runDenied(call, { cage, found, added });
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
  { machine: { machinery }, spec, signal }: CommandCall,
  { cage, found, added }: { cage: Cage; found: Survey; added: Added | undefined },
): Promise<SandboxResult> {
  const paths = [...found.deniedFiles, ...found.deniedFolders, ...cage.readOnly];
  if (!spec.deniesInside && paths.length === 0) return runInCage(machinery, cage, spec, signal, { ...added });
  let end: ((why: Ending) => void) | undefined;
  let seen: string | undefined;
  const watch = new DeniedWatch(
    {
      paths,
      folders: spec.deniesInside ? found.folders : [],
      isDenied: (path) => spec.isDenied(path),
    },
    (path) => {
      seen = seenWords(path);
      end?.({ kind: 'violation', what: seen });
    },
  );
  try {
    const result = await runInCage(machinery, cage, spec, signal, {
      ...added,
      onStart: (stop) => {
        end = stop;
      },
      atGate: () => {
        const path = watch.replaced();
        if (path !== undefined) seen ??= seenWords(path);
        return seen;
      },
    });
    // What appeared may be in there.
    return seen === undefined ? result : { ...result, output: '' };
  } finally {
    watch.close();
  }
}

function watchesOf({ spec }: CommandCall, cage: Cage, found: Survey): Added | undefined {
  if (cage.writable.length === 0) return undefined;
  const below = { folders: cage.writable, without: new Set([...found.deniedFolders, ...found.closedFolders]) };
  const { diskBytes } = spec.limits;
  return {
    entries: new EntryWatch(below, { before: found.entries, most: mostEntries(diskBytes) }),
    uncounted: new UncountedWrites(below, diskBytes),
  };
}

function seenWords(path: string): string {
  return `${path}, which is hidden from commands or protected, appeared or was replaced while the command ran; its output is left out. Look at it, and run the command again`;
}
