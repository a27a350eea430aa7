import { createHash, randomUUID } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { identityOf, isAlive, type ProcessIdentity } from './identity.ts';
import type { Lives } from './lives.ts';
import { Failure } from '../../core/outcome.ts';

const MOST_MS = 10_000;
/** What cannot be understood may be only just being written (a file of an older Oversign): so long it counts as held. */
const UNCLEAR_MS = 1_000;
/** Work of this process waits in line here, and does not poll for a lock that it has made itself. */
const lines = new Map<string, Promise<unknown>>();
/** Where this process has cleared up after others already. */
const swept = new Set<string>();

/**
 * Does something while no other process of the account does it: whoever makes the lock has it, and one whose owner is
 * gone is nobody's. Throws after ten seconds of waiting. `lives` knows of processes in other PID namespaces.
 *
 * The lock is a symbolic link to nowhere whose text names the owner: symlink(2) makes it whole or not at all, in one
 * step, so that a kill -9 leaves no lock without an owner behind. Everything here is a few microseconds of the kernel's
 * time, less than a way through the thread pool, and so it is synchronous.
 */
export function withLock<T>(
  file: string,
  work: () => T | Promise<T>,
  lives: Pick<Lives, 'isAlive'> = { isAlive },
): Promise<T> {
  const mine = (lines.get(file) ?? Promise.resolve()).then(() => locked(file, work, lives));
  const quiet = mine.catch(() => undefined);
  lines.set(file, quiet);
  void quiet.then(() => {
    if (lines.get(file) === quiet) lines.delete(file);
  });
  return mine;
}

let identity: ProcessIdentity | undefined;

async function locked<T>(file: string, work: () => T | Promise<T>, lives: Pick<Lives, 'isAlive'>): Promise<T> {
  identity ??= identityOf(process.pid);
  const own = JSON.stringify({ ...identity, turn: randomUUID() });
  const began = performance.now();
  const unclear = new Map<string, number>();
  const isDead = ({ owner }: Found): boolean => owner !== undefined && !lives.isAlive(owner);
  const isNobodys = (found: Found): boolean => {
    const { key, owner } = found;
    if (owner) return isDead(found);
    const since = unclear.get(key) ?? performance.now();
    unclear.set(key, since);
    return performance.now() - since > UNCLEAR_MS;
  };
  let hasBroken = false;
  for (let turn = 0; !made(file, own); turn += 1) {
    if (performance.now() - began > MOST_MS) throw new Failure(`${file} is held by another process for too long`);
    if (breakOpen(file, file, own, isNobodys)) hasBroken = true;
    else await pause(Math.min(2 + turn, 20));
  }
  try {
    if (hasBroken || !swept.has(file)) sweep(file, own, isDead);
    swept.add(file);
    return await work();
  } finally {
    if (textAt(file) === own) takeAway(file);
  }
}

function made(path: string, own: string): boolean {
  try {
    symlinkSync(own, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * Takes away what stands at `path` if it is nobody's; tells whether it did. Between looking and taking away another
 * one may have done so and a third may hold the lock by then. So only its owner takes a lock away, or whoever holds
 * the claim to exactly that one, which is a lock itself, named after what it is about: no two locks are alike, and while
 * I hold the claim nobody else takes away the one that I looked at. A dead claim is broken by the same rule.
 */
function breakOpen(file: string, path: string, own: string, isNobodys: (found: Found) => boolean): boolean {
  const found = lookAt(path);
  if (!found || !isNobodys(found)) return false;
  const claim = `${file}.${found.key}`;
  if (!made(claim, own) && !(breakOpen(file, claim, own, isNobodys) && made(claim, own))) return false;
  try {
    if (lookAt(path)?.key !== found.key) return false;
    takeAway(path);
    return true;
  } finally {
    takeAway(claim);
  }
}

function takeAway(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') rmSync(path, { recursive: true, force: true }); // a folder, whoever made it
  }
}

/** Claims whose owners were killed over them. */
function sweep(file: string, own: string, isDead: (found: Found) => boolean): void {
  for (const name of readdirSync(dirname(file)))
    if (name.startsWith(`${basename(file)}.`)) breakOpen(file, join(dirname(file), name), own, isDead);
}

interface Found {
  /** The same for the same lock, and for no other one. */
  key: string;
  /** Undefined where it cannot be told. */
  owner?: ProcessIdentity;
}

function lookAt(path: string): Found | undefined {
  const text = textAt(path);
  const owner = text === undefined ? undefined : ownerIn(text);
  if (text !== undefined && owner)
    return {
      key: createHash('sha256').update(text).digest('hex').slice(0, 32),
      owner,
    };
  const info = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  return info && { key: `${info.dev}-${info.ino}-${info.ctimeNs}` };
}

/** An older Oversign's lock is a file with the text in it. */
function textAt(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    try {
      return lstatSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;
    } catch {
      return undefined; // gone meanwhile
    }
  }
}

function ownerIn(text: string): ProcessIdentity | undefined {
  try {
    const said = JSON.parse(text) as Partial<Record<keyof ProcessIdentity, unknown>> | null;
    const { pid, start, boot } = said ?? {};
    // Numbers of 0 and below mean groups of processes, and somebody is always in those (kill(2)).
    const isNumber = typeof pid === 'number' && Number.isSafeInteger(pid) && pid > 0;
    return isNumber && typeof start === 'string' && typeof boot === 'string' ? { pid, start, boot } : undefined;
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
