import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SeenHead } from '../../src/core/audit/port.ts';
import { AuditClient } from '../../src/node/audit/auditClient.ts';
import { ChainWriter } from '../../src/node/audit/chainWriter.ts';
import { accountKey } from '../../src/node/audit/keys.ts';
import { LogFile } from '../../src/node/audit/logFile.ts';
import { placeOf } from '../../src/node/audit/place.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { headLine, headsOf } from '../../src/node/audit/witness/seenHead.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import type { NewEvent } from '../../src/shared/auditEvent.ts';
import { Random } from './logWorldRandom.ts';
import { eventsOfRun } from './manyEvents.ts';

export const KINDS = ['plain', 'interleaved', 'crashed', 'erased', 'gap', 'resumed'] as const;
export type Kind = (typeof KINDS)[number];

/** An honest log with a history, and what an attacker may have got hold of. */
export interface World {
  kind: Kind;
  seed: number;
  data: string;
  file: string;
  /** The account's public key. */
  account: string;
  place: string;
  /** What a witness got, when it was signed. */
  heads: SeenHead[];
  runs: string[];
  /** The process that writes at the moment of the attack: its key can be stolen. */
  current: { id: string; sign(text: string): string };
  /** A copy of the file from some time before. */
  earlier: string;
  /** Another log of this account that was once in this place, if there was one. */
  aside?: string;
}

/** A folder for worlds: in memory where that can be, since what is durable is not what attacks are about. */
export function worldsFolder(): string {
  return mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'oversign-worlds-'));
}

/** Makes a world: real writers, each a process or a thread or a store of its own. */
export async function honestWorld(kind: Kind, seed: number, base: string): Promise<World> {
  const builder = new Builder(kind, seed, base);
  await HISTORIES[kind](builder);
  return builder.end();
}

class Builder {
  readonly random: Random;
  readonly data: string;
  readonly file: string;
  readonly witness: string;
  readonly runs: string[] = [];
  readonly #kind: Kind;
  readonly #seed: number;
  aside: string | undefined;

  constructor(kind: Kind, seed: number, base: string) {
    this.#kind = kind;
    this.#seed = seed;
    this.random = new Random(seed);
    this.data = join(base, `${kind}-${seed}`);
    mkdirSync(this.data);
    this.file = join(this.data, 'audit.db');
    this.witness = join(this.data, 'witness.jsonl');
    writeFileSync(this.witness, '');
  }

  events(least = 15, most = 45): NewEvent[] {
    const number = this.runs.length + 1;
    const events = eventsOfRun(number, this.random.int(least, most));
    this.runs.push(events[0]?.run ?? '');
    return events;
  }

  /** A writer of its own for a while. */
  store<T>(work: (store: AuditStore, note: () => void) => T): T {
    const store = new AuditStore(this.file, identityOf(process.pid));
    try {
      return work(store, () => {
        const head = store.takeHead();
        if (head) appendFileSync(this.witness, headLine(head));
      });
    } finally {
      store.close();
    }
  }

  run(least?: number, most?: number): void {
    this.store((store, note) => {
      for (const event of this.events(least, most)) {
        store.append(event);
        note();
      }
    });
  }

  /** The last writer of all, with a key that can be stolen; it stops at any place between two signatures. */
  end(): World {
    const earlier = join(this.data, 'earlier.db');
    copyFileSync(this.file, earlier);
    const log = new LogFile(this.file);
    const writer = new ChainWriter(log, this.data, process.pid);
    const last = this.events(20, 40);
    for (const event of last.slice(0, this.random.int(14, last.length))) {
      log.use('write', (connection) => writer.transaction(connection, () => writer.append(connection, event)));
      const head = writer.takeHead();
      if (head) appendFileSync(this.witness, headLine(head));
    }
    log.close();
    return {
      kind: this.#kind,
      seed: this.#seed,
      data: this.data,
      file: this.file,
      account: accountKey(this.data).publicKey,
      place: placeOf(this.data),
      heads: headsOf(readFileSync(this.witness, 'utf8')).heads,
      runs: this.runs,
      current: { id: writer.id, sign: (text) => writer.sign(text) },
      earlier,
      ...(this.aside !== undefined && { aside: this.aside }),
    };
  }
}

const HISTORIES: Record<Kind, (builder: Builder) => void | Promise<void>> = {
  plain(builder) {
    builder.run();
    builder.run();
  },
  async interleaved(builder) {
    const clients = await Promise.all([1, 2, 3].map(() => AuditClient.open(builder.data)));
    await Promise.all(
      clients.map(async (client) => {
        client.onHead((head) => {
          appendFileSync(builder.witness, headLine(head));
        });
        for (const event of builder.events(15, 25)) await client.append(event);
        await client[Symbol.asyncDispose]();
      }),
    );
  },
  crashed(builder) {
    builder.run(15, 25);
    const [run, count] = [builder.runs.length + 1, builder.random.int(1, 30)];
    builder.runs.push(`run-${String(run).padStart(6, '0')}`);
    const child = new URL('./logWorldChild.ts', import.meta.url).pathname;
    spawnSync(process.execPath, [child, builder.data, builder.witness, String(run), String(count)]);
    builder.store((store, note) => {
      store.recover();
      note();
    });
    builder.run(15, 25);
  },
  erased(builder) {
    for (let run = 0; run < 3; run += 1) builder.run(15, 25);
    builder.store((store, note) => {
      store.erase({ scope: 'run', run: builder.random.pick(builder.runs) });
      note();
      store.erase({ scope: 'retention', upTo: builder.random.int(3, 20) });
      note();
      if (builder.random.int(0, 1) === 1) store.erase({ scope: 'person', user: 'dev' });
      note();
    });
    builder.run(15, 25);
  },
  gap(builder) {
    // Three logs in one place: the second begins with a gap, too.
    builder.run(15, 20);
    writeFileSync(builder.file, 'this is no database\n'.repeat(builder.random.int(60, 400)));
    builder.run(15, 20);
    builder.aside = join(builder.data, 'aside.db');
    copyFileSync(builder.file, builder.aside);
    writeFileSync(builder.file, 'nor is this\n'.repeat(builder.random.int(60, 400)));
    builder.runs.length = 0;
    builder.run();
  },
  resumed(builder) {
    const events = builder.events();
    const run = events[0]?.run ?? '';
    builder.store((store, note) => {
      store.claim(['/somewhere'], run);
      for (const event of events) {
        store.append(event);
        note();
      }
      store.saveTranscript(run, [{ role: 'user', text: 'first' }]);
      store.release(run);
    });
    builder.store((store, note) => {
      store.claim(['/somewhere'], run);
      const again = eventsOfRun(1, 20).map((event): NewEvent => ({
        ...event,
        type: event.type === 'run_started' ? 'run_continued' : event.type,
      }));
      for (const event of again) {
        store.append({ ...event, run });
        note();
      }
      store.saveTranscript(run, [
        { role: 'user', text: 'first' },
        { role: 'user', text: 'second' },
      ]);
      store.release(run);
    });
  },
};
