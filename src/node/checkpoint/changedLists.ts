import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { ActionOf, Changes } from '../../core/checkpoint/port.ts';
import { ChangedPathSchema, type ChangedPath } from '../../shared/change.ts';
import { sha256 } from '../files/hash.ts';
import { makePrivate } from '../folders.ts';

/** Up to so many paths the log has them all. */
const FEW = 300;
const ListSchema = z.array(ChangedPathSchema);

/** The lists of actions that changed many paths, beside their manifests (`ACTION.changed`): they go with the run. */
export class ChangedLists {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'checkpoints');
  }

  /** The same changes, with the digest of their list where it was kept. */
  async kept<C extends Changes>(of: ActionOf, changes: C): Promise<C> {
    if (changes.extent === 'unknown' || changes.paths.length <= FEW) return changes;
    const text = JSON.stringify(changes.paths);
    await makePrivate(join(this.#folder, of.run));
    await writeFile(`${this.#file(of)}.tmp`, text, { mode: 0o600, flush: true });
    await rename(`${this.#file(of)}.tmp`, this.#file(of));
    return { ...changes, list: sha256(text) };
  }

  /** Undefined where it is not kept any more, or is not the one that the log means. */
  async read(of: ActionOf, digest: string): Promise<readonly ChangedPath[] | undefined> {
    const text = await readFile(this.#file(of), 'utf8').catch(() => undefined);
    if (text === undefined || sha256(text) !== digest) return undefined;
    return ListSchema.safeParse(JSON.parse(text)).data;
  }

  #file({ run, action }: ActionOf): string {
    return join(this.#folder, run, `${action}.changed`);
  }
}
