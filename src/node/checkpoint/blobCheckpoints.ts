import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Action, PreImage } from '../../shared/action.ts';
import type {
  ActionOf,
  Changes,
  Checkpoint,
  Checkpoints,
  CommandPlace,
  Done,
  Footprint,
  Foreseen,
  NotedChange,
  RevertPlan,
  Undo,
} from '../../core/checkpoint/port.ts';
import { ToolFailure } from '../../core/outcome.ts';
import { gitPointerOf, type GitPointer } from '../../core/checkpoint/gitPointer.ts';
import type { ChangedPath } from '../../shared/change.ts';
import { isInside } from '../../core/scope/spelling.ts';
import { asFailure } from '../files/openTree.ts';
import { isByIdentity, isSame, preImageAt } from '../files/preImage.ts';
import { makePrivate } from '../folders.ts';
import { pointerAt } from '../git/pointers.ts';
import { Blobs } from './blobs.ts';
import { Foresight, MOST_FILES } from './foresight.ts';
import { KeptRoom, MOST_OF_RUN } from './keptRoom.ts';
import { readManifest, writeManifest, type Kept } from './manifest.ts';
import { ChangedLists } from './changedLists.ts';
import { OpenNotes } from './openNotes.ts';
import { changedSince } from './changedSince.ts';
import { revertPlan } from './revertPlan.ts';
import { withoutPruned } from './pruned.ts';
import { AroundCommands, type SeenAround } from './tree/aroundCommands.ts';
import { Pack } from './tree/pack.ts';
import { SCAN_LIMITS, type ScanLimits } from './tree/scan.ts';
import { changedPathsOf, depositSeen } from './tree/seenAround.ts';

/** A text larger than this is not shown. */
const MOST_SHOWN = 5 << 20;

/** How far the workspace is looked through around commands, and what of it is there for the sandbox's sake alone. */
interface Seeing {
  limits?: ScanLimits;
  isStandIn?: (path: string) => boolean;
}

/**
 * Pre-images as files in the data folder: `blobs/AB/REST` by SHA-256, and one manifest an action under
 * `checkpoints/RUN/ACTION.json`. Both are on disk before `begin` resolves. What files were given lies there too
 * (`ACTION.after.json`), for whoever compares, as far as there is room. What commands changed has its bytes in packs
 * beside their manifests (`ACTION.pack`), from what is kept of the whole workspace (tree/).
 */
export class BlobCheckpoints implements Checkpoints {
  readonly #folder: string;
  readonly #blobs: Blobs;
  readonly #room: KeptRoom;
  readonly #around: AroundCommands;
  readonly #notes: OpenNotes;
  readonly #lists: ChangedLists;
  /** The manifest that was read last, by path: a revert asks for one path after the other. */
  #last: { file: string; at: number; byPath: ReadonlyMap<string, Kept> } | undefined;

  constructor(dataFolder: string, mostOfRun = MOST_OF_RUN, seeing: Seeing = {}) {
    this.#folder = dataFolder;
    this.#blobs = new Blobs(dataFolder);
    this.#room = new KeptRoom(mostOfRun);
    this.#notes = new OpenNotes(dataFolder);
    this.#lists = new ChangedLists(dataFolder);
    this.#around = new AroundCommands(dataFolder, seeing.limits ?? SCAN_LIMITS, seeing.isStandIn);
  }

  foreseeAnything(place: CommandPlace): Promise<Foreseen> {
    return this.#around.foresee(place);
  }

  prepare(place: CommandPlace): Promise<void> {
    return this.#around.prepare(place);
  }

  async finishBrokenOff(place: CommandPlace): Promise<{ of: ActionOf; changes: Changes }[]> {
    const done: { of: ActionOf; changes: Changes }[] = [];
    const inPlace = (roots: readonly string[]): boolean => roots.every((root) => place.roots.includes(root));
    const left = await this.#notes.abandoned();
    const running = left.flatMap(({ of, roots, ended }) => (roots && !ended && inPlace(roots) ? [{ of, roots }] : []));
    if (running.length > 0)
      await this.#around.finish(running, place, async (of, seen) => {
        if (seen) await this.#deposit(of, seen);
        const changes = await this.#listed(of, changesOf(seen));
        if (changes.extent === 'seen') await this.#notes.ended(of, changes);
        done.push({ of, changes });
      });
    for (const { of, roots, ended } of left) {
      if (ended) done.push({ of, changes: ended });
      else if (!roots) {
        const kept = (await readManifest(this.#manifest(of, 'before'))) ?? [];
        const isHere = kept.every(({ path }) => place.roots.some((root) => isInside(root, path)));
        if (isHere) done.push({ of, changes: { extent: 'seen', paths: await changedSince(kept), leftOut: [] } });
      }
    }
    return done;
  }

  /** Without its list an action of many paths cannot be reverted; what it changed is told all the same. */
  #listed<C extends Changes>(of: ActionOf, changes: C): Promise<C> {
    return this.#lists.kept(of, changes).catch(() => changes);
  }

  list(of: ActionOf, digest: string): Promise<readonly ChangedPath[] | undefined> {
    return this.#lists.read(of, digest);
  }

  recorded(of: ActionOf): Promise<void> {
    return this.#notes.remove(of);
  }

  async foresee(run: string, paths: readonly string[]): Promise<Undo> {
    const foresight = new Foresight();
    for (const path of paths) {
      const why = await foresight.hindrance(path);
      if (why !== undefined) return { kind: 'none', why };
    }
    const { bytes } = foresight;
    const fits = bytes === 0 || bytes <= (await this.#room.left(run, this.#manifestsOf(run)));
    return fits ? { kind: 'whole' } : { kind: 'none', why: 'too large' };
  }

  async begin(
    of: ActionOf,
    footprint: Footprint,
    { undo, place }: { undo: Action['undo']; place: CommandPlace },
  ): Promise<Checkpoint> {
    if (footprint.kind === 'anything') return this.#beginAnything(of, place);
    const isKept = footprint.kind === 'paths' && footprint.before.length > 0 && undo === 'whole';
    const kept = isKept ? await this.#keep(of, footprint.before) : undefined;
    if (kept) await this.#notes.begin(of);
    return {
      kept,
      end: async (noted): Promise<Changes> => {
        // For whoever compares; without it nothing is lost but that.
        await this.#keepGiven(of, noted).catch(() => undefined);
        await this.#around.adopt(noted.map(({ path }) => path)).catch(() => undefined);
        const paths = noted.map(({ content: _given, ...change }) => change);
        return this.#listed(of, { extent: 'exact', paths });
      },
    };
  }

  async #beginAnything(of: ActionOf, place: CommandPlace): Promise<Checkpoint> {
    await this.#around.begin(of, place);
    await this.#notes.begin(of, place.roots);
    return {
      kept: undefined,
      end: () =>
        this.#around
          .end(of, place, (seen) => this.#deposit(of, seen))
          .then(async (seen) => {
            const changes = await this.#listed(of, changesOf(seen));
            if (changes.extent === 'seen') await this.#notes.ended(of, changes);
            return changes;
          })
          .catch(() => ({ extent: 'unknown' as const })),
    };
  }

  async #deposit(of: ActionOf, seen: NonNullable<SeenAround>): Promise<void> {
    const folder = this.#manifestsOf(of.run);
    const bytes = await depositSeen(of, seen, {
      around: this.#around,
      runs: join(this.#folder, 'checkpoints'),
      givenToo: (given) => this.#room.isHalfFree(of.run, folder, given),
    });
    await this.#room.add(of.run, folder, bytes);
  }

  async plan(done: readonly Done[]): Promise<RevertPlan> {
    const kept = await Promise.all(
      done.map(async ({ of, changed }) => ({
        ...{ of, changed },
        kept: (await readManifest(this.#manifest(of, 'before'))) ?? [],
      })),
    );
    return withoutPruned(revertPlan(kept), (step) => this.content(step.of, step.path));
  }

  async content(of: ActionOf, path: string): Promise<Uint8Array | undefined> {
    const kept = await this.#keptAt(of, path, 'before');
    return kept && this.#bytesOf(of, kept, 'before');
  }

  async #bytesOf(of: ActionOf, { blob, at, text }: Kept, side: 'before' | 'after'): Promise<Uint8Array | undefined> {
    if (text !== undefined) return new TextEncoder().encode(text);
    if (blob === undefined) return undefined;
    if (!at) return this.#blobs.read(blob);
    const pack = new Pack(this.#manifest(of, side).replace(/json$/, 'pack'));
    try {
      return pack.read(at, blob);
    } finally {
      pack.close();
    }
  }

  async text(of: ActionOf, path: string, side: 'before' | 'after'): Promise<string | undefined> {
    const kept = await this.#keptAt(of, path, side);
    if (kept?.kind === 'absent') return '';
    if (kept?.blob === undefined || (kept.size ?? 0) > MOST_SHOWN) return undefined;
    const content = await this.#bytesOf(of, kept, side);
    return content && new TextDecoder().decode(content);
  }

  async #keptAt(of: ActionOf, path: string, side: 'before' | 'after'): Promise<Kept | undefined> {
    const file = this.#manifest(of, side);
    const at = (await lstat(file).catch(() => undefined))?.mtimeMs;
    if (at === undefined) return undefined;
    if (this.#last?.file !== file || this.#last.at !== at) {
      const kept = (await readManifest(file)) ?? [];
      this.#last = { file, at, byPath: new Map(kept.map((one) => [one.path, one])) };
    }
    return this.#last.byPath.get(path);
  }

  #manifestsOf(run: string): string {
    return join(this.#folder, 'checkpoints', run);
  }

  #manifest({ run, action }: ActionOf, side: 'before' | 'after'): string {
    return join(this.#manifestsOf(run), `${action}${side === 'after' ? '.after' : ''}.json`);
  }

  async #keep(of: ActionOf, preImages: readonly PreImage[]): Promise<{ files: number; bytes: number }> {
    const kept: Kept[] = [];
    const added = { bytes: 0 };
    for (const image of preImages)
      await this.#collect(image, kept, added).catch((error: unknown) => {
        throw error instanceof ToolFailure ? error : asFailure(error, image.path);
      });
    for (const image of preImages) {
      const own = kept.find((one) => one.path === image.path);
      const isAsItWas = isByIdentity(image.digest)
        ? isSame(await preImageAt(image.path, image.path), image)
        : own?.blob === image.digest;
      if (image.kind === 'file' && !isAsItWas && own?.stands !== image.digest)
        throw new ToolFailure(`${image.path} changed while its content was being kept; nothing was done`);
    }
    const folder = this.#manifestsOf(of.run);
    await makePrivate(folder);
    await this.#room.add(of.run, folder, added.bytes);
    await writeManifest(this.#manifest(of, 'before'), kept, 'durable');
    const files = kept.filter((one) => one.kind === 'file');
    return { files: files.length, bytes: files.reduce((sum, one) => sum + (one.size ?? 0), 0) };
  }

  /** A folder without digest and size is meant itself alone, and not what is in it. */
  async #collect({ path, kind, digest, size }: PreImage, kept: Kept[], added: { bytes: number }): Promise<void> {
    if (kept.length > MOST_FILES) throw new ToolFailure('there is more to keep than fits; nothing was done');
    const pointer = gitPointerOf(path);
    if (pointer) {
      kept.push(await this.#keptPointer(path, pointer));
      return;
    }
    const info = await lstat(path).catch(() => undefined);
    if (info === undefined) kept.push({ path, kind: 'absent' });
    else if (info.isSymbolicLink()) kept.push({ path, kind: 'link', target: await readlink(path) });
    else if (info.isDirectory()) {
      kept.push({ path, kind: 'directory', mode: info.mode & 0o7777 });
      if (kind === 'directory' && digest === undefined && size === undefined) return;
      for (const name of await readdir(path))
        await this.#collect({ path: join(path, name), kind: 'other' }, kept, added);
    } else if (info.isFile()) {
      const { blob, isNew } = await this.#blobs.store(path);
      if (isNew) added.bytes += info.size;
      kept.push({ path, kind: 'file', mode: info.mode & 0o7777, size: info.size, blob });
    } else throw new ToolFailure(`${path} is neither a file, a folder nor a link; it cannot be kept`);
  }

  async #keptPointer(path: string, { folder, name }: GitPointer): Promise<Kept> {
    const pointed = pointerAt(folder, name);
    if (!pointed) return { path, kind: 'absent' };
    const { blob } = await this.#blobs.put(pointed.bytes);
    return { path, kind: 'file', size: pointed.bytes.length, blob, stands: pointed.digest };
  }

  /** What files were given, while half of the run's room is left: what stood there before comes first. */
  async #keepGiven(of: ActionOf, noted: readonly NotedChange[]): Promise<void> {
    const folder = this.#manifestsOf(of.run);
    const given: Kept[] = [];
    for (const { path, content } of noted) {
      if (content === undefined || content.length > MOST_SHOWN) continue;
      if (!(await this.#room.isHalfFree(of.run, folder, content.length))) continue;
      const { blob, isNew } = await this.#blobs.put(content);
      given.push({ path, kind: 'file', blob, size: content.length });
      if (isNew) await this.#room.add(of.run, folder, content.length);
    }
    if (given.length === 0) return;
    await makePrivate(folder);
    await writeManifest(this.#manifest(of, 'after'), given, 'soon');
  }
}

function changesOf(seen: SeenAround): Changes {
  return seen ? { extent: 'seen', paths: changedPathsOf(seen), leftOut: seen.leftOut } : { extent: 'unknown' };
}
