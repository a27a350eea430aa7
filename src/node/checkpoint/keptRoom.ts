import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';

/** A run may have so many bytes kept of what it changes: it must not fill the disk on which its record stands. */
export const MOST_OF_RUN = 1 << 30;

const SizesSchema = z.object({ kept: z.array(z.object({ blob: z.string().optional(), size: z.number().optional() })) });

/** Counts what is kept for each run. What a run kept in an earlier process is read from its manifests. */
export class KeptRoom {
  readonly #most: number;
  readonly #used = new Map<string, Promise<number>>();

  constructor(most: number) {
    this.#most = most;
  }

  /** How much more may be kept for a run. `folder`: where its manifests are. */
  async left(run: string, folder: string): Promise<number> {
    const used = this.#used.get(run) ?? keptIn(folder);
    this.#used.set(run, used);
    return Math.max(0, this.#most - (await used));
  }

  /** Whether half of a run's room stays free when so much more is kept. */
  async isHalfFree(run: string, folder: string, bytes: number): Promise<boolean> {
    return (await this.left(run, folder)) - bytes >= this.#most / 2;
  }

  async add(run: string, folder: string, bytes: number): Promise<void> {
    const left = await this.left(run, folder);
    this.#used.set(run, Promise.resolve(this.#most - left + bytes));
  }
}

/** A content that stands in several manifests is kept once. */
async function keptIn(folder: string): Promise<number> {
  const sizes = new Map<string, number>();
  for (const name of await readdir(folder).catch(() => []))
    for (const { blob, size } of await sizesIn(join(folder, name)))
      if (blob !== undefined && size !== undefined) sizes.set(blob, size);
  return [...sizes.values()].reduce((sum, size) => sum + size, 0);
}

async function sizesIn(file: string): Promise<z.infer<typeof SizesSchema>['kept']> {
  try {
    return SizesSchema.parse(JSON.parse(await readFile(file, 'utf8'))).kept;
  } catch {
    return []; // a damaged one
  }
}
