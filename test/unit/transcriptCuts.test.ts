import { expect, test } from 'vitest';
import { entriesOf, Transcript } from '../../src/core/agent/transcript.ts';

const LONG = `first${'x'.repeat(30_000)}last`;
const LEFT = /\[… \d+ more characters …\]/;

test('an output, of a run at work and of a resumed one, is cut visibly, and its end stays', () => {
  const transcript = new Transcript();
  transcript.action({ id: 'a', tool: 'run_command', status: 'running' });
  transcript.action({ id: 'a', tool: 'run_command', status: 'done', output: LONG });
  transcript.action({ id: 'a', tool: 'run_command', status: 'done' });
  const resumed = entriesOf([{ role: 'tool', call: 'a', name: 'run_command', text: LONG, ended: 'done' }]);
  for (const [entry] of [transcript.entries, resumed]) {
    const output = entry?.kind === 'action' ? (entry.output ?? '') : '';
    expect(output).toMatch(LEFT);
    expect([output.slice(0, 5), output.slice(-4)]).toEqual(['first', 'last']);
    expect(output.match(/…/g)).toHaveLength(2); // cut once
  }
});

test('a reply says how much of it is left out, behind what was shown while it grew', () => {
  const transcript = new Transcript();
  transcript.assistant(LONG, true);
  const [growing] = transcript.entries;
  transcript.assistant(LONG, false);
  const [entry] = transcript.entries;
  const [before, after] = [growing, entry].map((one) => (one?.kind === 'assistant' ? one.text : ''));
  expect(before).not.toMatch(LEFT);
  expect(after?.startsWith(before ?? '-')).toBe(true);
  expect(after).toMatch(/\n\[… 10009 more characters …\]$/);
  expect(entriesOf([{ role: 'assistant', text: LONG, calls: [] }])).toEqual([entry]);
});

test('what is short stays as it is', () => {
  const transcript = new Transcript();
  transcript.assistant('short', true);
  transcript.assistant('short', false);
  expect(transcript.entries).toEqual([{ kind: 'assistant', text: 'short', streaming: false }]);
});
