import { expect, test } from 'vitest';
import type { AuditLog } from '../../src/core/audit/port.ts';
import { checkedEvent, type NewEvent } from '../../src/shared/auditEvent.ts';
import type { EventMark } from '../../src/shared/eventKind.ts';
import { EVENT_TYPES, EVENTS, hasMark } from '../../src/shared/eventTable.ts';
import { isOfRun } from '../../src/shared/noRun.ts';
import { sampleEvent } from '../support/sampleEvent.ts';

function marked(mark: EventMark): string[] {
  return EVENT_TYPES.filter((type) => hasMark(type, mark));
}

test('what the log goes by stands in the table of events', () => {
  expect(marked('exact')).toEqual(['log_started', 'gap', 'writer', 'head', 'conversation', 'erasure']);
  expect(marked('signed at once')).toEqual(['gap', 'run_finished', 'interrupted', 'erasure']);
  expect(marked('beginning')).toEqual([
    ...['run_started', 'run_continued', 'turn_started', 'egress', 'proposed', 'started'],
  ]);
  expect(marked('afterwards')).toEqual(['changed', 'finished', 'redaction']);
  expect(marked('kept')).toEqual([
    ...[
      'run_started',
      'run_continued',
      'message',
      'message_withdrawn',
      'handed_over',
      'way_changed',
      'changes_kept',
      'limit_answered',
      'answered',
      'whose_answered',
      'folders_bound',
      'forked',
      'error',
      'notice',
    ],
    ...['run_finished', 'run_labelled', 'left_behind'],
  ]);
});

test('an event stands in a run or under a name, as its kind does, and nowhere else', () => {
  const names = new Set<string>(EVENT_TYPES.flatMap((type): readonly string[] => EVENTS[type].of));
  expect([...names].filter((name) => !isOfRun(name)).sort()).toEqual(['log', 'policy', 'sandbox']);
  const egress = { purpose: 'audit export', origin: 'https://a', method: 'POST', bytes: 1 };
  const sent = { path: '/', contentOf: [] };
  for (const run of ['log', 'run-1']) expect(checked({ type: 'egress', run, data: egress, payload: sent })).toBe(run);
  expect(checked({ type: 'head', run: 'log', data: { signature: 's' } })).toBe('log');
  expect(checked({ type: 'turn_started', run: 'run-1', data: { turn: 1 } })).toBe('run-1');
  const tested = { works: true, held: 1, failed: 0 };
  for (const event of [
    { type: 'head', run: 'run-1', data: { signature: 's' } },
    { type: 'turn_started', run: 'log', data: { turn: 1 } },
    { type: 'self_test', run: 'policy', data: tested, payload: { words: '' } },
  ] as const)
    expect(() => checkedEvent(event)).toThrow(`${event.type} has no place under ${event.run}`);
});

test('every kind takes an event that says all that its schemas have', () => {
  for (const type of EVENT_TYPES) expect(checkedEvent(sampleEvent(type)).type).toBe(type);
});

test('an event that says something else than its kind does not compile', () => {
  expect(wrongEvents).toBeTypeOf('function');
});

function checked<T extends NewEvent['type']>(event: NewEvent<T>): string {
  return checkedEvent(event).run;
}

/** Held by the compiler: each of these is an error, and the comment above it is one where it is none. */
async function wrongEvents(log: AuditLog): Promise<void> {
  await log.append({ type: 'turn_started', run: 'r', data: { turn: 1 } });
  // @ts-expect-error data of another kind
  await log.append({ type: 'turn_started', run: 'r', data: { masked: 1 } });
  // @ts-expect-error a value of another type
  await log.append({ type: 'turn_started', run: 'r', data: { turn: '1' } });
  // @ts-expect-error what must be said
  await log.append({ type: 'granted', run: 'r', data: { grant: 'g' }, payload: { words: '' } });
  // @ts-expect-error a payload of another kind
  await log.append({ type: 'error', run: 'r', data: {}, payload: { text: '' } });
}
