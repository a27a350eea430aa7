import { join } from 'node:path';
import type { ActionOf } from '../../../core/checkpoint/port.ts';
import type { ChangedPath, Stand } from '../../../shared/change.ts';
import { makePrivate } from '../../folders.ts';
import { writeManifest, type Kept } from '../manifest.ts';
import type { AroundCommands, SeenAround, SeenChange } from './aroundCommands.ts';
import type { Entry } from './entry.ts';

type Seen = NonNullable<SeenAround>;

/** What was seen around a command, as the log says it. */
export function changedPathsOf({ changes }: Seen): ChangedPath[] {
  return changes.map(({ root, path, before, after }) => ({
    path: `${root}/${path}`,
    before: standOf(before),
    after: standOf(after),
  }));
}

function standOf(entry: Entry | undefined): Stand {
  if (!entry) return { kind: 'absent' };
  const { kind, digest, size, mode } = entry;
  return {
    kind,
    ...(digest !== undefined && { digest }),
    ...(kind === 'file' && { size }),
    ...((kind === 'file' || kind === 'directory') && !entry.pointer && { mode }),
  };
}

/**
 * Puts by what stood at each of the paths before, and what stands there now: in files of the run's own, so that it goes
 * with the run. `givenToo`: also what stands there now. Resolves with the bytes that it takes.
 */
export async function depositSeen(
  { run, action }: ActionOf,
  { changes }: Seen,
  { around, runs, givenToo }: { around: AroundCommands; runs: string; givenToo: (bytes: number) => Promise<boolean> },
): Promise<number> {
  if (changes.length === 0) return 0;
  const folder = join(runs, run);
  await makePrivate(folder);
  const before = await kept(changes, 'before', { around, file: join(folder, `${action}.pack`) });
  await writeManifest(join(folder, `${action}.json`), before, 'durable');
  const given = changes.reduce((sum, { after }) => sum + (after?.kind === 'file' ? after.size : 0), 0);
  if (given > 0 && (await givenToo(given))) {
    const after = await kept(changes, 'after', { around, file: join(folder, `${action}.after.pack`) });
    await writeManifest(join(folder, `${action}.after.json`), after, 'soon');
  }
  return before.reduce((sum, { size }) => sum + (size ?? 0), 0);
}

async function kept(
  changes: readonly SeenChange[],
  side: 'before' | 'after',
  { around, file }: { around: AroundCommands; file: string },
): Promise<Kept[]> {
  const all: Kept[] = [];
  for (const root of new Set(changes.map((one) => one.root))) {
    const own = changes.filter((one) => one.root === root);
    const files = own.flatMap((one) => (one[side]?.kind === 'file' ? [one[side]] : []));
    const places = await around.deposit(root, file, files);
    const at = new Map(files.map((entry, index) => [entry, places[index]]));
    for (const one of own) {
      const entry = one[side];
      const found = keptOf(`${root}/${one.path}`, entry, entry && at.get(entry));
      if (found) all.push(found);
    }
  }
  return all;
}

function keptOf(path: string, entry: Entry | undefined, at: Entry['at']): Kept | undefined {
  if (!entry) return { path, kind: 'absent' };
  const { kind, mode, size, target, digest, closed, links, pointer, blob, text } = entry;
  if (pointer && kind === 'file') {
    if (digest === undefined || blob === undefined) return undefined;
    if (text !== undefined) return { path, kind, size, stands: digest, text };
    return at && { path, kind, size, stands: digest, blob, at };
  }
  switch (kind) {
    case 'link':
      return target === undefined ? undefined : { path, kind, target };
    case 'directory':
      return closed ? undefined : { path, kind, mode };
    case 'file':
      if (!at || digest === undefined) return undefined;
      return { path, kind, mode, size, blob: digest, at, ...(links > 1 && { names: links }) };
    case 'other':
      return undefined;
  }
}
