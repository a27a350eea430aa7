import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { identityOf, isAlive, type ProcessIdentity } from './identity.ts';

const MOST_MS = 10_000;
/** Work of this process waits in line here, and does not poll for a file that it has made itself. */
const lines = new Map<string, Promise<void>>();

/**
 * Does something while no other process of the account does it: whoever makes the file has the lock, and a file whose
 * owner is gone is nobody's. Throws after ten seconds of waiting.
 */
export function withLock(file: string, work: () => Promise<void>): Promise<void> {
  const mine = (lines.get(file) ?? Promise.resolve()).then(() => locked(file, work));
  const quiet = mine.catch(() => undefined);
  lines.set(file, quiet);
  void quiet.then(() => {
    if (lines.get(file) === quiet) lines.delete(file);
  });
  return mine;
}

async function locked(file: string, work: () => Promise<void>): Promise<void> {
  const own = JSON.stringify(identityOf(process.pid));
  const began = performance.now();
  for (let turn = 0; !(await made(file, own)); turn += 1) {
    if (performance.now() - began > MOST_MS) throw new Error(`${file} is held by another process for too long`);
    await breakIfDead(file);
    await pause(Math.min(2 + turn, 20));
  }
  try {
    await work();
  } finally {
    await unlink(file).catch(() => undefined);
  }
}

async function made(file: string, own: string): Promise<boolean> {
  try {
    await writeFile(file, own, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Of several who find it dead one moves it away; what it then holds may be somebody's who was quicker, and goes back. */
async function breakIfDead(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined || isHeld(text)) return;
  const aside = `${file}.${process.pid}.${Math.trunc(performance.now())}`;
  try {
    await rename(file, aside);
  } catch {
    return; // another one was quicker
  }
  if ((await readFile(aside, 'utf8').catch(() => undefined)) === text) await unlink(aside).catch(() => undefined);
  else await rename(aside, file).catch(() => undefined);
}

/** A file that is only just being written is held; so is one that cannot be understood, until the wait is over. */
function isHeld(text: string): boolean {
  try {
    return isAlive(JSON.parse(text) as ProcessIdentity);
  } catch {
    return true;
  }
}
