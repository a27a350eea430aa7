import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { sha256 } from '../files/hash.ts';

/** Stands for a folder of this machine, without naming it: witnesses outside need not know names. */
export function placeOf(dataFolder: string): string {
  return sha256(`${hostname()}\n${dataFolder}`).slice(0, 16);
}

/** Says beside a log that there is one, from the moment when it has its first event. */
export function begunFile(dataFolder: string): string {
  return join(dataFolder, 'audit.begun');
}

export function hasBegunLog(dataFolder: string): boolean {
  return existsSync(begunFile(dataFolder));
}
