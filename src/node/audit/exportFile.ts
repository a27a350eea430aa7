import { randomUUID } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import { openReadOnly } from './database.ts';
import { exportLines } from './exportLog.ts';

const LINES_AT_A_TIME = 500;

/** Writes an export into a file that takes its place only when it is whole; other work goes on meanwhile. */
export async function writeExport(log: string, target: string, run?: string): Promise<void> {
  const connection = openReadOnly(log);
  const temporary = `${target}.${randomUUID()}.part`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      let lines: string[] = [];
      for (const line of exportLines(connection, run)) {
        if (lines.push(line) < LINES_AT_A_TIME) continue;
        await file.appendFile(lines.join(''));
        lines = [];
      }
      await file.appendFile(lines.join(''));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  } finally {
    connection.close();
  }
}
