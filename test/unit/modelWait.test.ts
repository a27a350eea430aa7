import { expect, test } from 'vitest';
import { ACTION_OUTCOMES } from '../../src/shared/actionOutcome.ts';
import type { Entry } from '../../src/shared/runView.ts';
import { isAtModel, waitWords } from '../../webview/state/modelWait.ts';

const action = (status: string, more: object = {}): Entry =>
  ({ kind: 'action', id: 'a', tool: 't', title: 't', status, ...more }) as Entry;
const said = (streaming: boolean): Entry => ({ kind: 'assistant', text: 'x', streaming });

test('a run waits for its model where it is at work and nothing else is under way', () => {
  const at = (...entries: Entry[]): boolean => isAtModel({ state: 'running', entries });
  expect(at()).toBe(true);
  expect(at({ kind: 'user', text: 'x' })).toBe(true);
  expect(at(said(false))).toBe(true);
  for (const status of ACTION_OUTCOMES) expect(at(action(status)), status).toBe(true);
  expect(at(action('running', { goesOn: true }))).toBe(true); // it goes on behind other calls
  expect(at(said(true))).toBe(false);
  for (const status of ['deciding', 'waiting', 'running']) expect(at(action(status)), status).toBe(false);
  for (const state of ['waiting', 'stopping', 'finished', 'failed'] as const)
    expect(isAtModel({ state, entries: [] })).toBe(false);
});

test('a short wait is not worth a line; a long one says what it may be', () => {
  const near = { model: 'm', destination: 'Prompts and tool results are sent to 127.0.0.1:1 on this machine; …' };
  const far = { model: 'm', destination: 'Prompts and tool results go to api.example.com.' };
  expect(waitWords(2, near)).toBeUndefined();
  expect(waitWords(5, far)).toBe('Waiting for m: nothing has come for 5 s.');
  expect(waitWords(60, near)).toMatch(/60 s\. It may be loading the model/);
  expect(waitWords(60, far)).toMatch(/60 s\. Stop ends it; nothing is lost\.$/);
});
