import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { identityOf, isAlive } from './identity.ts';

const OwnerSchema = z.strictObject({ pid: z.int().positive(), start: z.string(), boot: z.string() });
/** Whoever makes a folder has written whose it is by then. */
const UNOWNED_MS = 60_000;

/** What a folder of this process holds as `owner.json`. */
export function ownerText(): string {
  return JSON.stringify(identityOf(process.pid));
}

/** Whether the process that made a folder is gone. */
export function isAbandoned(folder: string): boolean {
  try {
    return !isAlive(OwnerSchema.parse(JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8'))));
  } catch {
    const info = lstatSync(folder, { throwIfNoEntry: false });
    return info !== undefined && Date.now() - info.mtimeMs > UNOWNED_MS;
  }
}
