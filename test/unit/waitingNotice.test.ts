import { expect, test } from 'vitest';
import { waitingNotice } from '../../src/extension/waitingNotice.ts';
import type { PanelState } from '../../src/shared/runView.ts';

type Waiting = Parameters<typeof waitingNotice>[0];
const approval = (id: string, title: string): PanelState['approvals'][number] =>
  ({ id, title }) as PanelState['approvals'][number];
const state = (part: Partial<Waiting>): Waiting => ({ approvals: [], ...part });

test('one notice for all that waits, and none for nothing', () => {
  expect(waitingNotice(state({}))).toBeUndefined();
  expect(waitingNotice(state({ approvals: [approval('1', 'Run npm test')] }))).toBe('Oversign asks: Run npm test?');
  expect(waitingNotice(state({ approvals: [approval('1', 'a'), approval('2', 'b')] }))).toBe(
    'Oversign: 2 questions wait for you.',
  );
  expect(waitingNotice(state({ questions: [{ id: 'q' }] as Waiting['questions'] & object }))).toBe(
    'Oversign: the agent asks you something.',
  );
  expect(waitingNotice(state({ limit: { id: 'l' } as Waiting['limit'] & object }))).toMatch(/at a limit/);
});

test('a long title is cut', () => {
  const notice = waitingNotice(state({ approvals: [approval('1', 'x'.repeat(5000))] })) ?? '';
  expect(notice.length).toBeLessThan(200);
});
