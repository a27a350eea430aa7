import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure } from '../core/outcome.ts';

/** Writes a text into a file that is not there yet: all of it, or none. Never over one that is: it may be the only copy. */
export function writeNew(named: string, text: string): void {
  const file = resolve(named);
  let target: number;
  try {
    target = openSync(file, 'wx', 0o600);
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    throw isThere ? new Failure(`${named} exists already; choose another name`) : error;
  }
  let isWhole = false;
  try {
    let rest: Buffer = Buffer.from(text);
    while (rest.length > 0) rest = rest.subarray(writeSync(target, rest));
    isWhole = true;
  } finally {
    closeSync(target);
    if (!isWhole) rmSync(file, { force: true });
  }
}
