import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RunSummary } from '../../shared/auditEvent.ts';
import { Lives } from '../process/lives.ts';
import { openReadOnly } from './database.ts';
import { newestRuns, standings } from './logReader.ts';
import { heldByTheLiving } from './runRecords.ts';

/** So many runs back it is worth a word. */
const MOST_RUNS = 10;
/** Nobody waits for it, but it holds the editor's extensions while it looks. */
const BUSY_MS = 200;

/**
 * Runs of some folders that ended without an end, and that nobody wants to be rid of: a look into the log at the start of
 * an editor. It changes nothing, starts nothing, and makes no log where there is none.
 */
export function interruptedBefore(file: string, folders: readonly string[]): RunSummary[] {
  if (folders.length === 0 || !existsSync(file)) return [];
  const connection = openReadOnly(file, BUSY_MS);
  try {
    using lives = new Lives(dirname(file));
    const active = heldByTheLiving(connection, lives);
    return standings(connection, newestRuns(connection, MOST_RUNS), active).filter(
      (run) =>
        run.state === 'interrupted' &&
        run.isDismissed !== true &&
        [run.folder, ...(run.folders ?? []).map(({ path }) => path)].some((folder) => folders.includes(folder)),
    );
  } finally {
    connection.close();
  }
}
