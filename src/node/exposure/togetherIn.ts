import { ExposureFold } from '../../core/exposure/exposureFold.ts';
import { TogetherSum } from '../../core/exposure/together.ts';
import type { Together } from '../../shared/together.ts';
import type { Exposure } from '../../shared/exposure.ts';
import { LOG_EVENTS } from '../../shared/noRun.ts';
import { openReadOnly } from '../audit/database.ts';
import { newestRunsIn } from '../audit/logReader.ts';
import { exposureRecords } from './exposureRecords.ts';

/** So many runs are gone through; older ones are said to be there. */
export const MOST_RUNS = 200;

/** What has left of the runs that began in a folder, one at a time; without a log of none. */
export function togetherIn(file: string | undefined, folder: string): Together {
  const sum = new TogetherSum();
  if (file === undefined) return sum.result(false, undefined);
  const connection = openReadOnly(file);
  try {
    connection.database.exec('BEGIN');
    const runs = newestRunsIn(connection, folder, MOST_RUNS + 1);
    const ofRun = (run: string): Exposure => {
      const fold = new ExposureFold(run);
      for (const { record } of exposureRecords(connection, run)) fold.add(record);
      return fold.result();
    };
    for (const { run } of runs.slice(0, MOST_RUNS)) sum.add(ofRun(run));
    return sum.result(runs.length > MOST_RUNS, ofRun(LOG_EVENTS));
  } finally {
    connection.close();
  }
}
