import { join } from 'node:path';
import { parentOf } from '../../../core/scope/spelling.ts';
import { bytesAt, entryAt } from '../entries.ts';
import type { NearFolder } from './near.ts';
import { existing, hasMarker } from './places.ts';
import type { Around } from './shape.ts';
import { CACHES, GO } from './table.ts';

/** Variables by which tools find what commands see of their stores, and get along with what stands in for a repository. */
export function variablesOf(
  roots: readonly string[],
  near: readonly NearFolder[],
  around: Around,
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const kind of CACHES)
    if (kind.readBy !== undefined && hasMarker(near, kind.marker))
      for (const { real } of existing(kind, around)) found[kind.readBy] = parentOf(real);
  // Where there is no repository, an empty folder keeps commands from making one: Go takes it for one (`go help buildvcs`).
  if (hasMarker(near, GO) && roots.some((root) => !hasRepository(root)))
    found['GOFLAGS'] = [...ownFlags(around), '-buildvcs=false'].join(' ');
  return found;
}

function hasRepository(root: string): boolean {
  return entryAt(`${root}/.git/HEAD`) !== undefined || entryAt(`${root}/.git`)?.isFile() === true;
}

/** The variable has the last word over the file of settings, which commands see (table.ts). */
function ownFlags({ home }: Around): string[] {
  try {
    const text = bytesAt(join(home, '.config/go/env'), 65_536)?.toString('utf8') ?? '';
    const flags = /^GOFLAGS=(.*)$/m.exec(text)?.[1]?.trim() ?? '';
    return flags === '' ? [] : [flags];
  } catch {
    return [];
  }
}
