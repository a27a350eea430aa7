import { expect, test } from 'vitest';
import type { Approval } from '../../src/shared/approval.ts';
import { originOf } from '../../src/shared/answered.ts';
import { waitingIn } from '../../src/shared/waiting.ts';

const limit = { id: 'l', run: 'r', limit: 'turns' as const, words: 'w', more: 'm' };
const question = { id: 'q', run: 'r', text: 't', choices: [] };

test('all that waits for a person counts: approvals, questions, a limit', () => {
  expect(waitingIn({ approvals: [] })).toBe(0);
  expect(waitingIn({ approvals: [], questions: [question] })).toBe(1);
  expect(waitingIn({ approvals: [], limit })).toBe(1);
  expect(waitingIn({ approvals: [{} as Approval], questions: [question, question], limit })).toBe(4);
});

test('only a person is recorded to have been somewhere', () => {
  expect(originOf({ by: 'nobody', at: 'terminal' })).toEqual({ by: 'nobody' });
  expect(originOf({ by: 'input', at: 'terminal' })).toEqual({ by: 'input' });
  expect(originOf({ by: 'person', at: 'terminal', place: '/dev/pts/1' })).toEqual({
    by: 'person',
    at: 'terminal',
    place: '/dev/pts/1',
  });
});
