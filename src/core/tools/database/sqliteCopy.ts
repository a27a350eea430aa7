import type { SqliteFile } from '../../database/sqlite.ts';
import { ToolFailure } from '../../outcome.ts';
import { bytesWords } from '../../../shared/bytesWords.ts';
import { standText } from './whichDatabase.ts';
import type { CallContext } from '../tool.ts';

/** So large a database is read, and so large a one is changed: each is copied whole. */
export const [MOST_READ, MOST_CHANGED] = [256 * 1024 ** 2, 64 * 1024 ** 2];

/** A copy of a database on its way to SQLite. */
export interface SqliteCopy {
  files: SqliteFile[];
  /** Whether all of it stood still while it was taken: what is put together of two states is no answer. Undefined before. */
  isWhole(): boolean | undefined;
}

/**
 * A database as it stands now, with what its last writers have not yet brought into it (`-wal`, `-journal`): without
 * that an answer would be stale, or half of a change. @throws ToolFailure where it is too large, or not there.
 */
export async function sqliteCopy(path: string, { files, scope }: CallContext): Promise<SqliteCopy> {
  const onDisk = files.onDisk();
  const stands = async (): Promise<{ suffix: SqliteFile['suffix']; size: number; stand: string }[]> => {
    const found = [];
    for (const suffix of ['', '-wal', '-journal'] as const) {
      const image = await onDisk.preImage(path + suffix);
      if (image.kind !== 'file' && image.kind !== 'absent')
        throw new ToolFailure(`${scope.shown(path + suffix)} is no file: this database is not touched`);
      found.push({ suffix, size: image.size ?? 0, stand: standText(image) });
    }
    return found;
  };
  const before = await stands();
  if (before[0]?.stand.startsWith('file') !== true)
    throw new ToolFailure(`${scope.shown(path)} is not there; find_files finds names`);
  const size = before.reduce((sum, one) => sum + one.size, 0);
  if (size > MOST_READ)
    throw new ToolFailure(
      `${scope.shown(path)} is ${bytesWords(size)}; at most ${bytesWords(MOST_READ)} are read in this version`,
    );
  let isWhole: boolean | undefined;
  const given = before.filter((one) => one.suffix === '' || one.size > 0);
  const copy = given.map(({ suffix, size: length }, index): SqliteFile => {
    const isLast = index === given.length - 1;
    async function* chunks(): AsyncIterable<Uint8Array> {
      yield* onDisk.chunks(path + suffix);
      // Each was read before this and is read again after it: what is the same both times stood so in between.
      if (isLast) isWhole = JSON.stringify(await stands()) === JSON.stringify(before);
    }
    return { suffix, size: length, chunks: chunks() };
  });
  return { files: copy, isWhole: () => isWhole };
}

/** Does work on a copy that is whole; tries again while somebody writes. @throws ToolFailure where that does not end. */
export async function onWholeCopy<T>(
  path: string,
  context: CallContext,
  work: (copy: readonly SqliteFile[]) => Promise<T>,
): Promise<T> {
  for (let tries = 0; tries < 4; tries += 1) {
    const copy = await sqliteCopy(path, context);
    const outcome = await work(copy.files).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    context.signal.throwIfAborted();
    const isWhole = copy.isWhole();
    if (isWhole === false) continue;
    if ('error' in outcome) throw outcome.error;
    if (isWhole === true) return outcome.value;
  }
  throw new ToolFailure(`${context.scope.shown(path)} keeps changing while it is read; another program writes to it`);
}
