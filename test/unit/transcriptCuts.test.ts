import { expect, test } from 'vitest';
import { Transcript } from '../../src/core/agent/transcript.ts';
import { pastOf } from '../../src/core/agent/past.ts';
import { sampleOf } from '../support/pastEvents.ts';

const LONG = `first${'x'.repeat(30_000)}last`;
const LEFT = /\[… \d+ more characters …\]/;

test('an output, of a run at work and of a resumed one, is cut visibly, and its end stays', () => {
  const transcript = new Transcript();
  transcript.action({ id: 'a', tool: 'run_command', status: 'running' });
  transcript.action({ id: 'a', tool: 'run_command', status: 'done', output: LONG });
  transcript.action({ id: 'a', tool: 'run_command', status: 'done' });
  const resumed = pastOf([
    sampleOf('run_started', { payload: { task: 't' } }),
    sampleOf('finished', { action: 'a', data: { status: 'done' }, payload: { output: LONG } }),
  ]).entries;
  for (const entry of [transcript.entries[0], resumed[1]]) {
    const output = entry?.kind === 'action' ? (entry.output ?? '') : '';
    expect(output).toMatch(LEFT);
    expect(output.length).toBeLessThan(5000);
    expect([output.slice(0, 5), output.slice(-4)]).toEqual(['first', 'last']);
    expect(output.match(/…/g)).toHaveLength(2); // cut once
    expect(entry).toHaveProperty('outputLength', LONG.length);
  }
});

test('a reply says how much of it is left out, behind what was shown while it grew', () => {
  const transcript = new Transcript();
  transcript.assistant(LONG, { streaming: true, turn: 3 });
  const [growing] = transcript.entries;
  transcript.assistant(LONG, { streaming: false, turn: 3 });
  const [entry] = transcript.entries;
  const [before, after] = [growing, entry].map((one) => (one?.kind === 'assistant' ? one.text : ''));
  expect(before).not.toMatch(LEFT);
  expect(after?.startsWith(before ?? '-')).toBe(true);
  expect(after).toMatch(/\n\[… 10009 more characters …\]$/);
  expect(entry).toHaveProperty('whole', { turn: 3, length: LONG.length });
  const replied = sampleOf('model_replied', { turn: 3, data: { calls: 0 }, payload: { text: LONG } });
  expect(pastOf([sampleOf('run_started', { payload: { task: 't' } }), replied]).entries[1]).toEqual(entry);
});

test('what is short stays as it is', () => {
  const transcript = new Transcript();
  transcript.assistant('short', { streaming: true, turn: 1 });
  transcript.assistant('short', { streaming: false, turn: 1 });
  expect(transcript.entries).toEqual([{ kind: 'assistant', text: 'short', streaming: false }]);
});

test('however long a run is, so many entries and characters of it are kept', () => {
  const transcript = new Transcript();
  for (let at = 0; at < 3000; at += 1) transcript.add({ kind: 'user', text: 'y'.repeat(100_000) });
  expect(transcript.entries.length).toBeLessThanOrEqual(41);
  expect(transcript.before + transcript.entries.length).toBe(3000);
  for (let at = 0; at < 13_000; at += 1) transcript.add({ kind: 'user', text: 'y' });
  expect(transcript.entries).toHaveLength(10_000);
  expect(transcript.before).toBe(6000);
  transcript.add({ kind: 'user', text: 'y'.repeat(5_000_000) });
  expect(transcript.entries).toHaveLength(1); // one alone is shown, whatever its length
});
