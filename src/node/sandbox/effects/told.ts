import { readlinkSync } from 'node:fs';
import type { EffectAt } from '../../../core/sandbox/port.ts';
import { named } from '../../../shared/named.ts';
import type { Stand } from '../../../shared/change.ts';
import { sha256 } from '../../files/hash.ts';
import { bytesOfPath, textOfName } from '../../files/rawPath.ts';
import { bytesAt } from '../entries.ts';
import { Stretch } from '../stretch.ts';
import type { Step } from './applying.ts';
import type { Found } from './found.ts';
import type { ViewPlace } from './place.ts';
import type { Stood } from './stood.ts';

/** Files of more bytes are told by their size. */
const MOST_HASHED = 16 << 20;

/** What was found in one place, to be shown and to be done. */
export interface Told {
  changes: EffectAt[];
  steps: Step[];
  touched: number;
  leftOut: string[];
}

/** `isSetBack`: the modes of these folders are, after every command. */
export async function told(
  { path, lower, before }: ViewPlace,
  { now, root }: Found,
  isSetBack: (path: string) => boolean,
): Promise<Told> {
  const all: Told = { changes: [], steps: [], touched: 0, leftOut: [] };
  const stretch = new Stretch();
  for (const [below, will] of [...now].sort(([a], [b]) => (a < b ? -1 : 1))) {
    await stretch.rest();
    const was = before.entries.get(below);
    const at = `${path}/${below}`;
    if (will?.kind === 'other') {
      all.leftOut.push(`${named(at)} is a pipe, a socket or a device, and is not made.`);
      continue;
    }
    if (was?.kind === 'other' && !will) continue;
    const from = standOf(`${lower}/${below}`, was);
    const to = standOf(`${root}/${below}`, will);
    const isMode = was?.kind === will?.kind && was?.mode !== will?.mode && will?.kind !== 'link' && !isSetBack(at);
    const isOther = from.kind !== to.kind || !isSameContent(from, to, { was, will });
    const isTouched = !isOther && !isMode && will?.kind === 'file' && was?.mtime !== will.mtime;
    if (isOther || isMode) {
      const target = will?.kind === 'link' ? targetAt(`${root}/${below}`) : undefined;
      all.changes.push({ path: at, before: from, after: to, ...(target !== undefined && { target }) });
    }
    if (isTouched) all.touched += 1;
    const isClosed = will?.kind === 'directory' && (will.mode & 0o700) !== 0o700;
    if (isOther || isMode || isTouched || isClosed) all.steps.push({ below, was, will, isOther: isOther || isTouched });
    if (isOther && will && (was?.names ?? 1) > 1)
      all.leftOut.push(`${named(at)} is one file under several names: only this name is changed.`);
  }
  return all;
}

function isSameContent(
  from: Stand,
  to: Stand,
  { was, will }: { was: Stood | undefined; will: Stood | undefined },
): boolean {
  if (from.kind === 'directory' || from.kind === 'absent') return true;
  if (from.digest === undefined || to.digest === undefined)
    return was?.size === will?.size && was?.mtime === will?.mtime;
  return from.digest === to.digest;
}

function standOf(at: string, stood: Stood | undefined): Stand {
  if (!stood) return { kind: 'absent' };
  const { kind, mode, size } = stood;
  switch (kind) {
    case 'directory':
      return { kind, mode };
    case 'link':
      return { kind, digest: sha256(bytesOfPath(targetAt(at) ?? '')) };
    case 'file': {
      const bytes = size > MOST_HASHED ? undefined : readable(at);
      return { kind, mode, size, ...(bytes && { digest: sha256(bytes) }) };
    }
    case 'other':
      return { kind };
  }
}

/** Undefined where it is closed to this account: to the command it was, too. */
function readable(at: string): Buffer | undefined {
  try {
    return bytesAt(at, MOST_HASHED);
  } catch {
    return undefined;
  }
}

function targetAt(at: string): string | undefined {
  try {
    return textOfName(readlinkSync(bytesOfPath(at), { encoding: 'buffer' }));
  } catch {
    return undefined; // it changed meanwhile, and that is found out
  }
}
