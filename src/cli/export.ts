import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openReadOnly } from '../node/audit/database.ts';
import { exportLines } from '../node/audit/exportLog.ts';
import { ownFolders } from '../node/folders.ts';
import { Failure } from '../core/outcome.ts';

export interface ExportOptions {
  run: string | undefined;
  output: string | undefined;
}

/** `oversign export`: the log, or one run of it, as JSON Lines with what it takes to check them. */
export function exportLog({ run, output }: ExportOptions): number {
  const file = join(ownFolders(process.env).data, 'audit.db');
  if (!existsSync(file)) throw new Failure(`there is no audit log yet (${file})`);
  const connection = openReadOnly(file);
  try {
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
    return 0;
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw isThere ? new Failure(`${output ?? ''} exists already; choose another name`) : error;
  } finally {
    connection.close();
  }
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
