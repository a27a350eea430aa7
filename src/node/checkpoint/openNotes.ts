import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { ActionOf, Changes } from '../../core/checkpoint/port.ts';
import { ChangedPathSchema } from '../../shared/change.ts';
import { makePrivate } from '../folders.ts';
import { identityOf, isAlive } from '../process/identity.ts';

const NoteSchema = z.object({
  owner: z.object({ pid: z.number(), start: z.string(), boot: z.string() }),
  /** Of an action that may write anywhere: in which folders. */
  roots: z.array(z.string()).exactOptional(),
  /** It is over, and this is what it changed; only the log may not say so yet. */
  ended: z
    .object({ paths: z.array(ChangedPathSchema), leftOut: z.array(z.string()), list: z.string().exactOptional() })
    .exactOptional(),
});

/** An action that a process left open that is gone. */
export interface LeftOpen {
  of: ActionOf;
  roots: readonly string[] | undefined;
  ended: Extract<Changes, { extent: 'seen' }> | undefined;
}

/**
 * Which actions are open: a note from before the effect until the log says what was changed, as `checkpoints/RUN/ACTION.open`.
 * A process that is killed leaves its notes, and whoever starts next finds out what those actions changed.
 */
export class OpenNotes {
  readonly #folder: string;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'checkpoints');
  }

  async begin(of: ActionOf, roots?: readonly string[]): Promise<void> {
    await makePrivate(join(this.#folder, of.run));
    await this.#write(of, { ...(roots && { roots: [...roots] }) });
  }

  async ended(of: ActionOf, changes: Extract<Changes, { extent: 'seen' }>): Promise<void> {
    await this.#write(of, { roots: [], ended: changesOf(changes) });
  }

  async remove(of: ActionOf): Promise<void> {
    await rm(this.#fileOf(of), { force: true });
  }

  /** Those of processes that are gone. */
  async abandoned(): Promise<LeftOpen[]> {
    const found: LeftOpen[] = [];
    for (const run of await namesIn(this.#folder))
      for (const name of await namesIn(join(this.#folder, run))) {
        if (!name.endsWith('.open')) continue;
        const of = { run, action: name.slice(0, -'.open'.length) };
        const note = await readFile(this.#fileOf(of), 'utf8')
          .then((text) => NoteSchema.parse(JSON.parse(text)))
          .catch(() => undefined);
        if (!note || isAlive(note.owner)) continue;
        found.push({ of, roots: note.roots, ended: note.ended && { extent: 'seen', ...note.ended } });
      }
    return found;
  }

  async #write(of: ActionOf, note: Omit<z.infer<typeof NoteSchema>, 'owner'>): Promise<void> {
    const temporary = `${this.#fileOf(of)}.tmp`;
    await writeFile(temporary, JSON.stringify({ owner: identityOf(process.pid), ...note }), { mode: 0o600 });
    await rename(temporary, this.#fileOf(of));
  }

  #fileOf({ run, action }: ActionOf): string {
    return join(this.#folder, run, `${action}.open`);
  }
}

function changesOf({
  paths,
  leftOut,
  list,
}: Extract<Changes, { extent: 'seen' }>): z.infer<typeof NoteSchema>['ended'] & {} {
  return { paths: [...paths], leftOut: [...leftOut], ...(list !== undefined && { list }) };
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}
