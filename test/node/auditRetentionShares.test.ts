import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { ChainWriter } from '../../src/node/audit/chainWriter.ts';
import { LogFile } from '../../src/node/audit/logFile.ts';
import { AuditStore } from '../../src/node/audit/store.ts';
import { identityOf } from '../../src/node/process/identity.ts';
import type { NewEvent } from '../../src/shared/auditEvent.ts';
import { eventsOfRun } from '../support/manyEvents.ts';
import { temporaryFolder } from '../support/tree.ts';

const SMALL = Array.from({ length: 10 }, (_, at) => `run-${String(at + 1).padStart(6, '0')}`);

/** Ten runs of 100 KB each, and then others. `isSignedEach`: a signature follows every event, as when they come slowly. */
async function logWith(others: readonly NewEvent[], isSignedEach = false): Promise<string> {
  const file = join(await temporaryFolder(), 'audit.db');
  const log = new LogFile(file);
  const chain = new ChainWriter(log, dirname(file), process.pid);
  log.use('write', (connection) => {
    chain.transaction(connection, () => {
      for (const [at, run] of SMALL.entries())
        for (const event of [...eventsOfRun(at + 1, 20), said(run, 'x'.repeat(100_000))])
          chain.append(connection, event);
      for (const event of others) {
        chain.append(connection, event);
        if (isSignedEach) chain.settle(connection);
      }
    });
  });
  log.close();
  return file;
}

function said(run: string, text: string): NewEvent {
  return { type: 'model_replied', run, turn: 1, data: { calls: 0 }, payload: { text } };
}

function retained(file: string, bytes: number): { payloads: Map<string, number>; size: number } {
  const store = new AuditStore(file, identityOf(process.pid));
  onTestFinished(() => {
    store.close();
  });
  store.retain({ bytes });
  store.retain({ bytes }); // on the next day
  using database = new DatabaseSync(file, { readOnly: true });
  const rows = database
    .prepare('SELECT e.run AS run, count(*) AS n FROM payloads p JOIN events e ON e.seq = p.seq GROUP BY e.run')
    .all();
  const pages = Number(database.prepare('PRAGMA page_count').get()?.['page_count']);
  return { payloads: new Map(rows.map(({ run, n }) => [String(run), Number(n)])), size: pages * 4096 };
}

function holdsAll(payloads: ReadonlyMap<string, number>): boolean {
  return SMALL.every((run) => (payloads.get(run) ?? 0) > 5);
}

test('payloads of a length of which one page holds one alone: what fills the file gives way, not the runs beside it', async () => {
  const flood = Array.from({ length: 5000 }, () => said('flood', 'y'.repeat(2000)));
  const { payloads, size } = retained(await logWith(flood), 8_000_000);
  expect(holdsAll(payloads)).toBe(true);
  expect(size).toBeLessThan(8_000_000);
  expect(payloads.get('flood')).toBeLessThan(1500);
});

test('events without payloads, each with a signature of its own: they cannot go, and nothing goes in their place', async () => {
  const flood = Array.from({ length: 8000 }, (_, turn): NewEvent => ({
    type: 'turn_started',
    run: 'flood',
    turn,
    data: { turn },
  }));
  const { payloads, size } = retained(await logWith(flood, true), 4_000_000);
  expect(size).toBeGreaterThan(4_000_000); // the control: it is too large, and stays so
  expect(holdsAll(payloads)).toBe(true);
});

test('many runs that are all too large push out nobody either', async () => {
  const flood = Array.from({ length: 6000 }, (_, at) => said(`flood-${at % 4}`, 'y'.repeat(2000)));
  const { payloads, size } = retained(await logWith(flood), 8_000_000);
  expect(holdsAll(payloads)).toBe(true);
  expect(size).toBeLessThan(8_000_000);
});

test('the control: runs that hold no more than their share go whole, those first that ended first', async () => {
  const { payloads, size } = retained(await logWith([]), 900_000);
  expect(size).toBeLessThan(900_000);
  expect(payloads.has('run-000001')).toBe(false);
  expect(payloads.has('run-000010')).toBe(true);
});
