import { hostname } from 'node:os';
import { sha256 } from '../files/hash.ts';

/** Stands for a folder of this machine, without naming it: witnesses outside need not know names. */
export function placeOf(dataFolder: string): string {
  return sha256(`${hostname()}\n${dataFolder}`).slice(0, 16);
}
