import {
  appendFileSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { gitPointerOf } from '../../../core/checkpoint/gitPointer.ts';
import { sha256 } from '../../files/hash.ts';
import { HAS_OPEN_LOOKUP } from '../../files/openTree.ts';
import {
  isSameEntry,
  isUntouched,
  lineOf,
  parsedLine,
  type Entry,
  type PackPlace,
  type Seen,
  type TreeStep,
} from './entry.ts';
import { gitEntriesIn, ofKnownRepositories } from './gitEntries.ts';
import { Pack } from './pack.ts';
import { scanTree, seenOf, type ScanLimits } from './scan.ts';

/** What a look found, before anything is read. */
export interface TreeLook {
  isTooMuch: boolean;
  leftOut: string[];
  /** As in a scan. */
  linked: string[];
  /** `.git` folders. */
  repositories: string[];
  /** Files and links that must be read. */
  unread: string[];
  /** What was not there at the settling before. */
  made: string[];
}

/** Kernels count times in steps: what changed so shortly before it was read may change again within the same step. */
const STEP_MS = 50;
/** The file of entries is written anew when it holds so many times as many lines as there are entries, and some. */
const WORN = 3;
const WORN_AT_LEAST = 5000;
/** A pack of so many bytes of which not half is in use any more is begun anew. */
const WASTE_BYTES = 64 << 20;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * What stands below a folder, with the bytes of every file, in a folder of Oversign's own: `entries.jsonl`, of which the
 * last line of a path counts, and `pack`. Both only grow, so that a process that is killed leaves them as good as they
 * were. `look`, `keep` for what it says is unread, `settle`: in this order.
 */
export class KeptTree {
  readonly #root: string;
  readonly #folder: string;
  /** May change from look to look: what was covered before, or is now, and not both, is no change (settle). */
  limits: ScanLimits;
  readonly #pack: Pack;
  #entries = new Map<string, Entry>();
  #contents = new Map<string, PackPlace>();
  #lines = 0;
  /** Which file of entries was read, as far as it went then. */
  #read: { ino: number; size: number } | undefined;
  #seen = new Map<string, Seen>();
  #fresh = new Map<string, Entry>();

  constructor(root: string, folder: string, limits: ScanLimits) {
    this.#root = root;
    this.#folder = folder;
    this.limits = limits;
    this.#pack = new Pack(join(folder, 'pack'));
  }

  /** `mayBeginAnew`: nobody needs what stood there earlier. */
  look(mayBeginAnew: boolean): TreeLook {
    this.#load(mayBeginAnew);
    const { seen, leftOut, linked, repositories, isTooMuch } = scanTree(this.#root, this.limits);
    this.#seen = seen;
    this.#fresh = new Map();
    if (isTooMuch) return { isTooMuch, leftOut: [], linked, repositories: [], unread: [], made: [] };
    const unread: string[] = [];
    const made = [...seen.keys()].filter((path) => !this.#entries.has(path));
    for (const [path, now] of seen) {
      if ((now.kind !== 'file' && now.kind !== 'link') || now.closed) continue;
      const known = this.#entries.get(path);
      if (!known || known.hasty || known.digest === undefined || !isUntouched(known, now)) unread.push(path);
    }
    leftOut.push(...this.#lookAtGit(repositories));
    return { isTooMuch, leftOut, linked, repositories, unread, made };
  }

  /** Reads these, and keeps what they hold. One that cannot be read is not kept. */
  keep(paths: readonly string[]): void {
    for (const path of paths) {
      const entry = this.#readAt(path);
      if (entry) this.#fresh.set(path, entry);
    }
  }

  /**
   * Takes what was looked at for what stands there, durably, and says what of it is another thing than before. What is
   * `ignored` is not really there.
   */
  settle(ignored: readonly string[]): TreeStep[] {
    for (const path of ignored) this.#seen.delete(path);
    const wasClosed = new Set([...this.#entries].flatMap(([path, entry]) => (isCovered(entry) ? [] : [path])));
    const isClosed = new Set([...this.#seen].flatMap(([path, entry]) => (isCovered(entry) ? [] : [path])));
    const steps: TreeStep[] = [];
    const lines: string[] = [];
    for (const [path, now] of this.#seen) {
      const before = this.#entries.get(path);
      const fresh = this.#fresh.get(path);
      if (before && !fresh && isUntouched(before, now) && !before.hasty) continue;
      const after: Entry = fresh ?? now;
      if (!isSameEntry(before, after) && (before || after.pointer || !isBelow(path, wasClosed)))
        steps.push({ path, ...(before && { before }), after });
      this.#entries.set(path, after);
      lines.push(lineOf(path, after));
    }
    for (const [path, before] of this.#entries)
      if (!this.#seen.has(path)) {
        if (before.pointer || !isBelow(path, isClosed)) steps.push({ path, before });
        this.#entries.delete(path);
        lines.push(lineOf(path, undefined));
      }
    this.#pack.sync();
    this.#append(lines);
    this.#seen = new Map();
    this.#fresh = new Map();
    return ofKnownRepositories(steps);
  }

  /** Where git stands is kept at once: it is little. What of it cannot be. */
  #lookAtGit(repositories: readonly string[]): string[] {
    const known = (path: string): Entry | undefined => this.#entries.get(path);
    const { entries, leftOut } = gitEntriesIn(this.#root, repositories, {
      known,
      keep: (bytes, blob) => {
        const place = this.#contents.get(blob) ?? this.#pack.append(bytes);
        this.#contents.set(blob, place);
        return place;
      },
    });
    for (const [path, entry] of entries) {
      this.#seen.set(path, entry);
      if (entry !== known(path)) this.#fresh.set(path, entry);
    }
    return leftOut;
  }

  /** Takes these as they stand now, and says nothing of it: it is known who changed them. */
  adopt(paths: readonly string[]): void {
    this.#load(false);
    const lines: string[] = [];
    for (const path of paths)
      for (const below of [path, ...[...this.#entries.keys()].filter((one) => one.startsWith(`${path}/`))]) {
        if (gitPointerOf(`${this.#root}/${below}`) || this.#entries.get(below)?.pointer) continue;
        const info = statOf(`${this.#root}/${below}`);
        const entry = info && (info.isFile() || info.isSymbolicLink() ? this.#readAt(below) : seenOf(info));
        if (entry) this.#entries.set(below, entry);
        else this.#entries.delete(below);
        lines.push(lineOf(below, entry));
      }
    this.#append(lines);
  }

  /** Puts the bytes of these entries into a pack of their own. Those that are damaged here are left out. */
  deposit(file: string, entries: readonly Entry[]): (PackPlace | undefined)[] {
    const pack = new Pack(file);
    try {
      const places = entries.map(({ at, digest, blob = digest }) =>
        at !== undefined && blob !== undefined && this.#pack.read(at, blob) !== undefined
          ? pack.appendFrom(this.#pack, at)
          : undefined,
      );
      pack.sync();
      return places;
    } finally {
      pack.close();
    }
  }

  close(): void {
    this.#pack.close();
  }

  get #file(): string {
    return join(this.#folder, 'entries.jsonl');
  }

  /** Another process may have gone on with it since. */
  #load(mayBeginAnew: boolean): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const info = statSync(this.#file, { throwIfNoEntry: false });
    if (info && info.ino === this.#read?.ino && info.size === this.#read.size) return;
    this.#pack.close(); // it may be another file by now
    this.#entries = new Map();
    this.#contents = new Map();
    this.#lines = 0;
    for (const line of info ? readFileSync(this.#file, 'utf8').split('\n') : []) {
      const parsed = line === '' ? undefined : parsedLine(line);
      if (line !== '') this.#lines += 1;
      if (!parsed) continue;
      const [path, entry] = parsed;
      if (entry) this.#entries.set(path, entry);
      else this.#entries.delete(path);
    }
    for (const { digest, blob = digest, at } of this.#entries.values()) if (blob && at) this.#contents.set(blob, at);
    this.#read = info && { ino: info.ino, size: info.size };
    if (mayBeginAnew) this.#beginAnewIfWasted();
  }

  #beginAnewIfWasted(): void {
    const used = [...this.#contents.values()].reduce((sum, { length }) => sum + length, 0);
    if (this.#pack.size < WASTE_BYTES || used * 2 > this.#pack.size) return;
    this.#pack.close();
    for (const name of ['entries.jsonl', 'pack']) rmSync(join(this.#folder, name), { force: true });
    this.#entries = new Map();
    this.#contents = new Map();
    this.#read = undefined;
    this.#lines = 0;
  }

  #append(lines: readonly string[]): void {
    if (lines.length === 0 && this.#read) {
      const now = new Date();
      utimesSync(this.#file, now, now); // it is in use
      return;
    }
    if (this.#lines + lines.length > WORN_AT_LEAST + this.#entries.size * WORN) this.#rewrite();
    else {
      // What a killed process has left of a line ends here.
      appendFileSync(this.#file, `\n${lines.join('')}`, { mode: 0o600, flush: true });
      const { ino, size } = statSync(this.#file);
      this.#read = { ino, size };
      this.#lines += lines.length;
    }
  }

  #rewrite(): void {
    const temporary = `${this.#file}.tmp`;
    const text = [...this.#entries].map(([path, entry]) => lineOf(path, entry)).join('');
    writeFileSync(temporary, text, { mode: 0o600, flush: true });
    renameSync(temporary, this.#file);
    const { ino, size } = statSync(this.#file);
    this.#read = { ino, size };
    this.#lines = this.#entries.size;
  }

  #readAt(path: string): Entry | undefined {
    try {
      const at = `${this.#root}/${path}`;
      const info = statOf(at);
      if (info?.isSymbolicLink()) {
        const target = readlinkSync(at);
        return { ...seenOf(info), target, digest: sha256(target), ...hastily(info) };
      }
      return info?.isFile() ? this.#readFile(at) : undefined;
    } catch {
      return undefined; // gone, or not ours to read
    }
  }

  #readFile(at: string): Entry | undefined {
    const fd = openSync(at, READ);
    try {
      const info = fstatSync(fd);
      if (!info.isFile() || info.size > this.limits.fileBytes) return undefined;
      // A folder on the way may have been swapped for a link since: what stands elsewhere is kept for nobody.
      if (HAS_OPEN_LOOKUP && readlinkSync(`/proc/self/fd/${fd}`) !== at) return undefined;
      const bytes = Buffer.alloc(info.size + 1);
      let size = 0;
      while (size < bytes.length) {
        const read = readSync(fd, bytes, size, bytes.length - size, size);
        if (read === 0) break;
        size += read;
      }
      const after = fstatSync(fd);
      const content = bytes.subarray(0, size);
      const digest = sha256(content);
      const place = this.#contents.get(digest) ?? this.#pack.append(content);
      this.#contents.set(digest, place);
      const isStill = size === info.size && after.ctimeMs === info.ctimeMs;
      return { ...seenOf(after), size, digest, at: place, ...(isStill ? hastily(after) : { hasty: true }) };
    } finally {
      closeSync(fd);
    }
  }
}

/** False of a folder that is not looked into. */
function isCovered({ kind, closed }: Seen): boolean {
  return kind !== 'directory' || closed !== true;
}

function isBelow(path: string, folders: ReadonlySet<string>): boolean {
  if (folders.size === 0) return false;
  for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1))
    if (folders.has(path.slice(0, cut))) return true;
  return false;
}

function statOf(at: string): Stats | undefined {
  return lstatSync(at, { throwIfNoEntry: false });
}

function hastily({ ctimeMs }: Stats): { hasty?: true } {
  return Date.now() - ctimeMs < STEP_MS ? { hasty: true } : {};
}
