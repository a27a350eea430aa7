import { expect, test } from 'vitest';
import { claimOf } from '../../src/core/agent/claim.ts';
import type { Message } from '../../src/core/models/port.ts';

const user = (text: string): Message => ({ role: 'user', text });
const agent = (text: string): Message => ({ role: 'assistant', text, calls: [] });

test('the agent’s claim is what it said in the reply whose calls are made, and in no earlier one', () => {
  expect(claimOf([agent('Earlier.'), user('go on'), agent('  It only reads.\n')])).toBe('It only reads.');
  expect(claimOf([agent('Earlier.'), user('go on'), agent(' \n ')])).toBeUndefined();
  expect(claimOf([user('only a person spoke')])).toBeUndefined();
  expect(claimOf([])).toBeUndefined();
});

test('what was said last stays in sight, and what is left out is counted', () => {
  const last = 'So I delete build/, which is not in git.';
  const claim = claimOf([agent(`First. ${'filler '.repeat(200)}${last}`)]) ?? '';
  expect(claim.startsWith('First.')).toBe(true);
  expect(claim.endsWith(last)).toBe(true);
  expect(claim).toMatch(/\[… \d+ more characters …\]/);
  expect(claim.length).toBeLessThan(340);
});
