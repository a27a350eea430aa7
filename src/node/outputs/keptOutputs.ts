import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeptText, OutputRoom } from '../../core/outputs/port.ts';
import { makePrivate } from '../folders.ts';
import { isAbandoned, ownerText } from '../process/owner.ts';
import { KeptFile, type Shelf } from './keptFile.ts';

/** Bytes of all outputs of a run: of one that goes on for hours, the latest are kept. */
const MOST_OF_RUN = 64 * 2 ** 20;

/**
 * Outputs of the run that this process is at work on: files in the data folder, which no tool and no command sees. The
 * next run's take their place, and what a process that is gone left, the next start takes away.
 */
export class KeptOutputs {
  readonly #folder: string;
  readonly #most: number;
  #current: { run: string; room: RoomOfRun } | undefined;

  constructor(dataFolder: string, most = MOST_OF_RUN) {
    this.#folder = join(dataFolder, 'outputs');
    this.#most = most;
  }

  /** Where a run's outputs are kept. The first of them takes the place of another run's. */
  of(run: string): OutputRoom {
    return {
      open: () => {
        if (this.#current?.run !== run) {
          void this.#current?.room.close().catch(() => undefined); // the next start takes away what is left
          this.#current = { run, room: new RoomOfRun(this.#folder, this.#most) };
        }
        return this.#current.room.open();
      },
    };
  }

  /** Takes away what processes that are gone left behind. */
  async recover(): Promise<void> {
    for (const name of namesIn(this.#folder)) {
      const path = join(this.#folder, name);
      if (isAbandoned(path)) await rm(path, { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {
    await this.#current?.room.close();
    this.#current = undefined;
  }
}

class RoomOfRun implements Shelf {
  readonly #parent: string;
  readonly #most: number;
  /** In the order that they began. */
  readonly #sizes = new Map<KeptFile, number>();
  #made: Promise<string> | undefined;
  #isClosed = false;

  constructor(parent: string, most: number) {
    this.#parent = parent;
    this.#most = most;
  }

  open(): KeptText {
    return new KeptFile(this);
  }

  folder(): Promise<string> {
    this.#made ??= this.#make().catch((error: unknown) => {
      this.#made = undefined; // the next output may find it possible
      throw error;
    });
    return this.#made;
  }

  async takes(one: KeptFile, bytes: number): Promise<boolean> {
    if (this.#isClosed) return false;
    this.#sizes.set(one, (this.#sizes.get(one) ?? 0) + bytes);
    for (const [other] of this.#sizes) {
      if (this.#total() <= this.#most) return true;
      if (other === one) break;
      this.#sizes.delete(other);
      await other.drop();
    }
    if (this.#total() <= this.#most) return true;
    this.#sizes.delete(one);
    return false;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const folder = await this.#made?.catch(() => undefined);
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  #total(): number {
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  async #make(): Promise<string> {
    await makePrivate(this.#parent);
    const folder = join(this.#parent, randomUUID());
    await mkdir(folder, { mode: 0o700 });
    await writeFile(join(folder, 'owner.json'), ownerText(), { mode: 0o600 });
    return folder;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
