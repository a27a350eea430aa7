import { expect, test } from 'vitest';
import { EgressLedger, PURPOSE_NAMES, type EgressRecord } from '../../src/core/egress/ledger.ts';
import { mergePolicies } from '../../src/core/policy/merge.ts';
import type { Sending } from '../../src/core/egress/port.ts';

const SENDING: Sending = { origin: 'https://a.example', method: 'POST', path: '/v1', bytes: 10, isLocal: false };

function ledger(record: (one: EgressRecord) => Promise<unknown>): EgressLedger {
  return new EgressLedger(record, () => Promise.resolve(mergePolicies([])));
}

test('the names that logs know stay what they were', () => {
  expect(PURPOSE_NAMES).toEqual({
    model: 'model',
    models: 'list of models',
    telemetry: 'audit export',
    request: 'request by a tool',
    connection: 'connection of a command',
    database: 'statement to a database',
    page: 'web page by a tool',
  });
});

test('rules come before the record, and the record before the leave', async () => {
  const told: string[] = [];
  const book = ledger(({ data, payload }) => {
    told.push(`recorded ${JSON.stringify({ data, payload })}`);
    return Promise.resolve();
  });
  const permit = book.permit({
    purpose: 'model',
    rules: [
      ({ origin }) => {
        told.push(`rule ${origin}`);
        return Promise.resolve();
      },
    ],
    contentOf: () => ['/w/a'],
  });
  await permit(SENDING);
  const data = { purpose: 'model', origin: 'https://a.example', method: 'POST', bytes: 10 };
  expect(told).toEqual([
    'rule https://a.example',
    `recorded ${JSON.stringify({ data, payload: { path: '/v1', contentOf: ['/w/a'] } })}`,
  ]);
});

test('what a rule forbids is not recorded; what cannot be recorded is not permitted', async () => {
  let recorded = 0;
  const book = ledger(() => {
    recorded += 1;
    return Promise.reject(new Error('the log is full'));
  });
  const outbound = { purpose: 'model', contentOf: () => [] } as const;
  const forbidden = book.permit({ ...outbound, rules: [() => Promise.reject(new Error('not there'))] });
  await expect(forbidden(SENDING)).rejects.toThrow('not there');
  expect(recorded).toBe(0);
  await expect(book.permit({ ...outbound, rules: [] })(SENDING)).rejects.toThrow('the log is full');
});

test('what answers bring is counted, whichever request they answer', async () => {
  const book = ledger(() => Promise.resolve());
  const model = book.permit({ purpose: 'model', rules: [], contentOf: () => [] });
  const first = await model(SENDING);
  first.received(3);
  (await model({ ...SENDING, bytes: 5 })).received(4);
  first.received(1);
  expect(book.received).toBe(8);
});
