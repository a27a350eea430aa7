import { createHash } from 'node:crypto';
import { closeSync, fdatasyncSync, mkdirSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { openReadOnly } from '../../src/node/audit/database.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { verifyInWorker } from '../../src/node/audit/verify/verifyInWorker.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import type { RunFilter } from '../../src/core/audit/filter.ts';
import { writeManyEvents } from '../support/manyEvents.ts';

type Pair = (
  name: string,
  ours: () => unknown,
  other: () => unknown,
  each?: number,
  breathMs?: number,
) => Promise<void>;

const EVENTS = Number(process.env['BENCH_EVENTS'] ?? 1_000_000);
const APPENDS = 60;
const LOOKS = 100;

/** Recording, checking, and finding in a log of a million events (BENCH_EVENTS for another number). */
export async function benchAudit(base: string, pair: Pair): Promise<void> {
  await appends(base, pair);
  const folder = join(base, 'many');
  mkdirSync(folder);
  const file = join(folder, 'audit.db');
  const { events, runs } = writeManyEvents(file, EVENTS);
  console.log(`a log of ${events} events and ${runs} runs: ${megabytes(file)} MB`);
  await checking(file);
  looking(file, runs);
}

async function appends(base: string, pair: Pair): Promise<void> {
  const folder = join(base, 'few');
  mkdirSync(folder);
  writeManyEvents(join(folder, 'audit.db'), 20_000, 1);
  const store = new AuditStore(join(folder, 'audit.db'), identityOf(process.pid));
  const plain = openSync(join(base, 'plain.log'), 'a');
  const line = `${'x'.repeat(600)}\n`;
  let count = 0;
  const append = (): void => {
    for (let index = 0; index < APPENDS; index += 1) {
      count += 1;
      store.append({
        type: 'decided',
        run: `bench-${count >> 6}`,
        action: `a${count}`,
        data: { verdict: 'allow', rule: 'workspace-read', tool: 'read_file', effect: 'read' },
        payload: { decision: { verdict: 'allow', reason: `because it lies in the workspace, ${count}` } },
      });
    }
  };
  const bare = (): void => {
    for (let index = 0; index < APPENDS; index += 1) {
      writeSync(plain, line);
      fdatasyncSync(plain);
    }
  };
  await pair('durable append (chain, signatures, triggers, indexes) / bare append + fdatasync', append, bare, APPENDS);
  const indexed = (): void => {
    append();
    while (store.advance() > 0);
  };
  await pair('the same, made searchable too / bare append + fdatasync', indexed, bare, APPENDS);
  closeSync(plain);
  store.close();
}

/** What is hashed in checking, and nothing else: each text once, in memory. */
async function checking(file: string): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    let began = performance.now();
    const verdict = await verifyInWorker({ file, against: { testimonies: [] } }, new AbortController().signal);
    const ours = performance.now() - began;
    if (verdict === undefined || verdict.state === 'broken')
      throw new Error(`not whole: ${JSON.stringify(verdict?.problem)}`);
    const connection = openReadOnly(file);
    let other = 0;
    for (const table of ['SELECT hash AS a, body AS b FROM events', 'SELECT salt AS a, body AS b FROM payloads'])
      for (const { a, b } of connection.database.prepare(table).iterate()) {
        const text = `${String(a)}\n${String(b)}`;
        began = performance.now();
        createHash('sha256').update(text).digest('hex');
        other += performance.now() - began;
      }
    connection.close();
    console.log(
      `verification of ${verdict.events} events / hashing the same texts: ${(ours / other).toFixed(2)} x (${(ours / 1000).toFixed(1)} s, ${(other / 1000).toFixed(1)} s)`,
    );
  }
}

function looking(file: string, runs: number): void {
  const store = new AuditStore(file, identityOf(process.pid));
  const began = performance.now();
  while (store.advance() > 0);
  console.log(
    `made searchable in ${((performance.now() - began) / 1000).toFixed(0)} s, index ${megabytes(join(file, '..', 'audit-search.db'))} MB`,
  );
  const before = process.memoryUsage().rss;
  const any = (index: number): number => (index * 7919) % runs;
  const name = (number: number): string => `run-${String(number).padStart(6, '0')}`;
  const looks: Record<string, (index: number) => unknown> = {
    'first page of the tree': () => store.find({}, 50),
    'a page far back': (index) => store.find({}, 50, 1 + any(index) * 50),
    'a run’s actions': (index) => store.events(name(any(index))),
  };
  const filters: Record<string, (index: number) => RunFilter> = {
    'filter: refused': () => ({ decision: 'refused' }),
    'filter: tool and decision': () => ({ tool: 'run_command', decision: 'refused' }),
    'filter: path': (index) => ({ path: `src/token/file${index % 10}.ts` }),
    'filter: host': () => ({ host: '127.0.0.1' }),
    'search: a word of every run': () => ({ text: 'parser' }),
    'search: a number of one run': (index) => ({ text: `bug number ${any(index)}` }),
    'search: the beginning of a word': () => ({ text: 'led' }),
    'search: a frequent word with a rare decision': () => ({ text: 'ledger', decision: 'refused' }),
    'search: words that no run has': () => ({ text: 'zebra crossing' }),
  };
  for (const [what, filter] of Object.entries(filters)) looks[what] = (index) => store.find(filter(index), 50);
  for (const [what, look] of Object.entries(looks)) {
    const times = Array.from({ length: LOOKS }, (_, index) => {
      const start = performance.now();
      look(index);
      return performance.now() - start;
    }).sort((a, b) => a - b);
    const at = (share: number): string => (times[Math.floor(LOOKS * share)] ?? NaN).toFixed(1);
    console.log(`${what}: median ${at(0.5)} ms, 95th percentile ${at(0.95)} ms`);
  }
  console.log(`memory while browsing: ${((process.memoryUsage().rss - before) / 1e6).toFixed(0)} MB more than before`);
  store.close();
}

function megabytes(file: string): string {
  return (statSync(file).size / 1e6).toFixed(0);
}
