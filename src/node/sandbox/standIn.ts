import { accessSync, constants, mkdirSync, readdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { ToolFailure } from '../../core/outcome.ts';
import { parentOf } from '../../core/scope/spelling.ts';
import { bytesOfPath } from '../files/rawPath.ts';
import { bytesAt, entryAt } from './entries.ts';

export const StandInSchema = z.strictObject({
  path: z.string().startsWith('/'),
  kind: z.enum(['folder', 'file']),
  content: z.string(),
});

/** What stands for a protected path that does not exist while a command runs: a mount needs something to cover. */
export type StandIn = z.infer<typeof StandInSchema>;

/**
 * Whether a command could make something at a path: not on a file system that is mounted read-only, and not in a folder
 * of another account that is closed to this one.
 */
export function canBeMade(path: string): boolean {
  let folder = parentOf(path);
  while (folder !== '/' && !entryAt(folder)) folder = parentOf(folder);
  try {
    accessSync(bytesOfPath(folder), constants.W_OK);
    return true;
  } catch (error) {
    // A folder of its own a command can open.
    return codeOf(error) !== 'EROFS' && entryAt(folder)?.uid === BigInt(process.getuid?.() ?? 0);
  }
}

/** Why what can be made in the end cannot be made now: a folder of the account's own that it has closed to itself. */
export function whyNotNow({ path }: StandIn): string | undefined {
  const folder = parentOf(path);
  if (!entryAt(folder)) return undefined; // it is made before
  try {
    accessSync(bytesOfPath(folder), constants.W_OK);
    return undefined;
  } catch (error) {
    return notCovered(path, error);
  }
}

function notCovered(path: string, error: unknown): string {
  const fix = fixOf(codeOf(error), parentOf(path).toWellFormed());
  return `no command runs: ${path.toWellFormed()} is protected and cannot be covered while one does (${codeOf(error)}). ${fix}, or work in another folder`;
}

/** False where something is there by now. Throws `ToolFailure` where it cannot be made. */
export function make({ path, kind, content }: StandIn): boolean {
  try {
    if (kind === 'folder') mkdirSync(bytesOfPath(path));
    else writeFileSync(bytesOfPath(path), content, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new ToolFailure(notCovered(path, error));
  }
}

/** What a person can do about it, as the beginning of a sentence. */
function fixOf(code: string, folder: string): string {
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? `There is no room for it: free some space where ${folder} is`
    : `Make ${folder} writable for yourself`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Whether it still is as it was made: an empty folder, a file with exactly the stand-in's content. */
export function isAsMade({ path, kind, content }: StandIn): boolean {
  if (kind === 'folder') return tried(() => readdirSync(bytesOfPath(path)))?.length === 0;
  const wanted = Buffer.from(content);
  return tried(() => bytesAt(path, wanted.length + 1))?.equals(wanted) === true;
}

export function takeAway(standIn: StandIn): void {
  const bytes = bytesOfPath(standIn.path);
  if (standIn.kind === 'folder') tried(() => rmdirSync(bytes));
  else if (isAsMade(standIn)) tried(() => unlinkSync(bytes));
}

/** Undefined where it fails. */
export function tried<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
