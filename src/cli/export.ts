import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openReadOnly, type Connection } from '../node/audit/database.ts';
import { exportLines } from '../node/audit/exportLog.ts';
import { newestRuns, summaries } from '../node/audit/logReader.ts';
import { seqsOfRun } from '../node/audit/seqsOfRun.ts';
import { ownFolders } from '../node/folders.ts';
import { Failure } from '../core/outcome.ts';
import { exitCode } from './exitCodes.ts';
import { refuse } from './faults.ts';
import { runNamed, type Runs } from './runNamed.ts';

export interface ExportOptions {
  run: string | undefined;
  output: string | undefined;
}

/** `oversign export`: the log, or one run of it, as JSON Lines with what it takes to check them. */
export async function exportLog({ run: named, output }: ExportOptions): Promise<number> {
  const file = join(ownFolders(process.env).data, 'audit.db');
  if (!existsSync(file)) return refuse('nothing', `there is no audit log yet (${file})`);
  const connection = openReadOnly(file);
  try {
    const run = named === undefined ? undefined : await wholeName(named, connection);
    const lines = exportLines(connection, run);
    const first = lines.next(); // what is wrong shows before a file is made
    // Never over a file that is there: it may be the only copy of an older export.
    const target = output === undefined ? 1 : openSync(resolve(output), 'wx', 0o600);
    let isWhole = false;
    try {
      if (first.done !== true) writeAll(target, first.value);
      for (const line of lines) writeAll(target, line);
      isWhole = true;
    } finally {
      if (output !== undefined) closeSync(target);
      if (output !== undefined && !isWhole) rmSync(resolve(output), { force: true });
    }
    return exitCode('done');
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw isThere ? new Failure(`${output ?? ''} exists already; choose another name`) : error;
  } finally {
    connection.close();
  }
}

/** What belongs to no run stands under names of its own: "log". */
async function wholeName(named: string, connection: Connection): Promise<string> {
  return seqsOfRun(connection, named).length > 0 ? named : (await runNamed(named, runsIn(connection))).run;
}

function runsIn(connection: Connection): Runs {
  return {
    summaries: (runs) => {
      const starts = runs.flatMap((run) =>
        seqsOfRun(connection, run)
          .slice(0, 1)
          .map((start) => ({ run, start })),
      );
      return Promise.resolve(summaries(connection, starts));
    },
    runs: (limit, before) => Promise.resolve(summaries(connection, newestRuns(connection, limit, before))),
  };
}

/** A pipe takes what it can and asks to be tried again. */
function writeAll(target: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0)
    try {
      rest = rest.subarray(writeSync(target, rest));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
}
