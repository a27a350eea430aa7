import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { sha256 } from '../../files/hash.ts';

const CursorSchema = z.object({
  log: z.string(),
  seq: z.number().int().min(0),
  /** Of that event: a log that was put back from a copy has the name, and other events. */
  hash: z.string(),
  time: z.string(),
});

/** The last event of a log that a destination has acknowledged, and when. */
export type Cursor = z.infer<typeof CursorSchema>;

/** Where the cursor of a destination stands; the file's name does not tell the address. */
export function cursorFile(data: string, url: string): string {
  return join(data, `otlp-${sha256(url).slice(0, 16)}.json`);
}

/** Undefined where there is none, or none that can be read: then everything is sent, perhaps again. */
export function readCursor(file: string): Cursor | undefined {
  try {
    return CursorSchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** Durable, and whole or not at all. For the one who holds the lock of this cursor: the temporary name is always the same. */
export function writeCursor(file: string, cursor: Cursor): void {
  const next = `${file}.new`;
  writeFileSync(next, `${JSON.stringify(cursor)}\n`, { mode: 0o600, flush: true });
  renameSync(next, file);
}
