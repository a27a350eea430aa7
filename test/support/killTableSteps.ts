import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { accountKey } from '../../src/node/audit/keys.ts';
import { placeOf } from '../../src/node/audit/place.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { sha256 } from '../../src/node/files/hash.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import { verdictOf } from './logAttacksTable.ts';
import { worldsFolder } from './logWorld.ts';
import type { Random } from './logWorldRandom.ts';
import { eventsOfRun } from './manyEvents.ts';

/** A kill before the n-th step of something, and what was wrong afterwards. */
export interface Step {
  what: string;
  step: number;
  problems: string[];
}

interface Scenario {
  does: 'create' | 'append' | 'erase' | 'index';
  /** What is there before. */
  prepare(data: string): void;
  /** What is wrong after the kill and the next start. */
  check(data: string, store: AuditStore): string[];
}

const WORD = 'zanzibar';
const GARBAGE = 'this is no database\n'.repeat(500);

function story(data: string, isIndexed: boolean): void {
  const store = new AuditStore(join(data, 'audit.db'), identityOf(process.pid));
  for (const event of eventsOfRun(1, 25)) store.append(event);
  const secret = { text: `the ${WORD} plan` };
  store.append({ type: 'model_replied', run: 'run-000001', turn: 1, data: { calls: 0 }, payload: secret });
  for (const event of eventsOfRun(2, 25)) store.append(event);
  if (isIndexed) while (store.advance() > 0);
  store.close();
}

const SCENARIOS: Record<string, Scenario> = {
  'the first creation of log and key': {
    does: 'create',
    prepare: () => undefined,
    check(data) {
      const copies = readdirSync(data).filter((name) => /^account\.key./.test(name));
      return copies.length > 0 ? [`a copy of the key stays behind: ${copies.join(', ')}`] : [];
    },
  },
  'an erasure': {
    does: 'erase',
    prepare: (data) => {
      story(data, true);
    },
    check(data, store) {
      using database = new DatabaseSync(join(data, 'audit.db'), { readOnly: true });
      const count = (sql: string): number => Number(database.prepare(sql).get()?.['n']);
      const said = count("SELECT count(*) AS n FROM events WHERE type = 'erasure'");
      const gone = count(
        "SELECT count(*) AS n FROM payloads p JOIN events e ON e.seq = p.seq WHERE e.run = 'run-000001'",
      );
      const found = store.find({ text: WORD }, 10).runs.length;
      const problems: string[] = [];
      if (said > 0 !== (gone === 0)) problems.push(`${said} erasures said, ${gone} payloads left`);
      if (said > 0 && found > 0) problems.push('an erased word is found');
      if (said === 0 && found === 0) problems.push('a word that was not erased is not found any more');
      return problems;
    },
  },
  'setting a damaged log aside': {
    does: 'append',
    prepare(data) {
      story(data, false);
      writeFileSync(join(data, 'audit.db'), GARBAGE);
    },
    check(data) {
      const folder = join(data, 'damaged');
      const files = existsSync(folder) ? readdirSync(folder) : [];
      const same = files.filter((name) => readFileSync(join(folder, name), 'utf8') === GARBAGE);
      return same.length === 1 ? [] : [`${same.length} copies of the damaged log in ${files.join(', ') || 'nothing'}`];
    },
  },
  'setting a log aside whose end is in its -wal': {
    does: 'append',
    prepare(data) {
      const live = join(data, 'live');
      mkdirSync(live);
      const store = new AuditStore(join(live, 'audit.db'), identityOf(process.pid));
      for (const event of eventsOfRun(1, 25)) store.append(event);
      for (const suffix of ['', '-wal']) cpSync(join(live, `audit.db${suffix}`), join(data, `audit.db${suffix}`));
      store.close();
      rmSync(live, { recursive: true }); // with its key: the log belongs to another account now
    },
    check(data) {
      const folder = join(data, 'damaged');
      const files = existsSync(folder) ? readdirSync(folder) : [];
      const logs = files.filter((name) => name.endsWith('.db'));
      const events = logs.map((name) => {
        using database = new DatabaseSync(join(folder, name));
        return Number(database.prepare('SELECT count(*) AS n FROM events').get()?.['n']);
      });
      return events.length === 1 && (events[0] ?? 0) > eventsOfRun(1, 25).length
        ? []
        : [`${files.join(', ')}: ${events.join(', ')} events`];
    },
  },
  'building the index': {
    does: 'index',
    prepare: (data) => {
      story(data, false);
    },
    check(_, store) {
      const { runs, behind } = store.find({ text: WORD }, 10);
      return runs.length === 1 && behind === 0 ? [] : [`${runs.length} runs found, ${behind} events behind`];
    },
  },
};

/** Kills before each step of each scenario, or before some of them, chosen at random. */
export async function playSteps(most: number, random: Random): Promise<Step[]> {
  const base = worldsFolder();
  try {
    const done: Step[] = [];
    for (const [name, scenario] of Object.entries(SCENARIOS)) {
      const prepared = join(base, sha256(name).slice(0, 8));
      mkdirSync(prepared);
      scenario.prepare(prepared);
      const stride = most === Infinity ? 1 : random.int(3, 7);
      let step = random.int(1, stride) - stride;
      let [played, isOver] = [0, false];
      const go = async (): Promise<void> => {
        while (!isOver && played < most) {
          played += 1;
          step += stride;
          const result = await playStep(name, scenario, prepared, step);
          if (result) done.push(result);
          else isOver = true; // it came to its end alive
        }
      };
      await Promise.all([go(), go()]);
    }
    return done;
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

async function playStep(what: string, scenario: Scenario, from: string, step: number): Promise<Step | undefined> {
  const data = `${from}-${step}`;
  cpSync(from, data, { recursive: true });
  const child = spawn(
    process.execPath,
    [new URL('./killTableChild.ts', import.meta.url).pathname, data, scenario.does, String(step)],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words += chunk.toString();
  });
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve) => {
    child.once('close', (...how: [number | null, string | null]) => {
      resolve(how);
    });
  });
  if (signal !== 'SIGKILL') {
    if (code === 0) return undefined;
    return { what, step, problems: [`it failed by itself: ${words.slice(-400)}`] };
  }
  const problems: string[] = [];
  const store = new AuditStore(join(data, 'audit.db'), identityOf(process.pid));
  try {
    store.recover();
    store.append({ type: 'notice', run: 'later', data: {} });
    problems.push(...scenario.check(data, store));
    const account = { key: accountKey(data).publicKey, from: 'local' as const };
    const verdict = verdictOf(join(data, 'audit.db'), 'database', { account, testimonies: [], place: placeOf(data) });
    if (verdict instanceof Error) problems.push(String(verdict));
    else if (verdict.state === 'broken') problems.push(JSON.stringify(verdict.problem));
    else if (scenario.does === 'create' && verdict.gap !== undefined)
      problems.push(`a log that never was is said to be ${verdict.gap}`);
  } catch (error) {
    problems.push(`the next start failed: ${String(error)}`);
  } finally {
    store.close();
    rmSync(data, { recursive: true, force: true });
  }
  return { what, step, problems };
}

export function stepText(steps: readonly Step[]): string {
  const names = [...new Set(steps.map(({ what }) => what))];
  return names
    .map((name) => {
      const own = steps.filter(({ what }) => what === name);
      const bad = own.filter(({ problems }) => problems.length > 0).length;
      return `kills in ${name}: ${own.length}, wrong afterwards: ${bad}`;
    })
    .join('\n');
}
