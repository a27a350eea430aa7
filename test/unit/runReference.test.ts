import { expect, test } from 'vitest';
import type { AuditRecord, RunSummary } from '../../src/shared/auditEvent.ts';
import { runWords } from '../../src/extension/runReference.ts';

const RUN: RunSummary = {
  ...{ run: 'r1', start: 1, task: 'Mend `total`', folder: '/w', time: '2026-11-04T10:00:00.000Z', state: 'finished' },
  ...{ reason: '', actions: 3, files: 2, questions: 1 },
};
const said = (text: string): AuditRecord => ({
  ...{ v: 1, seq: 1, time: RUN.time, writer: 'w', run: 'r1', type: 'model_replied', data: { calls: 0 }, hash: 'h' },
  payload: { text },
});

test('an earlier run goes into a task as text: what it was, how it ended, and what was said last', () => {
  const words = runWords(RUN, [said('First.'), said('All tests pass.\n\nI left `build/`.'), said('')]);
  expect(words).toMatch(
    /^\nEarlier run "Mend `total`" \(finished, .+, 3 actions, 2 files changed, 1 asked\) ended with:\n/,
  );
  expect(words.endsWith('\n> All tests pass.\n>\n> I left `build/`.\n')).toBe(true);
  expect(words).not.toContain('First.');
});

test('nothing said, or erased: what it was alone; a long text is cut where one sees it', () => {
  expect(runWords(RUN, [])).toMatch(/1 asked\)\.\n$/);
  const long = runWords(RUN, [said('x'.repeat(50_000))]);
  expect(long.length).toBeLessThan(2500);
  expect(long).toMatch(/more characters/);
});
