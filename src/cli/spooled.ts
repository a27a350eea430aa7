import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Failure } from '../core/outcome.ts';

const MOST_BYTES = 4 * 2 ** 30;

/** A file that can be read more than once. */
export interface Spooled extends Disposable {
  file: string;
}

/**
 * What a person named: a file as it is; standard input (`-`) or a pipe, which can be read once only, as a copy in a folder
 * of its own that is gone afterwards. Throws a sentence where it is neither.
 */
export async function spooled(named: string): Promise<Spooled> {
  const file = resolve(named);
  const info = named === '-' ? undefined : statSync(file, { throwIfNoEntry: false });
  if (named !== '-') {
    if (!info) throw new Failure(`${named} is not there`);
    if (info.isDirectory()) throw new Failure(`${named} is a folder`);
    if (info.isFile()) return { file, [Symbol.dispose]: () => undefined };
    if (!info.isFIFO() && !info.isSocket()) throw new Failure(`${named} is neither a file nor a pipe`);
  }
  // A relative TMPDIR would mean the folder that one stands in.
  const folder = mkdtempSync(join(isAbsolute(tmpdir()) ? tmpdir() : '/tmp', 'oversign-read-'));
  const copy = join(folder, 'copy');
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const source: Readable = named === '-' ? process.stdin : createReadStream(file);
    await pipeline(source, atMost(named), createWriteStream(copy, { mode: 0o600 }));
    return { file: copy, [Symbol.dispose]: remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function atMost(named: string): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      bytes += chunk.length;
      done(bytes > MOST_BYTES ? new Failure(`${named} has more than ${MOST_BYTES / 2 ** 30} GB`) : null, chunk);
    },
  });
}
