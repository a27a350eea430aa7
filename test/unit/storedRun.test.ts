import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readRun, saved, savedMessages } from '../../src/core/agent/storedRun.ts';
import type { Json } from '../../src/shared/json.ts';

const text = fc.string();
const flags = fc.record({ untrusted: fc.boolean(), private: fc.boolean(), outward: fc.boolean() });
const plainCall = fc.record({ id: text, name: text, arguments: text });
const kept = fc.record({ from: text, json: fc.json() });
const tool = fc.record(
  {
    role: fc.constant('tool' as const),
    call: text,
    name: text,
    text,
    ended: fc.constantFrom('done' as const, 'failed' as const, 'denied' as const, 'cancelled' as const),
  },
  { requiredKeys: ['role', 'call', 'name', 'text'] },
);
const words = fc.record({ role: fc.constantFrom('system' as const, 'user' as const), text });
const oldMessage = fc.oneof(
  words,
  tool,
  fc.record({ role: fc.constant('assistant' as const), text, calls: fc.array(plainCall) }),
);
const base = { task: text, folder: text, turn: fc.nat(), contentOf: fc.array(text) };
/** As they were stored: first without a version and flags, then with them. */
const old = fc.record(
  { ...base, version: fc.constant(1), flags, messages: fc.array(oldMessage, { maxLength: 6 }) },
  { requiredKeys: ['task', 'folder', 'turn', 'contentOf', 'messages'] },
);
const folders = fc.array(fc.record({ path: text, file: text, commit: text }, { requiredKeys: ['path'] }));
const call = fc.record({ id: text, name: text, arguments: text, kept }, { requiredKeys: ['id', 'name', 'arguments'] });
const message = fc.oneof(
  words,
  tool,
  fc.record(
    { role: fc.constant('assistant' as const), text, calls: fc.array(call), kept },
    { requiredKeys: ['role', 'text', 'calls'] },
  ),
);

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
/** Messages without the answers that open calls are given when they are read. */
const own = (messages: readonly object[]): object[] =>
  messages.filter((one) => !('ended' in one && one.ended === 'interrupted'));

describe('stored runs', () => {
  test('every run of an earlier version is read, none of its words is lost, and unknown flags are taken for lit', () => {
    fc.assert(
      fc.property(old, (stored) => {
        const read = readRun(plain(stored));
        if (!read.ok) throw new Error(read.problem);
        expect(own(read.saved.messages)).toEqual(plain(stored.messages));
        expect(read.saved.folders).toEqual([{ path: stored.folder }]);
        expect(read.saved).toMatchObject({ task: stored.task, folder: stored.folder, contentOf: stored.contentOf });
        expect(read.saved.flags).toEqual(stored.flags ?? { untrusted: true, private: true, outward: true });
      }),
    );
  });

  test('what is stored today is read as it was, with all that providers want back', () => {
    fc.assert(
      fc.property(fc.record({ ...base, folders, flags, messages: fc.array(message, { maxLength: 6 }) }), (state) => {
        const { messages, ...others } = state;
        const stored = saved({ ...others, queued: ['and', 'more'] }) as object;
        const read = readRun({ ...stored, messages: savedMessages(messages) });
        if (!read.ok) throw new Error(read.problem);
        const queued = read.saved.messages.splice(-2);
        expect(queued.map(({ text: said }) => said)).toEqual(['and', 'more']);
        expect({ ...read.saved, messages: own(read.saved.messages) }).toEqual(plain(state));
      }),
    );
  });

  test.each([5, 6, 1e9])('version %d is refused in words', (version) => {
    const read = readRun({ version, anything: true });
    expect(read).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/later version.*Update Oversign/) as string,
    });
  });

  test.each<[Json]>([
    [null],
    [[]],
    ['x'],
    [{}],
    [{ version: 0 }],
    [{ version: '2' }],
    [{ version: 1.5 }],
    [{ version: 3, task: '', folder: '', turn: 1, contentOf: [], messages: [{ role: 'developer', text: '' }] }],
  ])('%j is damaged', (value) => {
    expect(readRun(value)).toEqual({ ok: false, problem: 'This run cannot be resumed: its transcript is damaged.' });
  });
});
