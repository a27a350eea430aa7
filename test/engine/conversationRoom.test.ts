import { describe, expect, test } from 'vitest';
import { conversationFull } from '../../src/core/agent/conversationRoom.ts';
import { saved, savedMessages } from '../../src/core/agent/storedRun.ts';
import { NO_FLAGS } from '../../src/shared/flow.ts';
import { scripted, workbench } from '../support/workbench.ts';

test('a model whose calls, turn after turn, are as long as calls may be: room is made each time, and it goes on', async () => {
  const bench = await workbench({ userPolicy: 'max_iterations: 100\n' });
  const events = await bench.run(({ wordsOnly }, turn) =>
    wordsOnly === true || turn > 20
      ? { text: 'summed up, or done' }
      : { calls: [{ name: 'write_file', args: { path: '../x', content: `${turn}`.padEnd(5_000_000, 'z') } }] },
  );
  expect(bench.engine.view().run?.state).toBe('finished');
  const made = events.filter(({ type }) => type === 'compacted');
  expect(made.length).toBeGreaterThan(5);
  const stored = events.filter(({ type }) => type === 'conversation').map(({ data }) => Number(data['bytes']));
  expect(Math.max(...stored)).toBeLessThan(12_000_000);
});

describe('what a person said', () => {
  const say = (at: number): string => `${`x${at} `.repeat(1600)}MARK ${at}. ${`y${at} `.repeat(1600)}`;

  /** Says one long thing after the other; the model reads so many files after each. Whether all is there, as it was sent. */
  async function told({ messages, reads, contextTokens }: { messages: number; reads: number; contextTokens: number }) {
    const files = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`f${at}.txt`, `${at} text\n`.repeat(210)]));
    const bench = await workbench({ files, userPolicy: 'max_iterations: 100\n' });
    const sent: string[] = [];
    let read = 0;
    const model = {
      ...scripted(({ messages: said, wordsOnly }) => {
        if (wordsOnly === true) return { text: 'summed up' };
        sent.push(said.map(({ text }) => text).join('\n'));
        read = (read + 1) % (reads + 1);
        return read === 0 ? { text: 'noted' } : { calls: [{ name: 'read_file', args: { path: `f${read}.txt` } }] };
      }),
      contextTokens,
    };
    await bench.run(model, say(0));
    for (let at = 1; at < messages; at += 1) await bench.engine.send(say(at), model);
    const run = bench.engine.view().run;
    const compacted = (await bench.node.audit.events(run?.id ?? '')).filter(({ type }) => type === 'compacted');
    expect(run?.state).toBe('finished');
    return { compacted, last: sent.at(-1) ?? '', shown: JSON.stringify(run?.entries) };
  }

  test('stays whole where all else makes room enough', async () => {
    const { compacted, last } = await told({ messages: 4, reads: 9, contextTokens: 37_000 });
    expect(compacted.filter(({ data }) => data['how'] === 'summarised').length).toBeGreaterThan(0);
    expect(compacted.filter(({ data }) => data['saidLeftOut'] !== undefined)).toEqual([]);
    for (const at of [0, 1, 2, 3]) expect(last.includes(say(at).trim())).toBe(true);
  });

  test('is counted, in sight and in the log, where the middle of it is left out', async () => {
    const { compacted, last, shown } = await told({ messages: 12, reads: 0, contextTokens: 30_000 });
    const cuts = compacted.filter(({ data }) => data['saidLeftOut'] !== undefined);
    expect(cuts.length).toBeGreaterThan(0);
    for (const { data, payload } of cuts) {
      const words = `${String(data['saidLeftOut'])} characters of what you said`;
      expect(payload?.['words']).toContain(words);
      expect(shown).toContain(words);
    }
    // What the model is not told is what the log says that it is not told.
    const left = [...last.matchAll(/\[… (\d+) more characters …\]/g)].map(([, count]) => Number(count));
    const sum = (numbers: number[]): number => numbers.reduce((all, one) => all + one, 0);
    expect(sum(cuts.map(({ data }) => Number(data['saidLeftOut'])))).toBe(sum(left));
  });
});

test('texts, names, ids and arguments count; what is not too long goes on', () => {
  const calls = [{ id: 'ab', name: 'cd', arguments: 'efg' }];
  const messages = [
    { role: 'user' as const, text: 'hij' },
    { role: 'assistant' as const, text: 'k', calls },
  ];
  expect(conversationFull(messages, 11)).toBeUndefined();
  expect(conversationFull(messages, 10)).toMatch(/has 11 characters, more than the 10 /);
});

test('a run is stored as JSON has it, members that are undefined left out', () => {
  const state = {
    ...{ task: 't', folder: '/w', folders: [{ path: '/w' }], turn: 1, contentOf: ['/w/a'], flags: NO_FLAGS },
    queued: ['more'],
  };
  const messages = [{ role: 'tool' as const, call: 'c', name: 'n', text: 'x', ended: undefined }];
  expect(Object.keys(savedMessages(messages)[0] ?? {})).toEqual(['role', 'call', 'name', 'text']);
  expect(saved(state)).toEqual({ version: 4, ...state });
});
