import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  opendirSync,
  readSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { WANTS } from '../../core/presence/elsewhere.ts';
import { sha256 } from '../files/hash.ts';
import { makePrivate } from '../folders.ts';

const MOST_BYTES = 4096;
/** No more entries of the folder than this are looked at in one go, and no more requests taken. */
const MOST_ENTRIES = 1000;
const MOST_REQUESTS = 8;

/** THE format of a request on disk. */
const RequestSchema = z.strictObject({
  version: z.literal(1),
  run: z.string().max(200),
  /** Stands for exactly the process that is asked. */
  holder: z.string().max(200),
  want: z.enum(WANTS),
  /** Where the person is who wants it. */
  at: z.enum(['editor', 'terminal']),
  place: z.string().max(200),
});
export type Request = z.infer<typeof RequestSchema>;

/**
 * Requests between processes of an account, as files of a folder that only the account may enter. One is taken where it
 * is the account's own and nobody else's to write, and is gone then.
 */
export class RequestFiles {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'requests');
  }

  /** Returns what takes it back. */
  async write(request: Request): Promise<() => void> {
    await makePrivate(this.#folder);
    const file = join(this.#folder, `${keyOf(request)}.${randomUUID()}.json`);
    writeFileSync(`${file}.new`, JSON.stringify(request), { mode: 0o600, flag: 'wx' });
    renameSync(`${file}.new`, file);
    return () => {
      remove(file);
    };
  }

  /** Requests of a run to its holder, which are theirs from then on. */
  take(of: Pick<Request, 'run' | 'holder'>): Request[] {
    const taken: Request[] = [];
    for (const name of this.#names(`${keyOf(of)}.`)) {
      const request = read(join(this.#folder, name));
      remove(join(this.#folder, name));
      if (request?.run === of.run && request.holder === of.holder) taken.push(request);
    }
    return taken;
  }

  #names(prefix: string): string[] {
    const names: string[] = [];
    try {
      if (!isOwn(lstatSync(this.#folder), 'folder')) return [];
      using folder = opendirSync(this.#folder);
      for (let count = 0; count < MOST_ENTRIES && names.length < MOST_REQUESTS; count += 1) {
        const entry = folder.readSync();
        if (!entry) break;
        if (entry.name.startsWith(prefix) && entry.name.endsWith('.json')) names.push(entry.name);
      }
    } catch {
      // nobody has asked for anything yet
    }
    return names;
  }
}

function keyOf({ run, holder }: Pick<Request, 'run' | 'holder'>): string {
  return sha256(`${run}\n${holder}`).slice(0, 32);
}

/** Undefined where it is not what this account writes. */
function read(file: string): Request | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const info = fstatSync(descriptor);
    if (!isOwn(info, 'file') || info.size > MOST_BYTES) return undefined;
    const bytes = Buffer.alloc(MOST_BYTES);
    const length = readSync(descriptor, bytes, 0, MOST_BYTES, 0);
    return RequestSchema.parse(JSON.parse(bytes.toString('utf8', 0, length)));
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Where there are accounts as POSIX has them: of this one, and of no other name or use to anybody else. */
function isOwn(info: Stats, kind: 'file' | 'folder'): boolean {
  if (kind === 'file' ? !info.isFile() || info.nlink !== 1 : !info.isDirectory()) return false;
  const account = process.getuid?.();
  return account === undefined || (info.uid === account && (info.mode & 0o077) === 0);
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    // gone, or not to be taken away: then it is refused again
  }
}
