import type { Cage } from '../../core/sandbox/bubblewrap.ts';
import type { Ending, SandboxResult } from '../../core/sandbox/port.ts';
import type { CommandCall } from './commandCall.ts';
import { DeniedWatch } from './deniedWatch.ts';
import { EntryWatch, mostEntries } from './entryWatch.ts';
import { runInCage } from './runInCage.ts';
import type { StillTimes } from './stillTimes.ts';
import type { Survey } from './survey.ts';

/** Runs it, and ends it when something denied appears in the workspace or is replaced there. */
export async function runWatched(
  call: CommandCall,
  cage: Cage,
  found: Survey,
  still?: StillTimes,
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
      entries,
      still,
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

/** Counts what it adds to the workspace, where it can add anything. */
function entryWatch({ spec }: CommandCall, cage: Cage, found: Survey): EntryWatch | undefined {
  if (cage.writable.length === 0) return undefined;
  const without = [...found.deniedFolders, ...found.closedFolders];
  return new EntryWatch({ folders: cage.writable, without, before: found.entries }, mostEntries(spec.limits.diskBytes));
}

function seenWords(path: string): string {
  return `${path}, which is hidden from commands or protected, appeared or was replaced while the command ran; its output is left out. Look at it, and run the command again`;
}
