import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { makePrivate } from '../folders.ts';
import { identityOf } from '../process/identity.ts';
import { Lives } from '../process/lives.ts';
import { withLock } from '../process/lock.ts';

const KeptModeSchema = z.strictObject({
  path: z.string().startsWith('/'),
  /** Which folder it is: another one at the path is not it. */
  identity: z.string(),
  mode: z.int().min(0).max(0o7777),
});
export type KeptMode = z.infer<typeof KeptModeSchema>;

/** Numbers of 0 and below mean groups of processes, and somebody is always in those (kill(2)). */
const JournalSchema = z.strictObject({
  owner: z.strictObject({ pid: z.int().positive(), start: z.string(), boot: z.string() }),
  modes: z.array(KeptModeSchema),
});
type Journal = z.infer<typeof JournalSchema>;

/**
 * The modes that running calls found, a journal for each call in a folder that the account's processes share: who begins
 * beside another one takes over what that one found, and who starts after a crash finds what to set back.
 */
export class ModeJournals {
  readonly #folder: string;
  readonly #lives: Lives;

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'modes');
    this.#lives = new Lives(dataFolder);
  }

  /** Writes down the modes as they were before every call that runs now. `end` is called once they are set back. */
  async begin(now: readonly KeptMode[]): Promise<{ modes: KeptMode[]; end: () => void }> {
    if (now.length === 0) return { modes: [], end: () => undefined };
    if (!existsSync(this.#folder)) await makePrivate(this.#folder);
    const file = join(this.#folder, `${randomUUID()}.json`);
    const modes = await this.#locked(() => {
      const held = new Map(
        this.#read().flatMap(({ journal }) => (journal?.modes ?? []).map((one) => [key(one), one] as const)),
      );
      const own = now.map((one) => held.get(key(one)) ?? one);
      const journal: Journal = { owner: identityOf(process.pid), modes: own };
      writeFileSync(file, JSON.stringify(journal), { mode: 0o600 });
      return own;
    });
    return {
      modes,
      end: () => {
        remove(file);
      },
    };
  }

  /** Lets `setBack` see to the modes of calls whose processes are gone. */
  async clearUp(setBack: (modes: readonly KeptMode[]) => void): Promise<void> {
    if (this.#names().length === 0) return;
    await this.#locked(() => {
      for (const { file, journal } of this.#read()) {
        if (journal && this.#lives.isAlive(journal.owner)) continue;
        setBack(journal?.modes ?? []);
        remove(file);
      }
    });
  }

  #read(): { file: string; journal: Journal | undefined }[] {
    return this.#names().map((name) => {
      const file = join(this.#folder, name);
      return { file, journal: journalIn(file) };
    });
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder).filter((name) => name.endsWith('.json'));
    } catch {
      return [];
    }
  }

  #locked<T>(work: () => T): Promise<T> {
    return withLock(join(this.#folder, 'lock'), work, this.#lives);
  }
}

function key({ path, identity }: KeptMode): string {
  return `${identity} ${path}`;
}

/** Undefined where it is none, or one that is only just being written: it tells of nothing that was changed. */
function journalIn(file: string): Journal | undefined {
  try {
    return JournalSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file);
  } catch {
    return; // gone already
  }
}
