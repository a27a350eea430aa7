import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { canonicalJson } from '../../src/shared/json.ts';
import { bodyOf, takeFrom, type Held, type Row } from './logAttacksRows.ts';
import type { World } from './logWorld.ts';
import type { Random } from './logWorldRandom.ts';
import { eventsOfRun } from './manyEvents.ts';

export const TARGETS = ['database', 'whole export', 'run export'] as const;
export type Target = (typeof TARGETS)[number];

/** One try of an attacker: a copy of a log, or of an export of it, and its events taken out. */
export interface Trial {
  world: World;
  random: Random;
  target: Target;
  /** Folder and file of the copy. */
  folder: string;
  file: string;
  /** Changed and put back, unless the attack works with the file itself. */
  held: Held;
  log: string;
}

/** What an attack did. `first`: the first event it is about, where that cannot be told from the rows. */
export interface Done {
  how: 'rows' | 'file';
  first?: number;
  /** An honest process refused to go on, and said so. */
  noticed?: boolean;
}

export interface Variant {
  name: string;
  keys: 'none' | 'process' | 'account';
  /** Where it can be made; everywhere, if not said. */
  on?: readonly Target[];
  /** False where it makes no sense in this world. */
  apply(trial: Trial): Done | false | Promise<Done | false>;
}

export const DATABASE: readonly Target[] = ['database'];
export const WHOLE: readonly Target[] = ['database', 'whole export'];

export function change(row: Row | undefined, random: Random): void {
  if (row) row.body = canonicalJson({ ...bodyOf(row), data: { ...bodyOf(row).data, forged: random.int(1, 1e9) } });
}

/** An event that never was, in the name of whoever wrote the one before. */
export function forged(like: Row | undefined, random: Random): Row {
  const data = { choice: 'approve', by: 'person', waitedMs: random.int(1, 10_000) };
  const from = like ? bodyOf(like) : undefined;
  const body = { v: 1, seq: (like?.seq ?? 0) + 1, time: from?.time ?? '', writer: from?.writer ?? '' };
  const text = canonicalJson({ ...body, type: 'answered', run: 'run-000001', action: 'run-000001-1', data });
  return { seq: body.seq, body: text, hash: '0'.repeat(64), salt: null, payload: null };
}

export const FILE: Done = { how: 'file' };
export const ROWS: Done = { how: 'rows' };

/** An honest process that goes on with what it finds: false where it said that it cannot. */
export function goOn(folder: string, events: number): boolean {
  const store = new AuditStore(join(folder, 'audit.db'), identityOf(process.pid));
  try {
    for (const event of eventsOfRun(77, 60).slice(0, events)) store.append(event);
    return true;
  } catch {
    return false;
  } finally {
    store.close();
  }
}

export const last = (rows: readonly Row[]): number => rows.at(-1)?.seq ?? 0;

/** Events of another log: of the same account where its folder is given, else of somebody else's. */
export function otherLog(account: string | undefined, folder: string): Row[] {
  const data = account === undefined ? folder : join(folder, 'other');
  mkdirSync(data, { recursive: true });
  if (account !== undefined) copyFileSync(join(account, 'account.key'), join(data, 'account.key'));
  goOn(data, 40);
  return takeFrom(join(data, 'audit.db'), 'database').rows;
}
