import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import type { PanelState } from '../../src/shared/runView.ts';
import { Chips } from '../../webview/components/header/Chips.tsx';
import { chipsOf } from '../../webview/state/chips.ts';
import { followsEnd } from '../../webview/state/followsEnd.ts';
import { asksForReference, withReference } from '../../webview/state/reference.ts';
import { STATES } from '../panel/states.ts';

const drawn = (panel: PanelState): string => renderToStaticMarkup(<Chips panel={panel} post={() => undefined} />);
const chip = (panel: PanelState, id: string) => chipsOf(panel).find((one) => one.id === id);

describe('the line of chips', () => {
  test('says in a sentence each, also to who hears it, where words go and what contains commands', () => {
    const html = drawn(STATES.running);
    expect(html).toContain('aria-label="Model: gpt-5 (openai). Prompts and tool results are sent to api.openai.com."');
    expect(html).toContain('aria-label="26/26: Sandbox works. Commands reach no host that is not allowed.');
    expect(html).toContain('26/26');
    expect(html).not.toContain('role="alert"');
  });

  test.each([
    ['sandbox missing', 'sudo apt install bubblewrap'],
    ['policy broken', 'policy.yaml:2:1</button> unknown key'],
    ['model fails', 'No API key is set for api.openai.com.'],
  ] as const)('trouble (%s) opens by itself, with what helps', (state, words) => {
    const html = drawn(STATES[state]);
    expect(html).toContain('role="alert"');
    expect(html).toContain(words);
  });

  test('what was remembered, what a run has touched, and a context that fills are said', () => {
    expect(chip(STATES.running, 'mode')?.sentence).toContain('1 approval is remembered in this run.');
    expect(chip(STATES.running, 'flags')?.label).toBe('2/3');
    expect(chip(STATES.empty, 'flags')).toBeUndefined();
    expect(chip(STATES.running, 'usage')).toMatchObject({ label: '34 %', tone: 'plain' });
    const { run } = STATES.running;
    if (!run?.usage) throw new Error('the state has a run with usage');
    const full = { ...STATES.running, run: { ...run, usage: { ...run.usage, context: { tokens: 90, limit: 100 } } } };
    expect(chip(full, 'usage')).toMatchObject({ label: '90 %', tone: 'warning' });
  });

  test.each([
    ['look', 'Look only', 'eye'],
    ['ask', 'Ask', 'person'],
    ['review', 'Review afterwards', 'checklist'],
  ] as const)('the way of working stands first: %s', (now, label, icon) => {
    const panel = { ...STATES.empty, way: { ...STATES.empty.way, now } };
    expect(chipsOf(panel)[0]).toMatchObject({ id: 'mode', label, icon });
    expect(chip(panel, 'mode')?.sentence).toContain(`${label}. `);
  });

  test('words of others come out as they are, hidden characters written out', () => {
    const label = '\u202Eevil<img src=x>';
    const html = drawn({ ...STATES.empty, model: { provider: 'openai', label, destination: label } });
    expect(html).not.toMatch(/\u202E|<img/);
    expect(html).toContain('\\u{202E}evil&lt;img');
  });
});

describe('a reference in the task', () => {
  test('is asked for by an @ at the beginning of a word, as no address has it', () => {
    expect(asksForReference('', 0)).toBe(true);
    expect(asksForReference('look at ', 8)).toBe(true);
    expect(asksForReference('ada', 3)).toBe(false);
  });

  test('goes in at the caret, in the place of the @, with room around it; nothing else changes', () => {
    const reference = '`src/a.ts`';
    expect(withReference('fix @ now', { at: 4, typed: true, reference })).toEqual({
      ...{ draft: 'fix `src/a.ts` now', caret: 14 },
    });
    expect(withReference('fix', { at: 3, typed: false, reference })).toEqual({ draft: 'fix `src/a.ts` ', caret: 15 });
    // The draft was emptied, or begun anew, while the list was open.
    expect(withReference('', { at: 40, typed: true, reference }).draft).toBe('`src/a.ts` ');
    expect(withReference('x@y', { at: 0, typed: true, reference }).draft).toBe('`src/a.ts` x@y');
  });
});

test('the conversation goes to its end each time that the person speaks', () => {
  const user = { kind: 'user', text: '' } as const;
  const notice = { kind: 'notice', level: 'info', text: '' } as const;
  expect(followsEnd([user, notice])).toBe(followsEnd([user]));
  expect(followsEnd([user, notice, user])).not.toBe(followsEnd([user, notice]));
});
