import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, renameSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as z from 'zod';
import { makePrivate } from '../folders.ts';
import { identityOf } from '../process/identity.ts';
import { Lives } from '../process/lives.ts';
import { withLock } from '../process/lock.ts';
import type { Pointers } from './commitPointers.ts';
import type { Before } from './committedControls.ts';
import { readPointers, writePointers } from './keptPointers.ts';

/** How often it is marked that the process that runs the command is alive, in milliseconds. */
const EVERY_MS = 250;
/** Between the two a process writes one after the other, no machine sleeps so long. */
const ORPHAN_MS = 3_600_000;

/** What stood in the folders before a command, as far as it decides what of it would run later. THE format on disk. */
const KeptSchema = z.strictObject({
  /** Numbers of 0 and below mean groups of processes, and somebody is always in those (kill(2)). */
  owner: z.strictObject({ pid: z.int().positive(), start: z.string(), boot: z.string() }),
  /** The run that the command belongs to; none where a person started it. */
  run: z.string().optional(),
  folders: z.array(z.string().startsWith('/')),
  /** Which file system object each folder was (`identityAt`). Not kept by earlier versions. */
  identities: z.array(z.tuple([z.string(), z.string()])).optional(),
  /** When the command began, in milliseconds since 1970; and until when it may have run, once that is known. */
  began: z.number(),
  ended: z.number().optional(),
  /** Protected entries that were there (`controlEntries`). */
  before: z.array(z.string()),
  /** Folders that could not be looked into, and denied ones. */
  closed: z.array(z.string()),
  denied: z.array(z.string()),
  /** Stand-ins that no command could reach, each with its identity (`identityAt`): what came into them is the person's. */
  covered: z.array(z.tuple([z.string(), z.string()])),
  /** How the repositories stood: `pointers` is the name of a file beside this one (keptPointers.ts). Not kept by earlier versions. */
  repositories: z
    .array(
      z.strictObject({
        gitFolder: z.string().startsWith('/'),
        worktree: z.string().startsWith('/'),
        pointers: z.string().regex(/^[0-9a-f-]{36}\.\d+\.pointers$/),
        locks: z.array(z.string()),
      }),
    )
    .optional(),
});
export type KeptSurvey = z.infer<typeof KeptSchema>;
type WhatIsKept = Omit<KeptSurvey, 'owner' | 'began' | 'ended' | 'repositories'> & {
  repositories?: readonly Before[];
};

/** One that nobody finishes: its command was broken off. `ended` is when that was, to within a moment. */
export interface BrokenOffSurvey extends KeptSurvey {
  file: string;
  ended: number;
}

/** Surveys of running commands, kept on disk so that a process that ends too early leaves somebody to look after it. */
export class KeptSurveys {
  readonly #folder: string;
  readonly #lives: Lives;
  /** Those of this process whose commands are being seen to, by any sandbox of it. */
  static readonly #own = new Set<string>();

  constructor(dataFolder: string) {
    this.#folder = join(dataFolder, 'surveys');
    this.#lives = new Lives(dataFolder);
  }

  /** Before a command begins. `forget` once what it left is seen to; else `leave` it to whoever starts next. */
  async keep(what: WhatIsKept): Promise<{ forget(): void; leave(): void }> {
    await makePrivate(this.#folder);
    const id = randomUUID();
    const file = join(this.#folder, `${id}.json`);
    const { repositories = [], ...survey } = what;
    const stood: KeptSurvey['repositories'] = [];
    for (const [index, { repository, pointers, locks }] of repositories.entries()) {
      const name = `${id}.${index}.pointers`;
      await writePointers(join(this.#folder, name), pointers);
      stood.push({ ...repository, pointers: name, locks: [...locks] });
    }
    const kept: KeptSurvey = { owner: identityOf(process.pid), began: Date.now(), ...survey, repositories: stood };
    KeptSurveys.#own.add(file);
    write(file, kept);
    const timer = setInterval(() => {
      const now = new Date();
      tried(() => {
        utimesSync(file, now, now);
      });
    }, EVERY_MS);
    timer.unref();
    const end = (): void => {
      clearInterval(timer);
      KeptSurveys.#own.delete(file);
    };
    return {
      leave: end,
      forget: () => {
        end();
        this.#remove(file);
      },
    };
  }

  /** Those that nobody finishes. One that cannot be read tells nothing, and goes. */
  brokenOff(): BrokenOffSurvey[] {
    const names = tried(() => readdirSync(this.#folder)) ?? [];
    this.#removeOrphans(names);
    return names
      .filter((name) => name.endsWith('.json'))
      .flatMap((name) => {
        const file = join(this.#folder, name);
        if (KeptSurveys.#own.has(file)) return [];
        const kept = read(file);
        if (!kept) this.#remove(file);
        if (!kept || this.#isAnothers(kept)) return [];
        const ended = kept.ended ?? tried(() => statSync(file).mtimeMs) ?? kept.began;
        return [{ ...kept, file, ended }];
      });
  }

  /** Makes one this process's to finish; false where another one was quicker. Gone with this process, it is the next one's. */
  async claim({ file, ...survey }: BrokenOffSurvey): Promise<boolean> {
    const isClaimed = (): boolean => {
      const now = read(file);
      if (!now || KeptSurveys.#own.has(file)) return false;
      if (this.#isAnothers(now)) return false;
      write(file, { ...survey, owner: identityOf(process.pid) });
      KeptSurveys.#own.add(file);
      return true;
    };
    return withLock(join(this.#folder, 'lock'), isClaimed, this.#lives);
  }

  /** What this process kept, and does not see to any more, is anybody's. */
  #isAnothers({ owner }: KeptSurvey): boolean {
    const own = identityOf(process.pid);
    return (owner.pid !== own.pid || owner.boot !== own.boot) && this.#lives.isAlive(owner);
  }

  /** It is finished; or could not be, and waits for the next one. */
  release({ file }: Pick<BrokenOffSurvey, 'file'>, isFinished: boolean): void {
    KeptSurveys.#own.delete(file);
    if (isFinished) this.#remove(file);
  }

  /** How the repositories stood before the command; pointers are undefined where they are not kept whole. */
  repositoriesOf({ repositories = [] }: KeptSurvey): (Omit<Before, 'pointers'> & { pointers: Pointers | undefined })[] {
    return repositories.map(({ gitFolder, worktree, pointers, locks }) => ({
      repository: { gitFolder, worktree },
      pointers: readPointers(join(this.#folder, pointers)),
      locks,
    }));
  }

  /** The survey first: what it names is of no use without it. */
  #remove(file: string): void {
    const id = basename(file, '.json');
    const beside = (tried(() => readdirSync(this.#folder)) ?? []).filter((name) => name.startsWith(`${id}.`));
    for (const name of [basename(file), ...beside])
      tried(() => {
        unlinkSync(join(this.#folder, name));
      });
  }

  /** What was written for a survey that never came. */
  #removeOrphans(names: readonly string[]): void {
    for (const name of names) {
      if (!name.endsWith('.pointers') || names.includes(`${name.split('.')[0] ?? ''}.json`)) continue;
      const path = join(this.#folder, name);
      tried(() => {
        if (statSync(path).mtimeMs < Date.now() - ORPHAN_MS) unlinkSync(path);
      });
    }
  }
}

/** Whole or not at all. */
function write(file: string, kept: KeptSurvey): void {
  writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

function read(file: string): KeptSurvey | undefined {
  return tried(() => KeptSchema.parse(JSON.parse(readFileSync(file, 'utf8'))));
}

/** Undefined where it fails. */
function tried<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
